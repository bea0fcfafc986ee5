const CHOICES = {
  view: ["View", [["overlay", "Overlay"], ["mask", "Mask"], ["side", "Side by side"], ["swipe", "Swipe"]]],
  show: ["Show", [["classes", "Prediction"], ["truth", "Truth"], ["errors", "Errors"], ["confidence", "Confidence"], ["changed", "Changed"]]],
  against: ["Compare with", [["photo", "Picture"], ["truth", "Truth"]]],
};

class Controls {
  constructor(root) {
    this.root = root.querySelector(".controls");
    this.listener = () => this.refresh();
    this.made = "";
  }

  update({ data }) {
    this.items = data.items;
    this.words = data.words ?? {};
    this.store?.listeners.delete(this.listener);
    this.store = stageStore(data.stage);
    this.store.listeners.add(this.listener);
    adoptState(this.store, data.initial, data.nonce);
    this.shows = data.shows;
    this.refresh();
  }

  close() {
    this.store?.listeners.delete(this.listener);
  }

  set(change) {
    changeState(this.store, change);
  }

  build() {
    const stamp = JSON.stringify(this.items);
    if (stamp === this.made) return;
    this.made = stamp;
    this.root.replaceChildren(...this.items.map((name) => (CHOICES[name] ? this.choice(name) : name === "opacity" ? this.slider() : this.toggle())));
  }

  choice(name) {
    const [title, options] = CHOICES[name];
    const group = element("div", { class: options.length > 4 ? "segments many" : "segments", role: "radiogroup", "aria-label": title });
    for (const [value, text] of options) {
      const button = element("button", { type: "button", role: "radio", "data-testid": `${name}-${value}`, "data-value": value, text });
      button.onclick = () => this.set({ [name]: value });
      group.append(button);
    }
    group.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const buttons = [...group.children].filter((button) => !button.disabled);
      const at = buttons.findIndex((button) => button.getAttribute("aria-checked") === "true");
      const next = buttons[(at + step + buttons.length) % buttons.length];
      next.click();
      next.focus();
    });
    return element("div", { class: "field", "data-field": name }, element("span", { class: "label", text: title }), group);
  }

  slider() {
    const input = element("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": "Opacity in percent", "data-testid": "opacity" });
    input.oninput = () => this.set({ opacity: Number(input.value) });
    return element("label", { class: "field", "data-field": "opacity" }, element("span", { class: "label" }, "Opacity", element("output", { class: "value" })), input);
  }

  toggle() {
    const input = element("input", { type: "checkbox", role: "switch", "data-testid": "contour" });
    input.onchange = () => this.set({ contour: input.checked });
    return element("label", { class: "field switch", "data-field": "contour" }, input, element("span", { text: `Outline the ${this.words.many ?? "classes"}` }));
  }

  refresh() {
    const state = this.store.state;
    if (!state) return;
    this.build();
    const shown = { ...state, show: this.shows.includes(state.show) ? state.show : "classes" };
    for (const button of this.root.querySelectorAll("[role=radio]")) {
      const name = button.closest(".field").dataset.field;
      const on = shown[name] === button.dataset.value;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
      // Kept in its place where this picture cannot show it: nothing jumps, and one sees what a
      // generated street would add.
      if (name === "show") {
        button.disabled = !this.shows.includes(button.dataset.value);
        button.title = button.disabled ? "Needs ground truth: choose a generated street" : "";
      }
    }
    const range = this.root.querySelector("input[type=range]");
    if (range) {
      if (Number(range.value) !== state.opacity) range.value = state.opacity;
      range.style.setProperty("--at", `${state.opacity}%`);
      // A mask has nothing under it: opacity would do nothing, and says so by being off.
      range.disabled = state.view === "mask";
      this.root.querySelector("output").textContent = `${state.opacity} %`;
    }
    const check = this.root.querySelector("input[type=checkbox]");
    if (check) check.checked = state.contour;
    const against = this.root.querySelector('[data-field="against"]');
    if (against) {
      const usable = this.shows.includes("truth") && (state.view === "side" || state.view === "swipe");
      for (const button of against.querySelectorAll("button")) button.disabled = !usable;
      against.classList.toggle("off", !usable);
    }
  }
}

const controls = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let own = controls.get(root);
  if (!own) controls.set(root, (own = new Controls(root)));
  own.update(component);
  return () => {
    own.close();
    controls.delete(root);
  };
}
