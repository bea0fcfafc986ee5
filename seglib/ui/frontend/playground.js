const TARGETS = [["prediction", "Prediction"], ["truth", "Truth"]];
const TOOLS = [["brush", "Brush"], ["erase", "Erase"], ["correct", "Correct"], ["fill", "Fill"]];
const VIEWS = [["classes", "Classes"], ["errors", "Right and wrong"], ["ring", "Boundary ring"]];
// A visitor's tools survive a new mount of the component.
const kept = (globalThis.__seglibPlayground ??= { target: "prediction", tool: "brush", size: 5, view: "classes", id: null });

class Board {
  constructor(host) {
    this.root = host.querySelector(".board");
    this.box = host.querySelector(".box");
    this.canvas = host.querySelector("canvas");
    this.readout = host.querySelector(".readout");
    this.key = host.querySelector(".key");
    this.live = host.querySelector(".sr");
    this.range = host.querySelector("input");
    this.output = host.querySelector("output");
    [this.undoButton, this.redoButton] = host.querySelectorAll(".steps button");
    this.chips = host.querySelector(".chips");
    Object.assign(this, kept);
    this.strokes = 0;
    this.cursor = null;
    this.last = null;
    this.frame = 0;
    this.choice(host.querySelector(".target"), "target", TARGETS);
    this.choice(host.querySelector(".tools"), "tool", TOOLS);
    this.choice(host.querySelector(".views"), "view", VIEWS);
    this.range.oninput = () => this.set("size", Number(this.range.value));
    this.undoButton.onclick = () => this.turn("undo");
    this.redoButton.onclick = () => this.turn("redo");
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.box);
    bindPen(this);
  }

  async update({ data, setStateValue }) {
    const head = headOf(data);
    this.send = setStateValue;
    const wanted = (this.wanted = `${head.nonce}-${head.parts.ring[1]}-${head.stamp}`);
    const ring = await partOf(data, head, "ring");
    if (this.maps?.head.nonce === head.nonce) {
      // Our own strokes came back as numbers: the maps in hand are at least as new.
      if (this.wanted !== wanted) return;
      this.maps.head = head;
      this.maps.ring = ring;
    } else {
      const [truth, prediction] = await Promise.all([partOf(data, head, "truth"), partOf(data, head, "prediction")]);
      if (this.wanted !== wanted) return;
      this.maps = new Maps(head, truth, prediction, ring);
      this.last = null;
    }
    this.refresh();
  }

  close() {
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
  }

  dark() {
    const [r, g, b] = (getComputedStyle(this.root).color.match(/\d+/g) ?? [0, 0, 0]).map(Number);
    return r + g + b > 384;
  }

  set(name, value) {
    this[name] = kept[name] = value;
    this.refresh();
  }

  choice(group, name, options) {
    for (const [value, text] of options) {
      const button = element("button", { type: "button", role: "radio", "data-testid": `pg-${value}`, "data-value": value, text });
      button.onclick = () => this.set(name, value);
      group.append(button);
    }
    group.dataset.name = name;
    arrowKeys(group);
  }

  get ids() {
    const { classes, ignore } = this.maps.head;
    return [...classes.map((item) => item.id), ...(this.target === "truth" && ignore !== null ? [ignore] : [])];
  }

  refresh() {
    if (!this.maps) return;
    const { head } = this.maps;
    if (!this.ids.includes(this.id)) this.id = head.focus;
    for (const group of this.root.querySelectorAll(".segments"))
      for (const button of group.children) {
        const on = this[group.dataset.name] === button.dataset.value;
        button.setAttribute("aria-checked", String(on));
        button.tabIndex = on ? 0 : -1;
      }
    const copy = this.root.querySelector('[data-value="correct"]');
    copy.title = this.target === "truth" ? "Copies what the prediction has" : "Copies what the truth has";
    this.root.querySelector('[data-value="erase"]').title = `Leaves ${this.name(head.backdrop)}`;
    this.range.value = this.size;
    this.range.disabled = this.tool === "fill";
    this.output.textContent = `${this.size} px`;
    this.box.style.setProperty("--ratio", `${head.size[0]} / ${head.size[1]}`);
    this.canvas.setAttribute("aria-label", `${head.alt}. Arrow keys move the brush, space paints, control Z undoes.`);
    this.undoButton.disabled = !this.maps.done.length;
    this.redoButton.disabled = !this.maps.undone.length;
    this.drawChips();
    this.drawKey();
    Object.assign(this.root.dataset, { nonce: head.nonce, stamp: head.stamp, view: this.view, target: this.target, tool: this.tool, strokes: this.strokes, painted: this.maps.done.length });
    this.draw();
    this.root.dataset.ready = "true";
  }

  drawChips() {
    const { head } = this.maps;
    const stamp = JSON.stringify([head.classes, this.target, this.id, this.tool]);
    if (stamp === this.chipStamp) return;
    this.chipStamp = stamp;
    const focused = this.chips.getRootNode().activeElement?.dataset?.id;
    const off = this.tool === "erase" || this.tool === "correct";
    this.chips.replaceChildren(
      ...this.ids.map((id) => {
        const on = id === this.id;
        const chip = element("button", { type: "button", class: "chip", role: "radio", "aria-checked": String(on), "data-id": id, "data-testid": "pg-class", "data-name": this.name(id), tabindex: on ? 0 : -1, disabled: off });
        chip.append(element("i", { style: `background:${rgb(this.color(id))}` }), element("span", { text: id === head.ignore ? "void (not judged)" : this.name(id) }));
        chip.onclick = () => this.set("id", id);
        return chip;
      }),
    );
    arrowKeys(this.chips);
    if (focused) this.chips.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  drawKey() {
    const { head } = this.maps;
    const swatch = (color, text) => element("span", {}, element("i", { style: `background:${rgb(color)}` }), text);
    const line = (color, text) => element("span", {}, element("i", { class: "line", style: `border-color:${color};outline:1px solid #000` }), text);
    const truth = line("#fff", "truth, outlined");
    const name = this.name(head.focus), colors = head.colors;
    let parts;
    if (head.cell) parts = [swatch(colors.cell, `${this.name(head.cell[0])}, called ${this.name(head.cell[1])}`), "“Show all pixels” leaves this view."];
    else if (this.view === "errors") parts = [`${name}:`, swatch(colors.true_positive, "found"), swatch(colors.false_positive, "wrongly claimed"), swatch(colors.false_negative, "missed")];
    else if (this.view === "ring") parts = [`${name}, ${head.radius} px inside:`, swatch(colors.ring_both, "in both rings"), swatch(colors.ring_truth, "truth's ring"), swatch(colors.ring_prediction, "prediction's ring")];
    else parts = this.target === "truth" ? ["The truth", line("#56b4e9", "prediction, outlined")] : ["The prediction", truth];
    this.key.replaceChildren(...parts);
  }

  name(id) {
    if (id === this.maps.head.ignore) return "void";
    return this.maps.head.classes.find((item) => item.id === id)?.name ?? `class ${id}`;
  }

  color(id) {
    if (id === this.maps.head.ignore) return this.maps.head.void_color;
    return this.maps.head.classes.find((item) => item.id === id)?.color ?? [0, 0, 0];
  }

  draw() {
    if (this.frame || !this.maps) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      drawBoard(this);
    });
  }

  turn(what) {
    if (!this.maps?.[what]()) return;
    this.report();
  }

  // The server hears of each finished stroke: both maps, as they are now. One report at a time, so
  // that an older one never arrives after a newer one.
  report() {
    this.strokes += 1;
    this.refresh();
    this.queue = (this.queue ?? Promise.resolve()).then(async () => {
      const { maps } = this;
      const [truth, prediction] = await Promise.all([deflated(maps.truth), deflated(maps.prediction)]);
      this.send("edit", { nonce: maps.head.nonce, truth, prediction });
    });
  }

  point(pixel, spoken) {
    this.cursor = pixel;
    if (!pixel) this.readout.textContent = "";
    else {
      const at = pixel.y * this.maps.width + pixel.x;
      const text = `truth ${this.name(this.maps.truth[at])}, prediction ${this.name(this.maps.prediction[at])}`;
      this.readout.textContent = `x ${pixel.x}, y ${pixel.y}: ${text}`;
      if (spoken) this.live.textContent = text;
    }
    this.draw();
  }
}

