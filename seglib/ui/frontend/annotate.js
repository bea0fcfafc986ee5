// The picture one annotates: photograph, label map and shapes, drawn at the screen's resolution.
// Label maps come as bytes and are coloured here; what goes back are shapes as numbers.

const HISTORY_KEYS = { z: "undo", y: "redo" };

class Pad {
  constructor(root) {
    this.root = root.querySelector(".pad");
    this.box = root.querySelector(".box");
    this.canvas = root.querySelector("canvas");
    this.bar = root.querySelector(".bar");
    this.hint = root.querySelector(".hint");
    this.where = root.querySelector(".where");
    this.live = root.querySelector(".sr");
    // A page switch mounts the pad anew: its strokes are counted from 1 again, under a new name.
    this.mount = Math.random().toString(36).slice(2, 12);
    this.seq = 0;
    this.queue = [];
    this.decoded = {};
    this.layers = {};
    this.hover = null;
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.box);
    this.bind();
  }

  close() {
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
  }

  async update({ data, setStateValue }) {
    const head = readHead(data);
    this.send = setStateValue;
    const fresh = {};
    for (const [name, at] of Object.entries(head.parts)) {
      // Parts are named by what they hold: what is already here is not decoded again.
      if (this.decoded[name]?.id === at[2]) fresh[name] = this.decoded[name];
      else {
        const bytes = data.slice(head.base + at[0], head.base + at[0] + at[1]);
        fresh[name] = { id: at[2], value: name === "photo" ? createImageBitmap(new Blob([bytes], { type: head.photo_type })) : inflate(bytes) };
      }
    }
    const turn = (this.turn = (this.turn ?? 0) + 1);
    for (const part of Object.values(fresh)) part.value = await part.value;
    if (turn !== this.turn) return;
    const before = this.head;
    this.decoded = fresh;
    this.head = head;
    if (head.ack.mount === this.mount) this.queue = this.queue.filter((item) => item.seq > head.ack.seq);
    if (!before || before.tool !== head.tool || before.photo_id !== head.photo_id) this.draft = newDraft(head.tool, head);
    if (this.draft instanceof BrushDraft && head.tool === "brush") this.draft.radius = head.radius;
    if (this.draft instanceof ClickDraft) this.draft.drag = head.drag;
    this.paintLayers();
    const [w, h] = head.size;
    this.box.style.aspectRatio = `${w} / ${h}`;
    this.box.style.width = `min(100%, calc(72vh * ${(w / h).toFixed(4)}))`;
    this.canvas.setAttribute("aria-label", head.alt);
    this.canvas.style.touchAction = head.tool === "none" ? "auto" : "none";
    this.hint.textContent = head.hint ?? HINTS[head.tool];
    Object.assign(this.root.dataset, { ready: "true", tool: head.tool, labels: head.parts.labels[2], photo: head.photo_id });
    this.refresh();
  }

  layer(name, key, make) {
    if (this.layers[name]?.key !== key) this.layers[name] = { key, canvas: make() };
  }

  paintLayers() {
    const { head, decoded } = this, [w, h] = head.size;
    this.layer("labels", `${decoded.labels.id}`, () => {
      const table = new Uint32Array(256);
      const colors = decoded.palette.value;
      for (let i = 0; i < 256; i++) table[i] = i === head.empty ? 0 : packed(colors[3 * i], colors[3 * i + 1], colors[3 * i + 2]);
      return coloured(w, h, (out) => decoded.labels.value.forEach((id, i) => (out[i] = table[id])));
    });
    this.layer("borders", decoded.labels.id, () => edges(decoded.labels.value, w, h, packed(255, 255, 255, 210)));
    this.regions = decoded.regions ? new Uint32Array(decoded.regions.value.buffer) : null;
    this.layer("regions", decoded.regions?.id, () => (this.regions ? edges(this.regions, w, h, packed(255, 255, 255, 130)) : null));
    this.layer("proposal", decoded.proposal?.id, () => (decoded.proposal ? coloured(w, h, (out) => decoded.proposal.value.forEach((on, i) => on && (out[i] = packed(230, 159, 0)))) : null));
    this.layer("proposalEdge", decoded.proposal?.id, () => (decoded.proposal ? edges(decoded.proposal.value, w, h, packed(255, 255, 255)) : null));
    this.layer("truth", decoded.truth?.id, () => (decoded.truth ? edges(decoded.truth.value, w, h, packed(255, 255, 255)) : null));
    this.layer("truthShade", decoded.truth?.id, () => (decoded.truth ? edges(decoded.truth.value, w, h, packed(0, 0, 0)) : null));
  }

  // ---- drawing

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    if (!this.head) return;
    const { head, canvas } = this, [w, h] = head.size;
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    const width = Math.max(1, Math.round(this.box.clientWidth * ratio)), height = Math.max(1, Math.round(this.box.clientHeight * ratio));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const c = canvas.getContext("2d"), k = width / w;
    this.scale = this.box.clientWidth / w;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.imageSmoothingEnabled = true;
    c.imageSmoothingQuality = "high";
    c.drawImage(this.decoded.photo.value, 0, 0, width, height);
    c.imageSmoothingEnabled = false;
    const lay = (name, alpha) => {
      const layer = this.layers[name]?.canvas;
      if (!layer) return;
      c.globalAlpha = alpha;
      c.drawImage(layer, 0, 0, width, height);
      c.globalAlpha = 1;
    };
    lay("labels", head.opacity);
    lay("borders", 1);
    lay("regions", 1);
    lay("proposal", 0.45);
    lay("proposalEdge", 1);
    if (this.layers.truth?.canvas) {
      c.setTransform(1, 0, 0, 1, 1, 1);
      lay("truthShade", 0.9);
      c.setTransform(1, 0, 0, 1, 0, 0);
      lay("truth", 1);
    }
    if (this.glow) {
      c.globalAlpha = 0.5;
      c.drawImage(this.glow.canvas, 0, 0, width, height);
      c.globalAlpha = 1;
    }
    c.setTransform(k, 0, 0, k, 0, 0);
    const thin = ratio / k;
    for (const mark of head.marks) this.shape(c, mark, mark.side ? [0, 158, 115] : [213, 94, 0], thin, 0.75);
    for (const item of this.queue) if (item.stroke) this.shape(c, item.stroke, head.color, thin, 0.55);
    this.paintDraft(c, thin);
    this.paintCursor(c, thin);
  }

  // A stroke as it was sent; its mask comes back from the server.
  shape(c, stroke, color, thin, alpha) {
    const css = `rgb(${color.join(" ")} / ${alpha})`, p = stroke.points;
    c.beginPath();
    c.lineCap = c.lineJoin = "round";
    if (stroke.kind === "ellipse") c.ellipse(p[0], p[1], stroke.radii[0], stroke.radii[1], (stroke.angle * Math.PI) / 180, 0, 7);
    else if (stroke.kind === "rect") {
      const draft = new FrameDraft("rect");
      draft.frame = { x: p[0], y: p[1], a: stroke.radii[0], b: stroke.radii[1], t: ((stroke.angle ?? 0) * Math.PI) / 180 };
      draft.trace(c);
    } else if (stroke.kind === "bezier") {
      c.moveTo(p[0], p[1]);
      for (let i = 2; i + 5 < p.length; i += 6) c.bezierCurveTo(p[i], p[i + 1], p[i + 2], p[i + 3], p[i + 4], p[i + 5]);
    } else if (stroke.kind === "point") c.arc(p[0], p[1], 5 * thin, 0, 7);
    else {
      for (let i = 0; i < p.length; i += 2) i ? c.lineTo(p[i], p[i + 1]) : c.moveTo(p[i], p[i + 1]);
      if (p.length === 2) c.lineTo(p[0] + 0.01, p[1]);
    }
    if (stroke.kind === "brush") {
      c.strokeStyle = css;
      c.lineWidth = Math.max(2 * stroke.radius, 3 * thin);
      c.stroke();
    } else if (stroke.kind === "rect" && stroke.side !== undefined) {
      c.strokeStyle = css;
      c.lineWidth = 2.5 * thin;
      c.stroke();
    } else {
      c.fillStyle = css;
      c.fill();
    }
  }

  paintDraft(c, thin) {
    const { draft, head } = this;
    if (!draft) return;
    c.lineCap = c.lineJoin = "round";
    if (draft instanceof BrushDraft) {
      if (!draft.points.length) return;
      c.beginPath();
      draft.trace(c);
      c.strokeStyle = `rgb(${head.color.join(" ")} / 0.6)`;
      c.lineWidth = Math.max(2 * draft.radius, 3 * thin);
      c.stroke();
      return;
    }
    if (!draft.count) return;
    const line = (style, width) => {
      c.beginPath();
      draft.trace(c, this.pressed ? null : this.hover);
      c.strokeStyle = style;
      c.lineWidth = width * thin;
      c.stroke();
    };
    c.beginPath();
    draft.trace(c);
    c.fillStyle = `rgb(${head.color.join(" ")} / 0.35)`;
    c.fill();
    line("#000", 4);
    line("#fff", 2);
    const dot = (p, size, fill) => {
      c.beginPath();
      c.arc(p.x, p.y, size * thin, 0, 7);
      c.fillStyle = fill;
      c.fill();
      c.strokeStyle = "#000";
      c.lineWidth = 1.5 * thin;
      c.stroke();
    };
    for (const a of draft.arms?.() ?? []) {
      c.beginPath();
      c.moveTo(a.x - a.hx, a.y - a.hy);
      c.lineTo(a.x + a.hx, a.y + a.hy);
      c.strokeStyle = "#56b4e9";
      c.lineWidth = 1.5 * thin;
      c.stroke();
      dot({ x: a.x + a.hx, y: a.y + a.hy }, 4, "#56b4e9");
      dot({ x: a.x - a.hx, y: a.y - a.hy }, 4, "#56b4e9");
    }
    draft.dots().forEach((p, k) => dot(p, k || draft instanceof FrameDraft ? 5 : 7, k || !draft.ready || draft instanceof FrameDraft ? "#fff" : "#e69f00"));
    if (draft instanceof FrameDraft && !(draft instanceof BoxDraft)) {
      const knob = draft.knob(this.reach()), stem = draft.world(0, -draft.frame.b);
      for (const [style, width] of [["#000", 3], ["#fff", 1.5]]) {
        c.beginPath();
        if (draft.kind === "ellipse") draft.corners().forEach((p, k) => (k ? c.lineTo(p.x, p.y) : c.moveTo(p.x, p.y)));
        if (draft.kind === "ellipse") c.closePath();
        c.moveTo(stem.x, stem.y);
        c.lineTo(knob.x, knob.y);
        c.strokeStyle = style;
        c.lineWidth = width * thin * 0.75;
        c.stroke();
      }
      draft.corners().forEach((p) => dot(p, 5, "#fff"));
      dot(knob, 7, "#56b4e9");
    }
  }

  paintCursor(c, thin) {
    if (!this.hover || (this.head.tool !== "brush" && !this.keyed)) return;
    const r = this.head.tool === "brush" ? this.head.radius : 6 * thin;
    for (const [style, width] of [["#000", 3], ["#fff", 1.5]]) {
      c.beginPath();
      c.arc(this.hover.x, this.hover.y, r, 0, 7);
      c.strokeStyle = style;
      c.lineWidth = width * thin;
      c.stroke();
    }
  }

  // ---- pointer and keyboard

  reach() {
    return (this.touch ? HIT_TOUCH : HIT_MOUSE) / (this.scale || 1);
  }

  at(event) {
    const rect = this.canvas.getBoundingClientRect(), [w, h] = this.head.size;
    const clamp = (value, top) => Math.min(Math.max(value, 0), top);
    return { x: clamp(((event.clientX - rect.left) / rect.width) * w, w), y: clamp(((event.clientY - rect.top) / rect.height) * h, h) };
  }

  bind() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button || !this.head || !this.draft || this.pressed) return;
      this.touch = event.pointerType === "touch";
      this.keyed = false;
      this.pressed = event.pointerId;
      canvas.setPointerCapture(event.pointerId);
      this.press(this.at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.head) return;
      this.keyed = false;
      this.look(this.at(event));
      if (this.pressed !== event.pointerId || !this.draft) return;
      for (const one of event.getCoalescedEvents?.() ?? [event]) this.draft.move(this.at(one), this.reach());
      this.draft.move(this.at(event), this.reach());
      this.refresh();
    });
    const lift = (event) => {
      if (this.pressed !== event.pointerId) return;
      this.pressed = null;
      if (event.type === "pointercancel") this.draft?.back();
      else if (this.draft?.up() === "finish") this.finish();
      this.refresh();
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("pointerleave", () => this.look(null));
    canvas.addEventListener("dblclick", () => {
      if (this.draft instanceof PolygonDraft && this.draft.ready) this.finish();
    });
    this.bar.querySelector(".finish").addEventListener("click", () => this.finish());
    this.bar.querySelector(".back").addEventListener("click", () => this.step("back"));
    this.bar.querySelector(".cancel").addEventListener("click", () => this.step("cancel"));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => { if (this.keyed) this.look(null); });
  }

  press(p) {
    if (this.draft.down(p, this.reach()) === "finish") {
      this.finish();
      this.pressed = null;
    }
    this.refresh();
  }

  step(what) {
    if (what === "back") this.draft?.back();
    else this.draft = newDraft(this.head.tool, this.head);
    this.refresh();
    this.canvas.focus({ preventScroll: true });
  }

  key(event) {
    if (!this.head) return;
    const [w, h] = this.head.size;
    const history = (event.ctrlKey || event.metaKey) && HISTORY_KEYS[event.key.toLowerCase()];
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (history) this.queueUp({ action: event.shiftKey ? "redo" : history });
    else if (arrow) {
      const far = event.shiftKey ? 1 : Math.max(1, Math.round(w / 80));
      const from = this.hover ?? { x: w / 2, y: h / 2 };
      this.keyed = true;
      this.look({ x: Math.min(w - 0.5, Math.max(0.5, from.x + far * arrow[0])), y: Math.min(h - 0.5, Math.max(0.5, from.y + far * arrow[1])) });
    } else if (event.key === " " && this.keyed && this.hover && this.draft) {
      this.press({ ...this.hover });
      if (this.draft.up() === "finish") this.finish();
    } else if (event.key === "Enter") this.finish();
    else if (event.key === "Backspace") this.draft?.back();
    else if (event.key === "Escape") this.step("cancel");
    else return;
    event.preventDefault();
    this.refresh();
  }

  look(p) {
    this.hover = p;
    const [w, h] = this.head?.size ?? [1, 1];
    if (!p) {
      this.where.textContent = "";
      this.glow = null;
    } else {
      const x = Math.min(w - 1, Math.floor(p.x)), y = Math.min(h - 1, Math.floor(p.y)), i = y * w + x;
      const name = this.head.names[this.decoded.labels.value[i]] ?? "";
      this.where.textContent = `${x}, ${y}${name ? ` · ${name}` : ""}`;
      if (this.keyed) this.live.textContent = this.where.textContent;
      const region = this.regions?.[i];
      if (region !== undefined && this.head.tool === "click") {
        const key = `${this.decoded.regions.id}-${region}`;
        if (this.glow?.key !== key) {
          const color = packed(...this.head.color);
          this.glow = { key, canvas: coloured(w, h, (out) => this.regions.forEach((r, at) => r === region && (out[at] = color))) };
        }
      } else this.glow = null;
    }
    this.draw();
  }

  finish() {
    if (!this.draft?.ready) return;
    this.queueUp({ stroke: this.draft.stroke() });
    this.draft = newDraft(this.head.tool, this.head);
    this.refresh();
  }

  // Everything not yet answered is sent again with each new stroke: quick hands lose nothing.
  queueUp(item) {
    this.seq += 1;
    this.queue.push({ seq: this.seq, tool: this.head.owner, ...item });
    this.send("strokes", { mount: this.mount, photo: this.head.photo_id, items: this.queue });
    this.refresh();
  }

  refresh() {
    const draft = this.draft, shown = !!draft?.count && !(draft instanceof BoxDraft);
    this.bar.hidden = !shown;
    if (shown) {
      const low = draft.dots().some((p) => p.y > this.head.size[1] * 0.8);
      this.bar.classList.toggle("high", low);
      this.bar.querySelector(".finish").disabled = !draft.ready;
      this.bar.querySelector(".back").hidden = draft instanceof FrameDraft;
    }
    Object.assign(this.root.dataset, { draft: draft?.count ?? 0, pending: this.queue.length });
    this.draw();
  }
}

const pads = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let pad = pads.get(root);
  if (!pad) pads.set(root, (pad = new Pad(root)));
  pad.update(component);
  return () => {
    pad.close();
    pads.delete(root);
  };
}
