// A picture with objects that can be pointed at and chosen, by mouse, finger and keys. Hovering and
// choosing act at once; the server hears of the choice, for the address and the panel beside it.

const MOST_CHIPS = 60;

class Objects {
  constructor(root) {
    this.root = root.querySelector(".stage");
    this.box = root.querySelector(".box");
    this.canvas = root.querySelector("canvas");
    this.readout = root.querySelector(".readout");
    this.hint = root.querySelector(".hint");
    this.chips = root.querySelector(".chips");
    this.live = root.querySelector(".sr");
    this.sequence = 0;
    this.pick = null;
    this.over = null;
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.box);
    this.bind();
  }

  async update({ data, setStateValue }) {
    const head = readHead(data);
    this.send = setStateValue;
    this.view = head.view;
    this.sequence = Math.max(this.sequence, head.sequence);
    // A report that is still under way knows better than an answer to an earlier one.
    const settled = head.sequence >= this.sequence;
    if (this.wanted !== head.id) {
      this.wanted = head.id;
      const model = await unpackObjects(data, head);
      // A newer picture may have overtaken this one while it was being unpacked.
      if (this.wanted !== head.id) return model.photo.close();
      this.model?.photo.close();
      this.model = model;
      this.hover(null);
      if (settled) this.pick = head.pick;
    } else if (!this.model) return;
    else if (settled) this.pick = head.pick;
    if (this.pick !== null && this.pick >= this.model.head.count) this.pick = null;
    if (head.whole) {
      const deflated = Uint8Array.from(atob(head.whole.bits), (c) => c.charCodeAt(0));
      const bits = await inflate(deflated);
      if (this.wanted === head.id) this.model.whole = { ...head.whole, bits };
    }
    this.refresh();
  }

  close() {
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
  }

  bind() {
    const { canvas } = this;
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch") this.hover(this.rowAt(event), event);
    });
    canvas.addEventListener("pointerleave", () => this.hover(null));
    canvas.addEventListener("click", (event) => {
      const row = this.rowAt(event);
      this.choose(row === this.pick ? null : row);
    });
    canvas.addEventListener("keydown", (event) => {
      const count = this.model?.head.count ?? 0;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape" && this.pick !== null) return this.choose(null, true);
      const next = { ArrowRight: (this.pick ?? -1) + 1, ArrowDown: (this.pick ?? -1) + 1, ArrowLeft: (this.pick ?? count) - 1, ArrowUp: (this.pick ?? count) - 1, Home: 0, End: count - 1 }[event.key];
      if (next === undefined || !count) return;
      event.preventDefault();
      this.choose((next + count) % count, true);
    });
  }

  choose(row, spoken) {
    if (!this.model || row === this.pick) return;
    this.pick = row;
    this.refresh();
    if (spoken) this.live.textContent = row === null ? "All objects" : `Object ${row + 1} of ${this.model.head.count}: ${this.describe(row).join(", ")}`;
    // Keys may run through many objects: the server needs the one at which they stop.
    this.sequence += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send("pick", { row, sequence: this.sequence }), spoken ? 180 : 0);
  }

  describe(row) {
    const { rows, head } = this.model;
    const share = rows.areas[row] / (head.source[0] * head.source[1]);
    return [nameOf(this.model, row), `score ${rows.scores[row].toFixed(2)}`, `${rows.areas[row].toLocaleString("en")} px, ${percent(share)}`];
  }

  refresh() {
    const { head } = this.model;
    Object.assign(this.root.dataset, {
      ready: "true",
      picture: head.id,
      count: head.count,
      pick: this.pick === null ? "" : this.pick + 1,
      colour: this.view.colour,
      opacity: Math.round(100 * this.view.opacity),
    });
    this.canvas.setAttribute("aria-label", `${head.alt}, ${head.count} objects. Arrow keys go from object to object, Escape shows all.`);
    this.drawHint();
    this.drawChips();
    this.draw();
  }

  drawHint() {
    const { head } = this.model;
    const touch = matchMedia("(hover: none)").matches;
    if (!head.count) this.hint.replaceChildren("No object reaches the threshold.");
    else if (this.pick === null) this.hint.replaceChildren(touch ? "Tap an object to see it alone." : "Point at an object to read it, click it to see it alone.");
    else this.hint.replaceChildren(element("b", { text: `${this.pick + 1} ${nameOf(this.model, this.pick)}` }), "alone. Click beside it to see all objects.");
  }

  drawChips() {
    const { head, rows } = this.model;
    const first = Math.min(head.count, MOST_CHIPS);
    const listed = [...Array(first).keys()];
    if (this.pick !== null && this.pick >= first) listed.push(this.pick);
    const stamp = JSON.stringify([head.id, this.pick, this.view.colour]);
    if (stamp === this.chipStamp) return;
    this.chipStamp = stamp;
    const focused = this.chips.getRootNode().activeElement?.dataset?.row;
    const chips = listed.map((row) => {
      const chip = element(
        "button",
        { type: "button", class: "chip", "data-testid": "chip", "data-row": row, "aria-pressed": String(row === this.pick) },
        element("i", { style: `background:${rgb(colorOf(this.model, row, this.view.colour))}` }),
        element("span", { text: `${row + 1} ${nameOf(this.model, row)}` }),
        element("b", { text: rows.scores[row].toFixed(2) }),
      );
      if (this.pick !== null && row !== this.pick) chip.classList.add("off");
      chip.onclick = () => this.choose(row === this.pick ? null : row, true);
      chip.onpointerenter = (event) => event.pointerType !== "touch" && this.hover(row);
      chip.onpointerleave = () => this.hover(null);
      return chip;
    });
    const rest = head.count - listed.length;
    if (rest > 0) chips.push(element("span", { class: "rest", text: `and ${rest.toLocaleString("en")} more: click them in the picture` }));
    this.chips.replaceChildren(...chips);
    this.chips.hidden = !head.count;
    const kept = focused === undefined ? null : this.chips.querySelector(`[data-row="${focused}"]`);
    if (kept) kept.focus();
    else if (this.pick !== null) this.reveal(this.chips.querySelector(`[data-row="${this.pick}"]`));
  }

  // Scrolls the list alone, never the page.
  reveal(chip) {
    if (!chip) return;
    const top = chip.offsetTop - this.chips.offsetTop;
    if (top < this.chips.scrollTop || top + chip.offsetHeight > this.chips.scrollTop + this.chips.clientHeight) this.chips.scrollTop = top - 4;
  }

  get place() {
    const { clientWidth: w, clientHeight: h } = this.box;
    const [pw, ph] = this.model.head.size;
    const scale = Math.min(w / pw, h / ph);
    return { x: (w - pw * scale) / 2, y: (h - ph * scale) / 2, w: pw * scale, h: ph * scale, scale };
  }

  // A finger is wider than a thin object: where it hits nothing, the nearest object around counts.
  rowAt(event) {
    if (!this.model) return null;
    const bounds = this.box.getBoundingClientRect(), { x, y, scale } = this.place;
    const [w, h] = this.model.head.size;
    const px = Math.floor((event.clientX - bounds.left - x) / scale), py = Math.floor((event.clientY - bounds.top - y) / scale);
    const at = (cx, cy) => (cx >= 0 && cy >= 0 && cx < w && cy < h ? this.model.ids[cy * w + cx] : 0);
    const reach = Math.ceil((event.pointerType === "touch" ? 12 : 2) / scale);
    for (let r = 0; r <= reach; r++) {
      for (let dy = -r; dy <= r; dy++) {
        for (let dx = -r; dx <= r; dx += Math.abs(dy) === r ? 1 : 2 * r || 1) {
          const id = at(px + dx, py + dy);
          if (id) return id - 1;
        }
      }
    }
    return null;
  }

  hover(row, event) {
    const changed = row !== this.over;
    this.over = row;
    this.canvas.classList.toggle("over", row !== null);
    this.readout.hidden = row === null || !event;
    if (row !== null && event) {
      if (changed || this.readout.dataset.row !== String(row)) {
        const [name, ...lines] = this.describe(row);
        this.readout.dataset.row = row;
        this.readout.replaceChildren(
          element("strong", {}, element("i", { style: `background:${rgb(colorOf(this.model, row, this.view.colour))}` }), `${row + 1} ${name}`),
          ...lines.map((text) => element("div", { text })),
        );
      }
      const bounds = this.box.getBoundingClientRect();
      const x = event.clientX - bounds.left, y = event.clientY - bounds.top;
      const { offsetWidth: w, offsetHeight: h } = this.readout;
      const left = x + 18 + w < bounds.width ? x + 18 : Math.max(4, x - 18 - w);
      this.readout.style.transform = `translate(${left}px, ${Math.min(Math.max(4, y - h / 2), Math.max(4, bounds.height - h - 4))}px)`;
    }
    if (changed) this.draw();
  }

  draw() {
    if (this.frame || !this.model) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  paint() {
    const { canvas, model, view } = this;
    const ratio = devicePixelRatio || 1;
    const width = Math.round(this.box.clientWidth * ratio), height = Math.round(this.box.clientHeight * ratio);
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    const place = this.place;
    // The picture lies on whole pixels of the screen, so that its layers can be built for these.
    const size = [Math.max(1, Math.round(place.w * ratio)), Math.max(1, Math.round(place.h * ratio))];
    const x0 = Math.round(place.x * ratio), y0 = Math.round(place.y * ratio);
    const thick = Math.max(1, Math.round(ratio));
    const put = (image) => c.drawImage(image, x0, y0, ...size);
    const part = (image, own) => c.drawImage(image, x0 + own.x, y0 + own.y);
    c.save();
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.beginPath();
    c.rect(x0, y0, ...size);
    c.clip();
    c.imageSmoothingQuality = "high";
    if (this.pick === null) {
      put(model.photo);
      c.globalAlpha = view.opacity;
      put(fillAll(model, view.colour, size));
      c.globalAlpha = 1;
      if (view.contour) put(rimAll(model, size, thick));
    } else {
      // everything else in dim grey, as in the download
      const own = alone(model, this.pick, size, thick);
      put(dimmed(model));
      part(filled(model, own, "photo", (context) => {
        context.imageSmoothingQuality = "high";
        context.drawImage(model.photo, -own.x, -own.y, ...size);
      }), own);
      c.globalAlpha = view.opacity;
      part(tinted(model, own, colorOf(model, this.pick, view.colour)), own);
      c.globalAlpha = 1;
      if (view.contour) part(own.rim, own);
    }
    if (this.over !== null && this.over !== this.pick) {
      const own = alone(model, this.over, size, thick);
      c.globalAlpha = 0.4;
      part(tinted(model, own, [255, 255, 255]), own);
      c.globalAlpha = 1;
    }
    c.restore();
    const few = model.head.count <= view.most;
    const rows = this.pick !== null ? [this.pick] : few ? [...Array(model.head.count).keys()] : [];
    if (view.boxes) for (const row of [...rows].reverse()) this.paintBox(c, row, place);
    if (view.labels) this.paintTags(c, rows, place);
    Object.assign(this.root.dataset, { left: place.x, top: place.y, scale: (place.scale * model.head.size[0]) / model.head.source[0] });
  }

  paintBox(c, row, place) {
    const [sw, sh] = this.model.head.source;
    const [x1, y1, x2, y2] = this.model.rows.boxes[row];
    const rect = [place.x + (x1 / sw) * place.w, place.y + (y1 / sh) * place.h, ((x2 - x1) / sw) * place.w, ((y2 - y1) / sh) * place.h];
    for (const [width, color] of [[4, "#0008"], [2, rgb(colorOf(this.model, row, this.view.colour))]]) {
      c.lineWidth = width;
      c.strokeStyle = color;
      c.strokeRect(rect[0] + 1, rect[1] + 1, Math.max(1, rect[2] - 2), Math.max(1, rect[3] - 2));
    }
  }

  // Best first; one that would hide a better one is left out.
  paintTags(c, rows, place) {
    const [sw, sh] = this.model.head.source;
    const high = 18, taken = [];
    c.font = "600 12px sans-serif";
    c.textBaseline = "middle";
    for (const row of rows) {
      const text = `${nameOf(this.model, row)} ${this.model.rows.scores[row].toFixed(2)}`;
      const color = colorOf(this.model, row, this.view.colour);
      const [x1, y1] = this.model.rows.boxes[row];
      const wide = c.measureText(text).width + 10;
      const left = Math.max(place.x, Math.min(place.x + (x1 / sw) * place.w, place.x + place.w - wide));
      const from = place.y + (y1 / sh) * place.h;
      const top = from - high >= place.y ? from - high : Math.max(place.y, from);
      if (taken.some(([x, y, w]) => left < x + w && x < left + wide && top < y + high && y < top + high)) continue;
      taken.push([left, top, wide]);
      c.fillStyle = rgb(color);
      c.fillRect(left, top, wide, high);
      c.fillStyle = inkOn(color);
      c.fillText(text, left + 5, top + high / 2 + 0.5);
    }
  }
}

const fields = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let field = fields.get(root);
  if (!field) fields.set(root, (field = new Objects(root)));
  field.update(component);
  return () => {
    field.close();
    fields.delete(root);
  };
}
