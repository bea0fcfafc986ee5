// From the packed bytes to what can be drawn. Label maps travel as deflated bytes and never pass
// through a picture decoder, so no colour management or anti-fingerprint noise can touch an id.

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function readHead(blob) {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const length = view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(blob.subarray(4, 4 + length)));
  head.base = 4 + length;
  return head;
}

async function unpack(blob, head) {
  const part = (name) => {
    const at = head.parts[name];
    return at ? blob.subarray(head.base + at[0], head.base + at[0] + at[1]) : null;
  };
  const map = async (name) => (part(name) ? inflate(part(name)) : null);
  const photo = createImageBitmap(new Blob([part("photo")], { type: head.photo_type }));
  const [labels, truth, other, scores] = await Promise.all([
    map("labels"),
    map("truth"),
    map("other"),
    map("scores"),
  ]);
  return { head, labels, truth, other, scores, photo: await photo, built: new Map() };
}

// Probabilities of the kept classes at one label pixel. The bytes hold how far each logit lies
// under the best of its cell; that offset is common to all classes, so softmax does not see it.
function probabilitiesAt(model, x, y) {
  const { head, scores } = model;
  if (!scores) return null;
  const [gw, gh] = head.grid;
  const [bx, by, bw, bh] = head.box;
  const cells = gw * gh;
  let cx = bx + ((x + 0.5) / head.size[0]) * bw;
  let cy = by + ((y + 0.5) / head.size[1]) * bh;
  const clamp = (value, top) => Math.min(Math.max(value, 0), top);
  let corners;
  if (head.upsampling === "labels") {
    corners = [[clamp(Math.floor(cy), gh - 1) * gw + clamp(Math.floor(cx), gw - 1), 1]];
  } else {
    cx -= 0.5;
    cy -= 0.5;
    const x0 = Math.floor(cx), y0 = Math.floor(cy), fx = cx - x0, fy = cy - y0;
    const xs = [clamp(x0, gw - 1), clamp(x0 + 1, gw - 1)];
    const ys = [clamp(y0, gh - 1), clamp(y0 + 1, gh - 1)];
    corners = [
      [ys[0] * gw + xs[0], (1 - fx) * (1 - fy)],
      [ys[0] * gw + xs[1], fx * (1 - fy)],
      [ys[1] * gw + xs[0], (1 - fx) * fy],
      [ys[1] * gw + xs[1], fx * fy],
    ];
  }
  const weights = head.kept.map((_, k) => {
    let below = 0;
    for (const [cell, share] of corners) below += scores[k * cells + cell] * share;
    return Math.exp(-below * head.step);
  });
  const total = weights.reduce((a, b) => a + b, 0);
  return head.kept
    .map((id, k) => ({ id, p: weights[k] / total }))
    .sort((a, b) => b.p - a.p);
}

function pack(color, alpha = 255) {
  return ((alpha << 24) | (color[2] << 16) | (color[1] << 8) | color[0]) >>> 0;
}

function paint(width, height, fill) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  fill(new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  return canvas;
}

