const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const short = (value) => (value === 0 ? "0" : Number(value.toPrecision(3)).toString()).replace("-", "−");
const linear = (c) => (c <= 10 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const luminance = (r, g, b) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
const held = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".maps");
  const plate = root.querySelector(".plate");
  const canvas = root.querySelector("canvas");
  const photo = root.querySelector("img");
  const loupe = root.querySelector(".loupe");
  const read = root.querySelector(".read");
  const { width, height, low, high } = data;
  const steps = new Uint16Array(bytes(data.values).buffer);
  const scale = (data.most - data.least) / 65534;
  const value = (x, y) => data.least + steps[y * width + x] * scale;
  const table = bytes(data.table);
  const shade = (v) => Math.max(0, Math.min(255, Math.round(((v - low) * 255) / (high - low || 1)))) * 3;

  plate.style.setProperty("--ratio", width / height);
  plate.style.aspectRatio = `${width} / ${height}`;
  if (photo.getAttribute("src") !== data.photo) photo.src = data.photo;
  photo.style.visibility = data.overlay ? "visible" : "hidden";
  canvas.style.opacity = data.overlay ? data.overlay / 100 : 1;
  canvas.ariaLabel = data.alt;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const at = shade(data.least + steps[i] * scale);
    image.data.set([table[at], table[at + 1], table[at + 2], 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  root.dataset.channel = data.channel;

  const idle = `Point at the map to read it. Scale from ${short(low)} to ${short(high)}.`;
  let at = held.get(root) ?? null;
  const tell = () => {
    held.set(root, at);
    if (!at || at[0] >= width || at[1] >= height) {
      loupe.hidden = true;
      read.textContent = idle;
      return;
    }
    const [x, y] = at;
    read.textContent = `Row ${y}, column ${x}: ${short(value(x, y))}. Scale from ${short(low)} to ${short(high)}.`;
    const cells = [];
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        const cell = document.createElement("b");
        const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
        if (inside) {
          const v = value(x + dx, y + dy);
          const c = shade(v);
          const [r, g, b] = [table[c], table[c + 1], table[c + 2]];
          cell.textContent = short(v);
          cell.style.background = `rgb(${r} ${g} ${b})`;
          cell.style.color = luminance(r, g, b) > 0.179 ? "#000" : "#fff";
        }
        if (!dx && !dy) cell.className = "mid";
        cells.push(cell);
      }
    }
    loupe.replaceChildren(...cells);
    loupe.hidden = false;
    // In the corner farthest from the pointer, so that it never covers what it explains.
    const right = x < width / 2, bottom = y < height / 2;
    loupe.style.inset = `${bottom ? "auto" : "0.5rem"} ${right ? "0.5rem" : "auto"} ${bottom ? "0.5rem" : "auto"} ${right ? "auto" : "0.5rem"}`;
  };
  canvas.onpointermove = canvas.onpointerdown = (event) => {
    const box = canvas.getBoundingClientRect();
    at = [
      Math.min(width - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * width))),
      Math.min(height - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * height))),
    ];
    tell();
  };
  canvas.onpointerleave = canvas.onblur = () => {
    at = null;
    tell();
  };
  canvas.onkeydown = (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const [x, y] = at ?? [width >> 1, height >> 1];
    at = [Math.max(0, Math.min(width - 1, x + move[0])), Math.max(0, Math.min(height - 1, y + move[1]))];
    tell();
  };
  tell();

  const grid = root.querySelector(".grid");
  const rows = Math.ceil(data.channels.length / data.columns);
  grid.replaceChildren(
    ...data.channels.map((channel, place) => {
      const button = document.createElement("button");
      const map = document.createElement("i");
      const label = document.createElement("span");
      const column = place % data.columns, row = Math.floor(place / data.columns);
      const share = (part, whole) => (whole > 1 ? (100 * part) / (whole - 1) : 0);
      map.style.aspectRatio = `${width} / ${height}`;
      map.style.backgroundImage = `url(${data.sprite})`;
      map.style.backgroundSize = `${100 * data.columns}% ${100 * rows}%`;
      map.style.backgroundPosition = `${share(column, data.columns)}% ${share(row, rows)}%`;
      label.textContent = data.labels[place].replace("-", "−");
      button.type = "button";
      button.role = "option";
      button.ariaSelected = String(channel === data.channel);
      button.ariaLabel = button.title = `Channel ${data.labels[place]}`;
      button.dataset.channel = channel;
      button.append(map, label);
      button.onclick = () => setTriggerValue("channel", channel);
      return button;
    }),
  );
}
