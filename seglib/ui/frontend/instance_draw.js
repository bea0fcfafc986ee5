// Layers of an instance picture, made of the id map: 0 is nothing, id − 1 the row of the object.
// The same rules as seglib.render.instances_overlay, so that a download looks like the screen.

async function unpackObjects(blob, head) {
  const part = (name) => blob.subarray(head.base + head.parts[name][0], head.base + head.parts[name][0] + head.parts[name][1]);
  const photo = createImageBitmap(new Blob([part("photo")], { type: head.photo_type }));
  const [ids, rows] = await Promise.all([inflate(part("ids")), inflate(part("rows"))]);
  return {
    head,
    ids: new Uint16Array(ids.buffer, ids.byteOffset, ids.byteLength / 2),
    rows: JSON.parse(new TextDecoder().decode(rows)),
    photo: await photo,
    built: new Map(),
  };
}

const colorOf = (model, row, by) => (by === "class" ? model.head.class_colors[model.rows.classes[row]] : model.head.cycle[row % model.head.cycle.length]);
const nameOf = (model, row) => model.head.names[model.rows.classes[row]];

// Everything is built at the resolution of the screen, [width, height] in its own pixels: so rims
// are one line wide however large a pixel of the picture is, and no line gets lost between two.
function onScreen(model, [width, height]) {
  return built(model, `ids:${width}x${height}`, () => {
    const { ids } = model, [w, h] = model.head.size;
    const out = new Uint16Array(width * height);
    const columns = Uint32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * w) / width));
    for (let y = 0, i = 0; y < height; y++) {
      const start = Math.floor(((y + 0.5) * h) / height) * w;
      for (let x = 0; x < width; x++, i++) out[i] = ids[start + columns[x]];
    }
    return out;
  });
}

function fillAll(model, by, size) {
  return built(model, `fill:${by}:${size}`, () => {
    const table = new Uint32Array(model.head.count + 1);
    for (let row = 0; row < model.head.count; row++) table[row + 1] = pack(colorOf(model, row, by));
    const ids = onScreen(model, size);
    return paint(...size, (out) => {
      for (let i = 0; i < out.length; i++) out[i] = table[ids[i]];
    });
  });
}

// White inside the rim of the object on top, black outside it; the better row (the smaller id) is
// on top. What lies beyond the picture's edge is no object.
function rimAll(model, size, thick) {
  return built(model, `rim:${size}:${thick}`, () => {
    const ids = onScreen(model, size), [w, h] = size;
    const white = pack([255, 255, 255]), black = pack([0, 0, 0]);
    return paint(w, h, (out) => {
      for (let y = 0, i = 0; y < h; y++) {
        for (let x = 0; x < w; x++, i++) {
          const own = ids[i];
          let above = false, below = false;
          for (let d = 1; d <= thick; d++) {
            const left = x >= d ? ids[i - d] : 0, right = x + d < w ? ids[i + d] : 0;
            const up = y >= d ? ids[i - d * w] : 0, down = y + d < h ? ids[i + d * w] : 0;
            if (own === left && own === right && own === up && own === down) continue;
            for (const id of [left, right, up, down]) {
              if (id && (!own || id < own)) above = true;
              else if (own && id !== own) below = true;
            }
          }
          if (above) out[i] = black;
          else if (below) out[i] = white;
        }
      }
    });
  });
}

// One object alone: its mask in its box, and a little more on each side for the black line. The
// server sends the whole mask of the chosen one; of others, what lies on top is known here.
function alone(model, row, size, thick) {
  const whole = model.whole?.row === row ? model.whole : null;
  return built(model, `alone:${row}:${!!whole}:${size}:${thick}`, () => {
    const [w, h] = model.head.size, [sw, sh] = model.head.source, [W, H] = size;
    const [x1, y1, x2, y2] = whole ? whole.box.map((v, i) => (i < 2 ? v : v + whole.box[i - 2])) : model.rows.boxes[row].map((v, i) => (i % 2 ? (v * h) / sh : (v * w) / sw));
    const left = Math.floor((x1 * W) / w) - 1 - thick, top = Math.floor((y1 * H) / h) - 1 - thick;
    const wide = Math.ceil((x2 * W) / w) + 1 + thick - left, high = Math.ceil((y2 * H) / h) + 1 + thick - top;
    const mask = new Uint8Array(wide * high);
    for (let y = 0, i = 0; y < high; y++) {
      const py = Math.floor(((top + y + 0.5) * h) / H);
      for (let x = 0; x < wide; x++, i++) {
        const px = Math.floor(((left + x + 0.5) * w) / W);
        if (px < 0 || py < 0 || px >= w || py >= h) continue;
        if (!whole) mask[i] = model.ids[py * w + px] === row + 1;
        else if (px >= x1 && py >= y1 && px < x2 && py < y2) {
          const bit = (py - y1) * (x2 - x1) + px - x1;
          mask[i] = (whole.bits[bit >> 3] >> (7 - (bit & 7))) & 1;
        }
      }
    }
    const white = pack([255, 255, 255]), black = pack([0, 0, 0]);
    const at = (x, y) => x >= 0 && y >= 0 && x < wide && y < high && mask[y * wide + x];
    const rim = paint(wide, high, (out) => {
      for (let y = 0, i = 0; y < high; y++) {
        for (let x = 0; x < wide; x++, i++) {
          let all = true, some = false;
          for (let d = 1; d <= thick; d++) {
            for (const near of [at(x - d, y), at(x + d, y), at(x, y - d), at(x, y + d)]) near ? (some = true) : (all = false);
          }
          if (mask[i] ? !all : some) out[i] = mask[i] ? white : black;
        }
      }
    });
    const solid = paint(wide, high, (out) => {
      for (let i = 0; i < out.length; i++) if (mask[i]) out[i] = black;
    });
    return { x: left, y: top, mask: solid, rim, key: `${row}:${!!whole}:${size}:${thick}` };
  });
}

// A mask in one colour, or filled with a picture that covers the whole of the screen's pixels.
function filled(model, own, what, fill) {
  return built(model, `filled:${own.key}:${what}`, () => {
    const canvas = new OffscreenCanvas(own.mask.width, own.mask.height);
    const context = canvas.getContext("2d");
    context.drawImage(own.mask, 0, 0);
    context.globalCompositeOperation = "source-in";
    fill(context);
    return canvas;
  });
}

function tinted(model, own, color) {
  return filled(model, own, String(color), (context) => {
    context.fillStyle = rgb(color);
    context.fillRect(0, 0, own.mask.width, own.mask.height);
  });
}

const inkOn = (color) => {
  const [r, g, b] = color.map((value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) ** 2 < 0.05 * 1.05 ? "#fff" : "#000";
};
