export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  const panel = parentElement.querySelector(".panel");
  const input = parentElement.querySelector("input");
  const done = parentElement.querySelector(".done");
  const isOpen = () => panel.matches(":popover-open");
  // In the browser's top layer: no column of the page can cut it off.
  const set = (open) => {
    if (open === isOpen()) return;
    if (open) {
      panel.showPopover();
      const at = button.getBoundingClientRect();
      panel.style.top = `${at.bottom + 6}px`;
      panel.style.left = `${Math.max(8, Math.min(at.right, innerWidth - 8) - panel.offsetWidth)}px`;
    } else panel.hidePopover();
    button.setAttribute("aria-expanded", String(open));
  };
  button.onclick = async () => {
    if (isOpen()) return set(false);
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
    if (event.key === "Escape" && isOpen()) {
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