// The pixels of the photograph through a function of brightness: what is not meant to be looked
// at. The same numbers as seglib.render.dimmed and seglib.render.faded.
function grey(model, slope, offset) {
  const [w, h] = model.head.size;
  const canvas = new OffscreenCanvas(w, h);
  const context = canvas.getContext("2d");
  context.drawImage(model.photo, 0, 0, w, h);
  const image = context.getImageData(0, 0, w, h);
  const data = image.data;
  for (let i = 0; i < data.length; i += 4) {
    const light = 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
    data[i] = data[i + 1] = data[i + 2] = slope * light + offset;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function paintClasses(model, map, only, withVoid) {
  const table = new Uint32Array(256);
  for (const item of model.head.classes) table[item.id] = pack(item.color);
  if (only.length) {
    for (let id = 0; id < 256; id++) if (!only.includes(id)) table[id] = 0;
  } else if (withVoid && model.head.ignore !== null) table[model.head.ignore] = pack(model.head.void_color);
  const [w, h] = model.head.size;
  return paint(w, h, (out) => {
    for (let i = 0; i < out.length; i++) out[i] = table[map[i]];
  });
}

// Right pixels stay transparent: the faded photograph shows through.
function paintErrors(model, only) {
  const { labels, truth, head } = model;
  const right = pack(head.colors.true_positive);
  const extra = pack(head.colors.false_positive);
  const missed = pack(head.colors.false_negative);
  const hatch = [pack([150, 150, 150]), pack([190, 190, 190])];
  const chosen = new Uint8Array(256);
  for (const id of only) chosen[id] = 1;
  const [w, h] = head.size;
  return paint(w, h, (out) => {
    for (let i = 0; i < out.length; i++) {
      const t = truth[i], p = labels[i];
      if (t === head.ignore) out[i] = hatch[((i % w) + Math.floor(i / w)) % 8 < 4 ? 0 : 1];
      else if (!only.length) out[i] = t === p ? 0 : extra;
      else if (chosen[t] && chosen[p]) out[i] = right;
      else if (chosen[p]) out[i] = extra;
      else if (chosen[t]) out[i] = missed;
    }
  });
}

function paintChanged(model) {
  const { labels, other, head } = model;
  const strong = pack(head.colors.changed);
  return paint(head.size[0], head.size[1], (out) => {
    for (let i = 0; i < out.length; i++) if (labels[i] !== other[i]) out[i] = strong;
  });
}

function paintConfidence(model) {
  const { head, scores } = model;
  const [gw, gh] = head.grid;
  const cells = gw * gh;
  const table = head.heat.map((color) => pack(color));
  return paint(gw, gh, (out) => {
    for (let cell = 0; cell < cells; cell++) {
      let total = 0, best = 255;
      for (let k = 0; k < head.kept.length; k++) {
        const below = scores[k * cells + cell];
        if (below < best) best = below;
        total += Math.exp(-below * head.step);
      }
      out[cell] = table[Math.round((Math.exp(-best * head.step) / total) * 255)];
    }
  });
}

// A white line with a black edge is seen on any colour beneath.
function paintContour(model, map, only) {
  const [w, h] = model.head.size;
  const table = new Uint16Array(256);
  for (let id = 0; id < 256; id++) table[id] = !only.length || only.includes(id) ? id : 256;
  const white = pack([255, 255, 255]), black = pack([0, 0, 0]);
  return paint(w, h, (out) => {
    for (let y = 0, i = 0; y < h; y++) {
      for (let x = 0; x < w; x++, i++) {
        const here = table[map[i]];
        if ((x + 1 < w && table[map[i + 1]] !== here) || (y + 1 < h && table[map[i + w]] !== here)) out[i] = white;
      }
    }
    for (let y = 0, i = 0; y < h; y++) {
      for (let x = 0; x < w; x++, i++) {
        if (out[i] === white) continue;
        if ((x > 0 && out[i - 1] === white) || (x + 1 < w && out[i + 1] === white) || (y > 0 && out[i - w] === white) || (y + 1 < h && out[i + w] === white)) out[i] = black;
      }
    }
  });
}

// Built once for each choice and kept: moving the opacity draws two pictures and nothing else.
function built(model, key, make) {
  let made = model.built.get(key);
  if (!made) {
    if (model.built.size > 24) model.built.clear();
    model.built.set(key, (made = make()));
  }
  return made;
}

function layer(model, show, only, withVoid) {
  const chosen = only.join();
  switch (show) {
    case "truth":
      return built(model, `truth:${chosen}:${withVoid}`, () => paintClasses(model, model.truth, only, withVoid));
    case "errors":
      return built(model, `errors:${chosen}`, () => paintErrors(model, only));
    case "confidence":
      return built(model, "confidence", () => paintConfidence(model));
    case "changed":
      return built(model, "changed", () => paintChanged(model));
    default:
      return built(model, `classes:${chosen}:${withVoid}`, () => paintClasses(model, model.labels, only, withVoid));
  }
}

function contour(model, show, only) {
  const map = show === "truth" ? model.truth : model.labels;
  return built(model, `contour:${show === "truth"}:${only.join()}`, () => paintContour(model, map, only));
}

const dimmed = (model) => built(model, "dimmed", () => grey(model, 0.45, 30));
const faded = (model) => built(model, "faded", () => grey(model, 0.35, 150));
