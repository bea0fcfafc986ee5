// One entry a mounted stepper: what is being played must survive the drawing of the next step.
const playing = new WeakMap();
const PAUSE_MS = 480;

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".stepper");
  const buttons = Object.fromEntries([...root.querySelectorAll("button")].map((b) => [b.dataset.go, b]));
  const { position, count, label } = data;
  const last = count - 1;
  const state = playing.get(parentElement) ?? { on: false, timer: 0 };
  playing.set(parentElement, state);
  clearTimeout(state.timer);
  const go = (target) => setTriggerValue("go", Math.max(0, Math.min(last, target)));
  const names = { first: "First", back: "Previous", next: "Next", last: "Last" };
  for (const [key, name] of Object.entries(names)) {
    buttons[key].ariaLabel = buttons[key].title = `${name}: ${label.toLowerCase()}`;
  }
  root.ariaLabel = label;
  root.querySelector("output").textContent = `${position + 1} / ${count}`;
  root.dataset.position = position;
  buttons.first.disabled = buttons.back.disabled = position <= 0;
  buttons.next.disabled = buttons.last.disabled = position >= last;
  buttons.play.disabled = last < 1;
  const show = () => {
    buttons.play.classList.toggle("playing", state.on);
    buttons.play.ariaLabel = buttons.play.title = state.on ? "Pause" : "Play";
  };
  const stop = () => {
    state.on = false;
    clearTimeout(state.timer);
    show();
  };
  const click = (key, target) => {
    buttons[key].onclick = () => {
      stop();
      go(target());
    };
  };
  click("first", () => 0);
  click("back", () => position - 1);
  click("next", () => position + 1);
  click("last", () => last);
  buttons.play.onclick = () => {
    if (state.on) return stop();
    state.on = true;
    show();
    go(position >= last ? 0 : position + 1);
  };
  // This step is drawn: only now is the next one asked for.
  if (state.on && position >= last) state.on = false;
  if (state.on) state.timer = setTimeout(() => go(position + 1), PAUSE_MS);
  show();
  return () => clearTimeout(state.timer);
}
