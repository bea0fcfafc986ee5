// A table whose cells are buttons. The rows come as data, never as HTML.

class Matrix {
  constructor(host) {
    this.root = host.querySelector(".matrix");
  }

  update({ data, setTriggerValue }) {
    const { classes, counts, cell, shades } = data;
    const head = element("tr", {}, element("th", { class: "corner", text: "truth ↓  called →" }), ...classes.map((item) => this.title(item, "col")));
    const rows = classes.map((row, r) =>
      element("tr", {}, this.title(row, "row"), ...classes.map((column, c) => {
        const chosen = !!cell && cell[0] === row.id && cell[1] === column.id;
        const button = element("button", { type: "button", "aria-pressed": String(chosen), "data-testid": "pg-cell", "data-cell": `${row.id}-${column.id}`, class: r === c ? "right" : "wrong", title: `${row.name}, called ${column.name}: ${counts[r][c].toLocaleString("en")} px`, text: counts[r][c].toLocaleString("en") });
        button.style.setProperty("--share", `${Math.round(100 * shades[r][c])}%`);
        button.onclick = () => setTriggerValue("pick", chosen ? "" : `${row.id}-${column.id}`);
        return element("td", {}, button);
      })),
    );
    // Names of many classes would be cut off to nothing; the colour stays, and the name as a hint.
    this.root.classList.toggle("many", classes.length > 8);
    this.root.classList.toggle("few", classes.length < 6);
    const focused = this.root.getRootNode().activeElement?.dataset?.cell;
    this.root.replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
    if (focused) this.root.querySelector(`[data-cell="${focused}"]`)?.focus();
  }

  title(item, scope) {
    return element("th", { scope, title: item.name }, element("i", { style: `background:${rgb(item.color)}` }), element("span", { text: item.name }));
  }
}

const matrices = new WeakMap();

export default function (component) {
  const host = component.parentElement;
  let matrix = matrices.get(host);
  if (!matrix) matrices.set(host, (matrix = new Matrix(host)));
  matrix.update(component);
  return () => matrices.delete(host);
}
