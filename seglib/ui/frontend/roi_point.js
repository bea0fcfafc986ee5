// A map on which one cell can be pointed at: by mouse, finger or arrow keys.
const asked = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".point");
  const box = root.querySelector(".box"), image = root.querySelector("img"), over = root.querySelector(".over");
  const [wide, high] = data.size;
  asked.set(parentElement, [...data.at]);
  root.querySelector("figcaption").textContent = data.title;
  box.style.aspectRatio = `${wide} / ${high}`;
  box.style.setProperty("--aspect", wide / high);
  box.ariaLabel = `${data.title}. Arrow keys move the point.`;
  image.classList.toggle("smooth", data.smooth);
  if (image.src !== data.image) image.src = data.image;
  const share = (value, whole) => `${(100 * value) / whole}%`;
  const marks = data.marks.map(([x, y, w, h, color, dashed, fill]) => {
    const mark = document.createElement("i");
    Object.assign(mark.style, { left: share(x, wide), top: share(y, high), width: share(w, wide), height: share(h, high), border: `2.5px ${dashed ? "dashed" : "solid"} ${color}` });
    if (fill) mark.style.background = `color-mix(in srgb, ${color} ${fill}%, transparent)`;
    return mark;
  });
  const at = document.createElement("i");
  at.className = "at";
  const place = ([x, y]) => Object.assign(at.style, { left: share(x + 0.5, wide), top: share(y + 0.5, high) });
  place(data.at);
  over.replaceChildren(...marks, at);
  Object.assign(root.dataset, { ready: "true", at: data.at.join() });
  const go = (x, y) => {
    const next = [Math.max(0, Math.min(wide - 1, x)), Math.max(0, Math.min(high - 1, y))];
    if (next.join() === asked.get(parentElement).join()) return;
    asked.set(parentElement, next);
    place(next);
    setTriggerValue("at", next);
  };
  box.onclick = (event) => {
    const bounds = box.getBoundingClientRect();
    go(Math.floor(((event.clientX - bounds.left) / bounds.width) * wide), Math.floor(((event.clientY - bounds.top) / bounds.height) * high));
  };
  box.onkeydown = (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const by = event.shiftKey ? Math.max(1, Math.round(wide / 24)) : 1;
    const [x, y] = asked.get(parentElement);
    go(x + step[0] * by, y + step[1] * by);
  };
}
