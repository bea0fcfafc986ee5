// A region on a picture that can be moved and resized by mouse, finger and keys. The maths is the
// server's: it gets the region and answers with what to draw over the picture.

const BLUE = "#56B4E9", RED = "#D55E00", ORANGE = "#E69F00";
const EDGES = { n: [0, 1, 0, 0], s: [0, 0, 0, 1], w: [1, 0, 0, 0], e: [0, 0, 1, 0], nw: [1, 1, 0, 0], ne: [0, 1, 1, 0], sw: [1, 0, 0, 1], se: [0, 0, 1, 1], move: [1, 1, 1, 1] };
const CURSORS = { n: "ns-resize", s: "ns-resize", w: "ew-resize", e: "ew-resize", nw: "nwse-resize", se: "nwse-resize", ne: "nesw-resize", sw: "nesw-resize", move: "move" };

function node(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) name === "text" ? (made.textContent = value) : made.setAttribute(name, value);
  made.append(...children);
  return made;
}

class Region {
  constructor(root) {
    this.root = root.querySelector(".roi");
    this.canvas = root.querySelector("canvas");
    this.legend = root.querySelector(".legend");
    this.live = root.querySelector(".sr");
    this.images = {};
    this.sequence = 0;
    this.answered = 0;
    this.drag = null;
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.canvas);
    this.bind();
  }

  update({ data, setStateValue }) {
    this.send = setStateValue;
    this.data = data;
    this.answered = data.sequence;
    // A page that is mounted anew goes on counting where the server stopped.
    this.sequence = Math.max(this.sequence, data.sequence);
    // While a hand holds the region, or a report is under way, the hand knows better than the server.
    if (!this.drag && this.answered >= this.sequence) this.box = [...data.box];
    for (const name of ["picture", "map"]) {
      if (this.images[name]?.address === data[name]) continue;
      const image = new Image();
      this.images[name] = { address: data[name], image };
      image.onload = () => this.draw();
      if (data[name]) image.src = data[name];
    }
    this.canvas.style.aspectRatio = `${data.size[0]} / ${data.size[1]}`;
    this.drawLegend();
    this.draw();
    if (this.waiting) this.report(this.waiting.live);
  }

  close() {
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
  }

  // From picture pixels to the screen, and how large a pixel is there.
  get place() {
    const [x, y, w, h] = this.drag?.view ?? this.data.view;
    const scale = Math.min(this.canvas.clientWidth / w, this.canvas.clientHeight / h);
    return { scale, left: (this.canvas.clientWidth - w * scale) / 2 - x * scale, top: (this.canvas.clientHeight - h * scale) / 2 - y * scale };
  }

  at(event) {
    const bounds = this.canvas.getBoundingClientRect(), { scale, left, top } = this.place;
    return [(event.clientX - bounds.left - left) / scale, (event.clientY - bounds.top - top) / scale];
  }

  hit([x, y], touch) {
    const reach = (touch ? 22 : 9) / this.place.scale, [x1, y1, x2, y2] = this.box;
    if (x < x1 - reach || x > x2 + reach || y < y1 - reach || y > y2 + reach) return null;
    // A small region is moved by its middle, however close its edges are.
    const inner = (length) => Math.min(reach, length / 4);
    const vertical = y < y1 + inner(y2 - y1) ? "n" : y > y2 - inner(y2 - y1) ? "s" : "";
    const horizontal = x < x1 + inner(x2 - x1) ? "w" : x > x2 - inner(x2 - x1) ? "e" : "";
    return vertical + horizontal || "move";
  }

  bind() {
    const canvas = this.canvas;
    // A finger on the region moves it; elsewhere it scrolls the page.
    canvas.addEventListener("touchstart", (event) => {
      if (this.data && event.touches.length === 1 && this.hit(this.at(event.touches[0]), true)) event.preventDefault();
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.data || event.button) return;
      const from = this.at(event), part = this.hit(from, event.pointerType === "touch");
      if (!part) return;
      canvas.setPointerCapture(event.pointerId);
      this.drag = { part, from, box: [...this.box], view: [...this.data.view] };
      this.root.dataset.dragging = part;
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.data) return;
      const to = this.at(event);
      if (!this.drag) {
        canvas.style.cursor = CURSORS[this.hit(to, false)] ?? "default";
        return;
      }
      this.change(this.drag.box, EDGES[this.drag.part], to[0] - this.drag.from[0], to[1] - this.drag.from[1]);
      this.report(true);
    });
    const release = () => {
      if (!this.drag) return;
      this.drag = null;
      delete this.root.dataset.dragging;
      this.report(false);
    };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step || !this.data || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const by = event.shiftKey ? this.data.stride / 2 : 1;
      this.change([...this.box], event.altKey ? EDGES.se : EDGES.move, step[0] * by, step[1] * by);
      this.live.textContent = `Region at ${this.box[0]}, ${this.box[1]}, ${this.box[2] - this.box[0]} by ${this.box[3] - this.box[1]} pixels`;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.report(false), 120);
    });
  }

  // Whole and half pixels, within what the sliders allow; an edge stops at the opposite edge.
  change(box, edges, dx, dy) {
    const { low, high } = this.data;
    const half = (value) => Math.round(value * 2) / 2;
    const next = box.map((value, i) => half(value + (edges[i] ? (i % 2 ? dy : dx) : 0)));
    for (const i of [0, 1]) {
      const size = box[i + 2] - box[i];
      if (edges[i] && edges[i + 2]) {
        next[i] = Math.min(high, Math.max(low, next[i]));
        next[i + 2] = next[i] + size;
      } else if (edges[i]) next[i] = Math.min(next[i + 2], high, Math.max(low, next[i + 2] - high, next[i]));
      else next[i + 2] = Math.max(next[i], Math.min(next[i + 2], next[i] + high));
    }
    this.box = next;
    this.draw();
  }

  // One report at a time: the next goes out when the last has been answered, or after half a second.
  report(live) {
    const now = performance.now();
    if (live && this.answered < this.sequence && now - this.sent < 500) {
      this.waiting = { live };
      return;
    }
    this.waiting = null;
    this.sent = now;
    this.sequence += 1;
    this.send("box", { box: this.box, live, sequence: this.sequence });
  }

  drawLegend() {
    const { overlay } = this.data;
    const stamp = Object.keys(overlay).join();
    if (stamp === this.stamp) return;
    this.stamp = stamp;
    const parts = [node("span", {}, node("i", { style: "border-color:#fff;box-shadow:0 0 0 1px #0009;background:#8888" }), "region")];
    if (overlay.pool) parts.push(node("span", {}, node("i", { style: `border-color:${RED}` }), "RoIPool: rounded, and its bins"));
    if (overlay.align) parts.push(node("span", {}, node("i", { class: "dot", style: `background:${BLUE}` }), "RoIAlign: samples"), node("span", {}, node("i", { class: "dot", style: `background:${ORANGE}` }), "chosen sample, its four cells"));
    parts.push(node("span", { class: "hint", text: "Drag the region or its edges; arrow keys move it." }));
    this.legend.replaceChildren(...parts);
  }

  draw() {
    if (this.frame || !this.data) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  paint() {
    const { canvas, data } = this;
    const ratio = devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const { scale, left, top } = this.place;
    const c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    const X = (x) => left + x * scale, Y = (y) => top + y * scale;
    const rect = (x, y, w, h) => [X(x), Y(y), w * scale, h * scale];
    const [w, h] = data.size, [across, down] = data.cells, stride = data.stride;
    const loaded = (name) => this.images[name].image.complete && this.images[name].image.naturalWidth;
    if (loaded("picture")) {
      c.imageSmoothingEnabled = true;
      c.drawImage(this.images.picture.image, ...rect(0, 0, w, h));
    }
    if (data.blend > 0 && loaded("map")) {
      c.imageSmoothingEnabled = false;
      c.globalAlpha = data.blend;
      // The last row of cells may reach over the picture: only what lies on it is drawn.
      c.save();
      c.beginPath();
      c.rect(...rect(0, 0, w, h));
      c.clip();
      c.drawImage(this.images.map.image, ...rect(0, 0, across * stride, down * stride));
      c.restore();
      c.globalAlpha = 1;
    }
    if (stride * scale >= 7) this.lines(c, across, down, X, Y);
    if (data.texts && stride * scale >= 21) this.numbers(c, X, Y, stride * scale);
    if (data.overlay.pool) this.pool(c, data.overlay.pool, rect);
    if (data.overlay.align) this.align(c, data.overlay.align, rect, X, Y);
    this.region(c, rect);
    const shown = data.box.join();
    Object.assign(this.root.dataset, { ready: "true", box: this.box.join(), answered: shown, view: data.view.join(), left, top, scale });
  }

  lines(c, across, down, X, Y) {
    const stride = this.data.stride;
    c.strokeStyle = "rgb(255 255 255 / 0.28)";
    c.lineWidth = 1;
    c.beginPath();
    for (let i = 0; i <= across; i++) c.moveTo(X(i * stride), Y(0)), c.lineTo(X(i * stride), Y(this.data.size[1]));
    for (let i = 0; i <= down; i++) c.moveTo(X(0), Y(i * stride)), c.lineTo(X(this.data.size[0]), Y(i * stride));
    c.stroke();
  }

  numbers(c, X, Y, cell) {
    const { texts, stride, dark } = this.data;
    c.font = `${Math.min(18, cell * 0.36)}px sans-serif`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    texts.forEach((row, y) => row.forEach((text, x) => {
      c.fillStyle = dark[y][x] ? "#fff" : "#000";
      c.fillText(text, X((x + 0.5) * stride), Y((y + 0.5) * stride));
    }));
  }

  pool(c, pool, rect) {
    c.lineWidth = 1.25;
    c.strokeStyle = RED;
    c.setLineDash([4, 3]);
    for (const bin of pool.bins) {
      if (!bin[2] || !bin[3]) continue;
      const [x, y, w, h] = rect(...bin);
      c.fillStyle = "rgb(213 94 0 / 0.13)";
      c.fillRect(x, y, w, h);
      c.strokeRect(x + 2, y + 2, Math.max(0, w - 4), Math.max(0, h - 4));
    }
    c.setLineDash([]);
    this.outline(c, rect(...pool.area), RED, 2.5);
  }

  align(c, align, rect, X, Y) {
    const [x, y, w, h] = rect(...align.area);
    c.strokeStyle = BLUE;
    c.lineWidth = 1.25;
    c.beginPath();
    for (let i = 0; i <= align.bins; i++) {
      c.moveTo(x + (w * i) / align.bins, y), c.lineTo(x + (w * i) / align.bins, y + h);
      c.moveTo(x, y + (h * i) / align.bins), c.lineTo(x + w, y + (h * i) / align.bins);
    }
    c.stroke();
    for (const [cx, cy, cw, ch, weight] of align.cells) {
      const box = rect(cx, cy, cw, ch);
      c.fillStyle = `rgb(230 159 0 / ${0.12 + 0.5 * weight})`;
      c.fillRect(...box);
      this.outline(c, box, ORANGE, 1.5);
    }
    const [xs = [], ys = []] = align.dots;
    const radius = Math.max(1.5, Math.min(5, (Math.min(w, h) / align.bins) * 0.09 + 1));
    for (const dy of ys) for (const dx of xs) this.dot(c, X(dx), Y(dy), radius, BLUE);
    if (align.chosen) {
      const [sx, sy] = [X(align.chosen[0]), Y(align.chosen[1])];
      c.strokeStyle = ORANGE;
      c.lineWidth = 1.5;
      for (const [cx, cy, cw, ch] of align.cells) {
        c.beginPath();
        c.moveTo(sx, sy);
        c.lineTo(X(cx + cw / 2), Y(cy + ch / 2));
        c.stroke();
        this.dot(c, X(cx + cw / 2), Y(cy + ch / 2), 2, "#fff");
      }
      this.dot(c, sx, sy, Math.max(4, radius + 1.5), ORANGE);
    }
  }

  region(c, rect) {
    const [x1, y1, x2, y2] = this.box;
    const [x, y, w, h] = rect(x1, y1, x2 - x1, y2 - y1);
    this.outline(c, [x, y, w, h], "#fff", 2);
    for (const cx of [x, x + w]) for (const cy of [y, y + h]) {
      c.fillStyle = "#fff";
      c.strokeStyle = "#000";
      c.lineWidth = 1;
      c.fillRect(cx - 4, cy - 4, 8, 8);
      c.strokeRect(cx - 4, cy - 4, 8, 8);
    }
  }

  outline(c, [x, y, w, h], color, width) {
    c.strokeStyle = "rgb(0 0 0 / 0.55)";
    c.lineWidth = width + 2;
    c.strokeRect(x, y, w, h);
    c.strokeStyle = color;
    c.lineWidth = width;
    c.strokeRect(x, y, w, h);
  }

  dot(c, x, y, radius, color) {
    c.fillStyle = color;
    c.strokeStyle = "rgb(0 0 0 / 0.7)";
    c.lineWidth = 1;
    c.beginPath();
    c.arc(x, y, radius, 0, 2 * Math.PI);
    c.fill();
    c.stroke();
  }
}

const regions = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let region = regions.get(root);
  if (!region) regions.set(root, (region = new Region(root)));
  region.update(component);
  return () => {
    region.close();
    regions.delete(root);
  };
}
