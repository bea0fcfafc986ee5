// Two pictures over each other and a divider between them. The pictures are <img> with the very
// bytes that the server made: what is seen is what is downloaded, no canvas in between.

class Swipe {
  constructor(root) {
    const find = (name) => root.querySelector(`.${name}`);
    Object.assign(this, { root: find("swipe"), box: find("box"), pane: find("pane"), handle: find("handle"), frame: find("frame"), pixel: find("pixel") });
    this.images = { before: find("before"), after: find("after") };
    this.tags = [find("left"), find("right")];
    this.stamps = {};
    this.split = 0.5;
    this.resize = new ResizeObserver(() => this.place());
    this.resize.observe(this.box);
    this.bind();
  }

  update({ data, setTriggerValue }) {
    const head = readHead(data);
    this.head = head;
    this.send = setTriggerValue;
    for (const name of ["before", "after"]) this.show(name, data, head);
    this.place();
  }

  // The old picture stays until the new one is decoded: nothing flickers.
  async show(name, data, head) {
    const stamp = head.stamps[name];
    if (this.stamps[name] === stamp) return;
    this.stamps[name] = stamp;
    const image = this.images[name];
    const [start, length] = head.parts[name];
    const url = URL.createObjectURL(new Blob([data.slice(head.base + start, head.base + start + length)], { type: head.types[name] }));
    const next = new Image();
    next.src = url;
    await next.decode().catch(() => null);
    if (this.stamps[name] !== stamp) return URL.revokeObjectURL(url);
    const old = image.src;
    image.src = url;
    if (old) URL.revokeObjectURL(old);
    image.dataset.stamp = stamp;
    this.place();
  }

  close() {
    this.resize.disconnect();
    for (const image of Object.values(this.images)) if (image.src) URL.revokeObjectURL(image.src);
  }

  place() {
    const { head } = this;
    if (!head) return;
    const [width, height] = head.size, { clientWidth: w, clientHeight: h } = this.box;
    const scale = Math.min(w / width, h / height);
    // whole pixels on the screen, so that both pictures are drawn alike; never thinner than a hair
    const pw = Math.max(2, Math.round(width * scale)), ph = Math.max(2, Math.round(height * scale));
    this.pane.style.cssText = `left:${Math.round((w - pw) / 2)}px;top:${Math.round((h - ph) / 2)}px;width:${pw}px;height:${ph}px`;
    for (const [name, image] of Object.entries(this.images)) {
      image.classList.toggle("large", scale >= 3);
      image.alt = head.alts[name];
    }
    const two = head.swipe;
    this.handle.hidden = this.images.before.hidden = !two;
    this.tags[0].hidden = !two || pw < 260;
    this.tags[1].hidden = pw < 140;
    this.tags.forEach((tag, i) => (tag.textContent = head.titles[i]));
    this.frame.hidden = !head.box;
    if (head.box) {
      const [x, y, bw, bh] = head.box;
      this.frame.style.cssText = `left:${(100 * x) / width}%;top:${(100 * y) / height}%;width:${(100 * bw) / width}%;height:${(100 * bh) / height}%`;
    }
    this.pixel.hidden = !head.pixel;
    if (head.pixel) this.pixel.style.cssText = `left:${(100 * (head.pixel[0] + 0.5)) / width}%;top:${(100 * (head.pixel[1] + 0.5)) / height}%`;
    this.moveSplit(this.split);
    const shown = ["before", "after"].every((name) => this.images[name].dataset.stamp === head.stamps[name]);
    Object.assign(this.root.dataset, { ready: String(shown), after: head.stamps.after, swipe: String(two), box: head.box?.join() ?? "" });
  }

  moveSplit(value) {
    this.split = Math.min(1, Math.max(0, value));
    const percent = 100 * this.split;
    this.images.before.style.clipPath = `inset(0 ${100 - percent}% 0 0)`;
    this.handle.style.left = `${percent}%`;
    this.handle.setAttribute("aria-valuenow", Math.round(percent));
    this.root.dataset.split = Math.round(percent);
    const two = this.head?.swipe;
    this.tags[0].style.opacity = two && percent < 12 ? 0 : 1;
    this.tags[1].style.opacity = two && percent > 88 ? 0 : 1;
  }

  at(event) {
    const bounds = this.pane.getBoundingClientRect();
    return [(event.clientX - bounds.left) / bounds.width, (event.clientY - bounds.top) / bounds.height, bounds.width];
  }

  bind() {
    let drag = null;
    const { pane } = this;
    pane.addEventListener("pointerdown", (event) => {
      if (!this.head || event.button) return;
      const [x, , width] = this.at(event);
      const onHandle = this.head.swipe && (event.composedPath().includes(this.handle) || Math.abs(x - this.split) * width < 20);
      // a finger anywhere moves the divider, a mouse only at the divider; a tap chooses a pixel
      drag = { x, moved: false, split: this.head.swipe && (onHandle || event.pointerType === "touch"), onHandle };
      if (drag.split) pane.setPointerCapture(event.pointerId);
    });
    pane.addEventListener("pointermove", (event) => {
      if (!drag?.split) return;
      const [x, , width] = this.at(event);
      if (Math.abs(x - drag.x) * width > 4) drag.moved = true;
      if (drag.moved) this.moveSplit(x);
    });
    pane.addEventListener("pointerup", (event) => {
      const done = drag;
      drag = null;
      if (!done || done.moved || done.onHandle || !this.head.pick) return;
      const [x, y] = this.at(event), [width, height] = this.head.size;
      if (x < 0 || y < 0 || x >= 1 || y >= 1) return;
      this.send("pixel", { x: Math.min(width - 1, Math.floor(x * width)), y: Math.min(height - 1, Math.floor(y * height)) });
    });
    pane.addEventListener("pointercancel", () => (drag = null));
    this.handle.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 }[event.key];
      if (move === undefined) return;
      event.preventDefault();
      this.moveSplit(this.split + move);
    });
  }
}

const swipes = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let swipe = swipes.get(root);
  if (!swipe) swipes.set(root, (swipe = new Swipe(root)));
  swipe.update(component);
  return () => {
    swipe.close();
    swipes.delete(root);
  };
}
