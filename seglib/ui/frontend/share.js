export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  const panel = parentElement.querySelector(".panel");
  const input = parentElement.querySelector("input");
  const done = parentElement.querySelector(".done");
  const set = (open) => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  button.onclick = async () => {
    if (!panel.hidden) return set(false);
    // Read at the click: the address follows every control, this button does not rerun.
    input.value = location.href;
    set(true);
    input.select();
    const note = data?.private ? " Your own picture is private and not part of the link." : "";
    try {
      await navigator.clipboard.writeText(input.value);
      done.textContent = `Copied.${note}`;
    } catch {
      done.textContent = `Press Ctrl+C to copy.${note}`;
    }
  };
  const away = (event) => {
    if (!event.composedPath().includes(panel) && !event.composedPath().includes(button)) set(false);
  };
  const key = (event) => {
    if (event.key === "Escape" && !panel.hidden) {
      set(false);
      button.focus();
    }
  };
  document.addEventListener("pointerdown", away);
  parentElement.addEventListener("keydown", key);
  return () => {
    document.removeEventListener("pointerdown", away);
    parentElement.removeEventListener("keydown", key);
  };
}
