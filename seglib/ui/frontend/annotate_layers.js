// From maps of bytes to canvases that can be laid over the photograph.

function blank(w, h) {
  const canvas = document.createElement("canvas");
  canvas.width = w;
  canvas.height = h;
  return canvas;
}

function coloured(w, h, paint) {
  const canvas = blank(w, h), context = canvas.getContext("2d"), image = context.createImageData(w, h);
  paint(new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  return canvas;
}

// Little-endian RGBA, as every machine with a browser has it.
const packed = (r, g, b, a = 255) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;

function edges(map, w, h, color) {
  return coloured(w, h, (out) => {
    for (let y = 0, i = 0; y < h; y++)
      for (let x = 0; x < w; x++, i++)
        if ((x + 1 < w && map[i] !== map[i + 1]) || (y + 1 < h && map[i] !== map[i + w])) out[i] = color;
  });
}