function arrowKeys(group) {
  group.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...group.children].filter((button) => !button.disabled);
    const at = buttons.findIndex((button) => button.getAttribute("aria-checked") === "true");
    const next = buttons[(at + step + buttons.length) % buttons.length];
    next?.click();
    group.querySelector('[aria-checked="true"]')?.focus();
  };
}

function bindPen(board) {
  const { canvas } = board;
  let drawing = false;
  const at = (event) => {
    const bounds = canvas.getBoundingClientRect();
    const { width, height } = board.maps;
    return { x: Math.floor(((event.clientX - bounds.left) / bounds.width) * width), y: Math.floor(((event.clientY - bounds.top) / bounds.height) * height) };
  };
  const inside = ({ x, y }) => x >= 0 && y >= 0 && x < board.maps.width && y < board.maps.height;
  canvas.addEventListener("pointerdown", (event) => {
    if (!board.maps || drawing || event.button > 0) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    const pixel = at(event);
    if (!inside(pixel)) return;
    board.maps.begin(board.target);
    board.last = pixel;
    if (board.tool === "fill") {
      board.maps.fill(board.target, board.id, pixel.x, pixel.y);
      if (board.maps.end()) board.report();
      return board.draw();
    }
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    board.maps.dab(board.tool, board.target, board.id, pixel.x, pixel.y, board.size);
    board.point(pixel);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!board.maps) return;
    if (!drawing) {
      const pixel = at(event);
      return event.pointerType === "touch" ? undefined : board.point(inside(pixel) ? pixel : null);
    }
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      const pixel = at(each);
      board.maps.line(board.tool, board.target, board.id, board.last, pixel, board.size);
      board.last = pixel;
    }
    board.point(inside(board.last) ? board.last : null);
  });
  const up = (event) => {
    if (!drawing) return;
    drawing = false;
    if (event.pointerType === "touch") board.point(null);
    if (board.maps.end()) board.report();
    else board.draw();
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => drawing || board.point(null));
  canvas.addEventListener("blur", () => drawing || board.point(null));
  canvas.addEventListener("keydown", (event) => key(board, event));
}

