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

function fillAll(model, by) {
  return built(model, `fill:${by}`, () => {
    const table = new Uint32Array(model.head.count + 1);
    for (let row = 0; row < model.head.count; row++) table[row + 1] = pack(colorOf(model, row, by));
    const { ids } = model;
    return paint(...model.head.size, (out) => {
      for (let i = 0; i < out.length; i++) out[i] = table[ids[i]];
    });
  });
}

// White inside the rim of the object on top, black outside it; the better row (the smaller id) is
// on top. What lies beyond the picture's edge is no object.
function rimAll(model) {
  return built(model, "rim", () => {
    const { ids } = model, [w, h] = model.head.size;
    const white = pack([255, 255, 255]), black = pack([0, 0, 0]);
    return paint(w, h, (out) => {
      for (let y = 0, i = 0; y < h; y++) {
        for (let x = 0; x < w; x++, i++) {
          const own = ids[i];
          const left = x > 0 ? ids[i - 1] : 0, right = x + 1 < w ? ids[i + 1] : 0;
          const up = y > 0 ? ids[i - w] : 0, down = y + 1 < h ? ids[i + w] : 0;
          if (own === left && own === right && own === up && own === down) continue;
          const above = (id) => id > 0 && (own === 0 || id < own), below = (id) => own > 0 && (id === 0 || id > own);
          if (above(left) || above(right) || above(up) || above(down)) out[i] = black;
          else if (below(left) || below(right) || below(up) || below(down)) out[i] = white;
        }
      }
    });
  });
}

// One object alone: its mask in its box, one pixel wider on each side for the black line.
function alone(model, row) {
  return built(model, `alone:${row}:${model.whole?.row === row}`, () => {
    const [w, h] = model.head.size;
    const whole = model.whole?.row === row ? model.whole : null;
    let [x0, y0, wide, high] = whole ? whole.box : displayBox(model, row);
    const inside = whole
      ? (x, y) => x >= 0 && y >= 0 && x < wide && y < high && (whole.bits[(y * wide + x) >> 3] >> (7 - ((y * wide + x) & 7))) & 1
      : (x, y) => x0 + x >= 0 && y0 + y >= 0 && x0 + x < w && y0 + y < h && model.ids[(y0 + y) * w + x0 + x] === row + 1;
    const white = pack([255, 255, 255]), black = pack([0, 0, 0]), solid = pack([0, 0, 0]);
    const each = (out, put) => {
      for (let y = -1, i = 0; y <= high; y++) for (let x = -1; x <= wide; x++, i++) put(out, i, x, y);
    };
    const mask = paint(wide + 2, high + 2, (out) => each(out, (to, i, x, y) => inside(x, y) && (to[i] = solid)));
    const rim = paint(wide + 2, high + 2, (out) =>
      each(out, (to, i, x, y) => {
        const near = [inside(x - 1, y), inside(x + 1, y), inside(x, y - 1), inside(x, y + 1)];
        if (inside(x, y)) {
          if (!near.every(Boolean)) to[i] = white;
        } else if (near.some(Boolean)) to[i] = black;
      }),
    );
    return { x: x0 - 1, y: y0 - 1, mask, rim };
  });
}

function displayBox(model, row) {
  const [w, h] = model.head.size, [sw, sh] = model.head.source;
  const [x1, y1, x2, y2] = model.rows.boxes[row];
  const left = Math.max(0, Math.floor((x1 * w) / sw) - 1), top = Math.max(0, Math.floor((y1 * h) / sh) - 1);
  return [left, top, Math.min(w, Math.ceil((x2 * w) / sw) + 1) - left, Math.min(h, Math.ceil((y2 * h) / sh) + 1) - top];
}

// The mask in one colour.
function tinted(model, row, color) {
  return built(model, `tint:${row}:${model.whole?.row === row}:${color}`, () => {
    const { mask } = alone(model, row);
    const canvas = new OffscreenCanvas(mask.width, mask.height);
    const context = canvas.getContext("2d");
    context.fillStyle = rgb(color);
    context.fillRect(0, 0, mask.width, mask.height);
    context.globalCompositeOperation = "destination-in";
    context.drawImage(mask, 0, 0);
    return canvas;
  });
}

const inkOn = (color) => {
  const [r, g, b] = color.map((value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) ** 2 < 0.05 * 1.05 ? "#fff" : "#000";
};
