const VIEW_TITLES = { overlay: "Overlay", mask: "Mask", side: "Side by side", swipe: "Swipe" };
const SHOW_TITLES = {
  classes: "Prediction",
  truth: "Ground truth",
  errors: "Errors",
  confidence: "Confidence",
  changed: "Changed pixels",
};

class Stage {
  constructor(root) {
    this.root = root.querySelector(".stage");
    this.box = root.querySelector(".box");
    this.canvas = root.querySelector("canvas");
    this.handle = root.querySelector(".handle");
    this.readout = root.querySelector(".readout");
    this.hint = root.querySelector(".hint");
    this.chips = root.querySelector(".chips");
    this.live = root.querySelector(".sr");
    this.tags = [root.querySelector(".left"), root.querySelector(".right")];
    this.split = 0.5;
    this.cursor = null;
    this.frame = 0;
    this.listener = () => this.refresh();
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.box);
    bindPointer(this);
    bindKeys(this);
  }

  async update({ data, setStateValue }) {
    const head = readHead(data);
    this.send = setStateValue;
    if (!this.store || this.store.id !== head.stage) {
      this.store?.listeners.delete(this.listener);
      this.store = stageStore(head.stage);
      this.store.listeners.add(this.listener);
    }
    this.store.report = (state) => this.send("state", state);
    // Names on the picture come and go without the picture.
    this.names = head.labels ?? [];
    const adopted = adoptState(this.store, head.initial, head.nonce);
    if (this.wanted !== head.id) {
      this.wanted = head.id;
      const model = await unpack(data, head);
      // A newer picture may have overtaken this one while it was being unpacked.
      if (this.wanted !== head.id) return model.photo.close();
      this.model?.photo.close();
      this.model = model;
      this.store.info = { id: head.id, shows: head.shows, truth: !!model.truth };
      this.clearCursor();
      notify(this.store);
    } else if (adopted) notify(this.store);
    else if (this.model) this.refresh();
  }

  close() {
    this.resize.disconnect();
    this.store?.listeners.delete(this.listener);
    cancelAnimationFrame(this.frame);
  }

  // What is really shown: a layer that this picture does not have falls back to the prediction.
  get state() {
    const state = this.store.state;
    const has = (name) => this.model.head.shows.includes(name);
    return {
      ...state,
      show: has(state.show) ? state.show : "classes",
      against: this.model.truth ? state.against : "photo",
    };
  }

  refresh() {
    if (!this.model || !this.store.state) return;
    const state = this.state;
    Object.assign(this.root.dataset, {
      ready: "true",
      picture: this.model.head.id,
      view: state.view,
      show: state.show,
      opacity: state.opacity,
      contour: state.contour,
      against: state.against,
      only: state.only.join(),
      split: Math.round(this.split * 100),
      names: this.names.length,
    });
    this.canvas.setAttribute("aria-label", `${this.model.head.alt}. ${VIEW_TITLES[state.view]}, ${SHOW_TITLES[state.show]}. Arrow keys move a probe, Enter shows one ${this.model.head.words?.one ?? "class"} alone.`);
    this.drawHint(state);
    this.drawChips(state);
    this.draw();
  }

  drawHint(state) {
    const swatch = (color, text) => element("span", { class: "item" }, element("i", { style: `background:${rgb(color)}` }), text);
    const { head } = this.model;
    const names = state.only.map((id) => this.name(id)).join(", ");
    let parts;
    if (state.show === "errors" && state.only.length) {
      parts = [element("b", { text: names }), swatch(head.colors.true_positive, "found"), swatch(head.colors.false_positive, "wrongly claimed"), swatch(head.colors.false_negative, "missed")];
    } else if (state.show === "errors") parts = [swatch(head.colors.false_positive, "wrong class"), "Choose a class below for found, wrongly claimed, missed."];
    else if (state.show === "confidence") {
      const stops = head.heat.filter((_, i) => i % 15 === 0).map(rgb).join(",");
      parts = ["Probability of the likeliest class: 0 %", element("i", { class: "ramp", style: `background:linear-gradient(90deg,${stops})` }), "100 %"];
    } else if (state.show === "changed") parts = [swatch(head.colors.changed, "another class than with the other way of upsampling")];
    else if (state.only.length) parts = [element("b", { text: names }), `alone. Choose it again to see all ${head.words?.many ?? "classes"}.`];
    else {
      const act = matchMedia("(hover: none)").matches ? "Tap" : "Point at";
      parts = [`${act} the picture for ${head.words?.read ?? "probabilities"}, choose a ${head.words?.one ?? "class"} to see it alone.`];
    }
    this.hint.replaceChildren(...parts);
  }

  drawChips(state) {
    const stamp = JSON.stringify([this.model.head.id, state.only]);
    if (stamp === this.chipStamp) return;
    this.chipStamp = stamp;
    const focused = this.chips.getRootNode().activeElement?.dataset?.id;
    const shown = this.model.head.classes.filter((item) => item.share > 0 || state.only.includes(item.id));
    this.chips.replaceChildren(
      ...shown.map((item) => {
        const chip = element(
          "button",
          { type: "button", class: "chip", "data-testid": "chip", "data-id": item.id, "data-name": item.name, "aria-pressed": String(state.only.includes(item.id)) },
          element("i", { style: `background:${rgb(item.color)}` }),
          element("span", { text: item.name }),
          element("b", { text: item.share === null ? "undefined" : percent(item.share) }),
        );
        if (state.only.length && !state.only.includes(item.id)) chip.classList.add("off");
        chip.onclick = (event) => toggleOnly(this.store, item.id, event.shiftKey || event.ctrlKey || event.metaKey);
        return chip;
      }),
    );
    this.chips.classList.toggle("many", shown.length > 24);
    if (focused) this.chips.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  name(id) {
    return this.model.head.classes.find((item) => item.id === id)?.name ?? "not judged";
  }

  // Rectangles in CSS pixels: one for each picture on the stage.
  panes(state) {
    const { clientWidth: w, clientHeight: h } = this.box;
    const [pw, ph] = this.model.head.size;
    const fit = (x, width) => {
      const scale = Math.min(width / pw, h / ph);
      const fw = Math.max(1, pw * scale), fh = Math.max(1, ph * scale);
      return { x: x + (width - fw) / 2, y: (h - fh) / 2, w: fw, h: fh };
    };
    if (state.view !== "side") return [fit(0, w)];
    const half = (w - 8) / 2;
    return [fit(0, half), fit(half + 8, half)];
  }

  draw() {
    if (this.frame || !this.model || !this.store?.state) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  paint() {
    const state = this.state;
    const ratio = devicePixelRatio || 1;
    const w = Math.round(this.box.clientWidth * ratio), h = Math.round(this.box.clientHeight * ratio);
    if (!w || !h) return;
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, w, h);
    const panes = this.panes(state);
    const last = panes[panes.length - 1];
    const before = (pane) => {
      if (state.against === "truth") {
        this.drawPhoto(context, pane);
        this.drawLayer(context, pane, { ...state, show: "truth" }, state.opacity / 100);
      } else this.drawPhoto(context, pane);
    };
    const after = (pane) => {
      this.drawPhoto(context, pane);
      this.drawLayer(context, pane, state, state.view === "mask" ? 1 : state.opacity / 100);
    };
    if (state.view === "side") before(panes[0]);
    after(last);
    this.drawNames(context, last, state.only);
    const edge = last.x + last.w * this.split;
    if (state.view === "swipe") {
      context.save();
      context.beginPath();
      context.rect(last.x, last.y, last.w * this.split, last.h);
      context.clip();
      context.clearRect(last.x, last.y, last.w, last.h);
      before(last);
      context.restore();
    }
    this.drawCursor(context, panes);
    const swipe = state.view === "swipe";
    this.handle.hidden = !swipe;
    if (swipe) {
      this.handle.style.cssText = `left:${edge}px;top:${last.y}px;height:${last.h}px`;
      this.handle.setAttribute("aria-valuenow", Math.round(this.split * 100));
    }
    const titles = [state.against === "truth" ? "Ground truth" : "Picture", (state.show === "classes" && this.model.head.words?.title) || SHOW_TITLES[state.show]];
    const two = swipe || state.view === "side";
    this.tags.forEach((tag, i) => {
      tag.hidden = !two;
      tag.textContent = titles[i];
      const pane = panes[Math.min(i, panes.length - 1)];
      const right = this.box.clientWidth - pane.x - pane.w;
      tag.style.cssText = (i === 0 ? `left:${pane.x + 8}px;` : `right:${right + 8}px;`) + `top:${pane.y + 8}px`;
    });
  }

  drawPhoto(context, pane, photo = this.model.photo) {
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(photo, pane.x, pane.y, pane.w, pane.h);
  }

  drawMap(context, pane, canvas) {
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, pane.x, pane.y, pane.w, pane.h);
  }

  // A second canvas of the same size, for what must be put together before it is blended.
  scratch(ratio) {
    const { width, height } = this.canvas;
    if (this.spare?.width !== width || this.spare?.height !== height) this.spare = new OffscreenCanvas(width, height);
    const context = this.spare.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }

  putScratch(context, ratio) {
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.spare, 0, 0);
    context.restore();
  }

  drawLayer(context, pane, state, alpha) {
    const { model } = this;
    const { show, only } = state;
    const ratio = devicePixelRatio || 1;
    const mask = state.view === "mask";
    if (show === "confidence") {
      const [x, y, w, h] = model.head.box;
      context.globalAlpha = alpha;
      context.imageSmoothingEnabled = true;
      context.drawImage(layer(model, show, only), x, y, w, h, pane.x, pane.y, pane.w, pane.h);
    } else if (show === "errors" || show === "changed") {
      const spare = this.scratch(ratio);
      this.drawPhoto(spare, pane, faded(model));
      this.drawMap(spare, pane, layer(model, show, only));
      context.globalAlpha = alpha;
      this.putScratch(context, ratio);
    } else {
      if (only.length) {
        const spare = this.scratch(ratio);
        this.drawPhoto(spare, pane, dimmed(model));
        spare.globalCompositeOperation = "destination-out";
        this.drawMap(spare, pane, layer(model, show, only, false));
        spare.globalCompositeOperation = "source-over";
        this.putScratch(context, ratio);
      }
      context.globalAlpha = alpha;
      this.drawMap(context, pane, layer(model, show, only, mask));
    }
    context.globalAlpha = 1;
    if (state.contour) this.drawMap(context, pane, contour(model, show, only));
  }

  // [id, text, x, y, room]: where there is most room, in pixels of the picture.
  drawNames(context, pane, only) {
    const [pw, ph] = this.model.head.size;
    context.font = `600 12px ${getComputedStyle(this.root).fontFamily}`;
    context.textBaseline = "middle";
    const taken = [];
    for (const [id, text, x, y, room] of this.names) {
      if (only.length && !only.includes(id)) continue;
      if ((room / pw) * pane.w < 7) continue;
      const width = context.measureText(text).width + 10;
      const left = Math.min(Math.max(pane.x + ((x + 0.5) / pw) * pane.w - width / 2, pane.x), pane.x + pane.w - width);
      const middle = pane.y + ((y + 0.5) / ph) * pane.h;
      // One that would hide another is left out.
      if (taken.some(([l, w, m]) => left < l + w + 2 && l < left + width + 2 && Math.abs(middle - m) < 20)) continue;
      taken.push([left, width, middle]);
      context.fillStyle = "#111827d9";
      context.beginPath();
      context.roundRect(left, middle - 9, width, 18, 5);
      context.fill();
      context.fillStyle = "#fff";
      context.fillText(text, left + 5, middle + 0.5);
    }
  }

  drawCursor(context, panes) {
    if (!this.cursor) return;
    const [pw, ph] = this.model.head.size;
    for (const pane of panes) {
      const x = pane.x + ((this.cursor.x + 0.5) / pw) * pane.w;
      const y = pane.y + ((this.cursor.y + 0.5) / ph) * pane.h;
      for (const [width, color] of [[3, "#000a"], [1.5, "#fff"]]) {
        context.lineWidth = width;
        context.strokeStyle = color;
        context.beginPath();
        context.arc(x, y, 6, 0, 2 * Math.PI);
        context.stroke();
      }
    }
  }

  pixelAt(event) {
    if (!this.model || !this.store.state) return null;
    const bounds = this.box.getBoundingClientRect();
    const x = event.clientX - bounds.left, y = event.clientY - bounds.top;
    const [pw, ph] = this.model.head.size;
    for (const pane of this.panes(this.state)) {
      const px = Math.floor(((x - pane.x) / pane.w) * pw), py = Math.floor(((y - pane.y) / pane.h) * ph);
      if (px >= 0 && py >= 0 && px < pw && py < ph) return { x: px, y: py };
    }
    return null;
  }

  setCursor(pixel, spoken) {
    if (!pixel) return this.clearCursor();
    this.cursor = pixel;
    const { head, labels, truth } = this.model;
    const at = pixel.y * head.size[0] + pixel.x;
    const id = labels[at];
    const rows = (probabilitiesAt(this.model, pixel.x, pixel.y) ?? []).slice(0, 3);
    const item = head.classes.find((other) => other.id === id);
    const source = [Math.floor((pixel.x + 0.5) * head.source[0] / head.size[0]), Math.floor((pixel.y + 0.5) * head.source[1] / head.size[1])];
    const lines = [
      element("strong", {}, element("i", { style: `background:${rgb(item?.color ?? head.void_color)}` }), this.name(id)),
      ...rows.map((row) =>
        element("div", { class: "row", "data-name": this.name(row.id), "data-p": row.p.toFixed(4) }, element("span", { text: this.name(row.id) }), element("meter", { min: 0, max: 1, value: row.p, "aria-hidden": "true" }), element("b", { text: percent(row.p) })),
      ),
    ];
    if (item?.detail) lines.push(element("div", { class: "truth", text: item.detail }));
    if (truth) lines.push(element("div", { class: "truth", text: `ground truth: ${this.name(truth[at])}` }));
    lines.push(element("div", { class: "where", text: `x ${source[0]}, y ${source[1]} px` }));
    this.readout.replaceChildren(...lines);
    this.readout.hidden = false;
    this.readout.dataset.id = id;
    this.placeReadout(pixel);
    if (spoken) this.live.textContent = `${this.name(id)}${rows.length ? `, ${rows.map((row) => `${this.name(row.id)} ${percent(row.p)}`).join(", ")}` : ""}`;
    this.draw();
  }

  placeReadout(pixel) {
    const panes = this.panes(this.state);
    const pane = panes[panes.length - 1];
    const [pw, ph] = this.model.head.size;
    const x = pane.x + ((pixel.x + 0.5) / pw) * pane.w, y = pane.y + ((pixel.y + 0.5) / ph) * pane.h;
    const { offsetWidth: w, offsetHeight: h } = this.readout;
    const { clientWidth: bw, clientHeight: bh } = this.box;
    const left = x + 18 + w < bw ? x + 18 : Math.max(4, x - 18 - w);
    const top = Math.min(Math.max(4, y - h / 2), Math.max(4, bh - h - 4));
    this.readout.style.transform = `translate(${left}px, ${top}px)`;
  }

  clearCursor() {
    this.cursor = null;
    this.readout.hidden = true;
    this.draw();
  }

  moveSplit(value) {
    this.split = Math.min(1, Math.max(0, value));
    this.root.dataset.split = Math.round(this.split * 100);
    this.handle.setAttribute("aria-valuenow", Math.round(this.split * 100));
    this.draw();
  }
}

const stages = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let stage = stages.get(root);
  if (!stage) stages.set(root, (stage = new Stage(root)));
  stage.update(component);
  return () => {
    stage.close();
    stages.delete(root);
  };
}
