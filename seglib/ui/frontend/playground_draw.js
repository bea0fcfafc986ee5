// The two maps as a picture: every pixel of a map is a square of whole device pixels.

const RING = { truth: 1, prediction: 2 };

function colourTable(head) {
  const table = new Uint8Array(256 * 3);
  for (const item of head.classes) table.set(item.color, item.id * 3);
  if (head.ignore !== null) table.set(head.void_color, head.ignore * 3);
  return table;
}

// Pale or dark grey of what is not looked at, with a hint of the class.
function faint(table, id, out, at, dark) {
  const grey = 0.3 * table[id * 3] + 0.59 * table[id * 3 + 1] + 0.11 * table[id * 3 + 2];
  out[at] = out[at + 1] = out[at + 2] = dark ? 28 + grey * 0.22 : 176 + grey * 0.22;
}

// RGBA pixels of a map in one of the views.
function pixelsOf(maps, view, target, dark) {
  const { head, truth, prediction, ring } = maps;
  const table = (maps.table ??= colourTable(head));
  const out = new Uint8ClampedArray(truth.length * 4);
  const { true_positive: tp, false_positive: fp, false_negative: fn, cell: mark, ring_truth, ring_prediction, ring_both } = head.colors;
  const shown = target === "truth" ? truth : prediction;
  const focus = head.focus;
  for (let i = 0, at = 0; i < truth.length; i++, at += 4) {
    out[at + 3] = 255;
    const t = truth[i], p = prediction[i];
    let color = null;
    if (head.cell) {
      if (t === head.cell[0] && p === head.cell[1]) color = mark;
      else { faint(table, shown[i], out, at, dark); continue; }
    } else if (view === "errors") {
      if (t === head.ignore) {
        const x = i % maps.width, y = (i / maps.width) | 0;
        out[at] = out[at + 1] = out[at + 2] = (x + y) % 8 < 4 ? 150 : 190;
        continue;
      }
      if (t === focus && p === focus) color = tp;
      else if (p === focus) color = fp;
      else if (t === focus) color = fn;
      else { faint(table, shown[i], out, at, dark); continue; }
    } else if (view === "ring") {
      const bits = ring[i];
      if (bits === 3) color = ring_both;
      else if (bits & RING.prediction) color = ring_prediction;
      else if (bits & RING.truth) color = ring_truth;
      else { faint(table, shown[i], out, at, dark); continue; }
    } else {
      const id = shown[i] * 3;
      out[at] = table[id]; out[at + 1] = table[id + 1]; out[at + 2] = table[id + 2];
      continue;
    }
    out[at] = color[0]; out[at + 1] = color[1]; out[at + 2] = color[2];
  }
  return out;
}

// Lines between pixels of different classes.
function outline(map, width, height) {
  const path = new Path2D();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (x + 1 < width && map[at] !== map[at + 1]) path.moveTo(x + 1, y), path.lineTo(x + 1, y + 1);
      if (y + 1 < height && map[at] !== map[at + width]) path.moveTo(x, y + 1), path.lineTo(x + 1, y + 1);
    }
  return path;
}

function drawBoard(board) {
  const { maps, canvas, view, target, box } = board;
  const ratio = devicePixelRatio || 1;
  // A whole number of device pixels for each pixel of the map: all squares are alike.
  const zoom = Math.max(1, Math.floor(Math.min((box.clientWidth * ratio) / maps.width, (box.clientHeight * ratio) / maps.height)));
  const w = maps.width * zoom, h = maps.height * zoom;
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  canvas.style.width = `${w / ratio}px`;
  canvas.style.height = `${h / ratio}px`;
  board.root.dataset.zoom = zoom;
  board.spare ??= new OffscreenCanvas(1, 1);
  if (board.spare.width !== maps.width || board.spare.height !== maps.height) Object.assign(board.spare, { width: maps.width, height: maps.height });
  const pixels = pixelsOf(maps, view, target, board.dark());
  board.spare.getContext("2d").putImageData(new ImageData(pixels, maps.width, maps.height), 0, 0);
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(board.spare, 0, 0, w, h);
  // Truth is outlined white over black, as on all pages; the prediction in blue. The other views
  // show both maps by their colours, and a line would hide what is one pixel wide.
  if (view === "classes" && !maps.head.cell) {
    const name = target === "truth" ? "prediction" : "truth";
    const color = name === "truth" ? "#fff" : "#56b4e9";
    const path = outline(maps[name], maps.width, maps.height);
    for (const [width, style] of [[3, "#000"], [1, color]]) {
      const pen = width * Math.max(1, Math.round(ratio));
      // Half a pixel aside where the pen is odd: so the line fills whole device pixels.
      context.setTransform(zoom, 0, 0, zoom, (pen % 2) / 2, (pen % 2) / 2);
      context.lineWidth = pen / zoom;
      context.lineCap = "square";
      context.strokeStyle = style;
      context.stroke(path);
    }
  }
  context.setTransform(zoom, 0, 0, zoom, 0, 0);
  if (board.cursor) drawBrush(context, board, zoom, ratio);
}

function drawBrush(context, board, zoom, ratio) {
  const size = board.tool === "fill" ? 1 : board.size;
  const middle = Math.floor((size - 1) / 2);
  const { x, y } = board.cursor;
  for (const [width, style] of [[3, "#000"], [1.25, "#fff"]]) {
    context.lineWidth = (width * Math.max(1, ratio)) / zoom;
    context.strokeStyle = style;
    context.beginPath();
    if (size > 3) context.arc(x - middle + size / 2, y - middle + size / 2, size / 2, 0, 2 * Math.PI);
    else context.rect(x - middle, y - middle, size, size);
    context.stroke();
  }
}