function key(board, event) {
  if (!board.maps) return;
  const { maps } = board;
  const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const paint = (from, to) => {
    maps.begin(board.target);
    if (board.tool === "fill") maps.fill(board.target, board.id, to.x, to.y);
    else maps.line(board.tool, board.target, board.id, from, to, board.size);
    if (maps.end()) board.report();
  };
  if (arrow) {
    const from = board.cursor ?? { x: maps.width >> 1, y: maps.height >> 1 };
    const to = { x: Math.min(maps.width - 1, Math.max(0, from.x + arrow[0])), y: Math.min(maps.height - 1, Math.max(0, from.y + arrow[1])) };
    if (event.shiftKey && board.tool !== "fill") paint(from, to);
    board.point(to, true);
  } else if (event.key === " " || event.key === "Enter") {
    if (board.cursor) paint(board.cursor, board.cursor);
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") board.turn(event.shiftKey ? "redo" : "undo");
  else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y") board.turn("redo");
  else if (event.key === "[" || event.key === "]") board.set("size", Math.min(31, Math.max(1, board.size + (event.key === "[" ? -2 : 2))));
  else return;
  event.preventDefault();
}

const boards = new WeakMap();

export default function (component) {
  const host = component.parentElement;
  let board = boards.get(host);
  if (!board) boards.set(host, (board = new Board(host)));
  board.update(component);
  return () => {
    board.close();
    boards.delete(host);
  };
}
