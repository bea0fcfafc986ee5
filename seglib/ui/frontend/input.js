// Mouse, finger and keyboard on the stage.

function bindPointer(stage) {
  let dragging = false;
  const follow = (event) => {
    const pane = stage.panes(stage.state)[0];
    stage.moveSplit((event.clientX - stage.box.getBoundingClientRect().left - pane.x) / pane.w);
  };
  const nearHandle = (event) => {
    if (!stage.model || stage.store.state?.view !== "swipe") return false;
    if (event.pointerType === "touch") return true;
    const pane = stage.panes(stage.state)[0];
    return Math.abs(event.clientX - stage.box.getBoundingClientRect().left - pane.x - pane.w * stage.split) < 20;
  };
  stage.box.addEventListener("pointerdown", (event) => {
    if (!nearHandle(event)) return;
    dragging = true;
    stage.box.setPointerCapture(event.pointerId);
    stage.clearCursor();
    if (event.pointerType !== "touch") follow(event);
  });
  stage.box.addEventListener("pointermove", (event) => {
    if (dragging) return follow(event);
    if (event.pointerType !== "touch") stage.setCursor(stage.pixelAt(event));
  });
  const release = () => (dragging = false);
  stage.box.addEventListener("pointerup", release);
  stage.box.addEventListener("pointercancel", release);
  stage.box.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch" && !dragging) stage.clearCursor();
  });
  stage.canvas.addEventListener("click", (event) => {
    const pixel = stage.pixelAt(event);
    if (!pixel) return stage.clearCursor();
    // A finger cannot hover: its first tap reads the pixel, a tap on the same class isolates it.
    const touch = event.pointerType === "touch";
    const id = stage.model.labels[pixel.y * stage.model.head.size[0] + pixel.x];
    const same = !stage.readout.hidden && Number(stage.readout.dataset.id) === id;
    stage.setCursor(pixel, touch);
    if ((!touch || same) && id !== stage.model.head.ignore && stage.store.state.view !== "swipe") toggleOnly(stage.store, id, event.shiftKey || event.ctrlKey || event.metaKey);
  });
}

function bindKeys(stage) {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  stage.handle.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    stage.moveSplit(stage.split + move);
  });
  stage.canvas.addEventListener("keydown", (event) => {
    if (!stage.model) return;
    const [w, h] = stage.model.head.size;
    const arrow = arrows[event.key];
    if (arrow) {
      event.preventDefault();
      const jump = event.shiftKey ? 1 : Math.max(1, Math.round(w / 60));
      const from = stage.cursor ?? { x: w >> 1, y: h >> 1 };
      stage.setCursor({ x: Math.min(w - 1, Math.max(0, from.x + arrow[0] * jump)), y: Math.min(h - 1, Math.max(0, from.y + arrow[1] * jump)) }, true);
    } else if ((event.key === "Enter" || event.key === " ") && stage.cursor) {
      event.preventDefault();
      const id = stage.model.labels[stage.cursor.y * w + stage.cursor.x];
      if (id !== stage.model.head.ignore) toggleOnly(stage.store, id, event.shiftKey);
    } else if (event.key === "Escape") {
      if (stage.cursor) stage.clearCursor();
      else changeState(stage.store, { only: [] });
    }
  });
  stage.canvas.addEventListener("blur", () => stage.clearCursor());
}
