// One store for each stage, shared by the picture and by its controls: Streamlit mounts the two as
// separate components, in any order, and either may come first.
const stageStores = (globalThis.__seglibStages ??= new Map());

function stageStore(id) {
  let store = stageStores.get(id);
  if (!store) {
    store = { id, state: null, nonce: null, info: null, listeners: new Set(), report: null, timer: 0 };
    stageStores.set(id, store);
  }
  return store;
}

// The state a server sends counts only once (its nonce): after that the visitor's hand rules, and
// a late answer of the server must not turn a slider back.
function adoptState(store, state, nonce) {
  if (store.nonce === nonce && store.state) return false;
  store.state = { ...state, only: [...state.only] };
  store.nonce = nonce;
  return true;
}

function notify(store) {
  for (const listener of store.listeners) listener();
}

function changeState(store, change) {
  if (!store.state) return;
  store.state = { ...store.state, ...change };
  notify(store);
  // Reported late and once: the server only writes the address bar and the downloads.
  clearTimeout(store.timer);
  store.timer = setTimeout(() => store.report?.({ ...store.state, nonce: store.nonce }), 350);
}

function toggleOnly(store, id, add) {
  const now = store.state.only;
  let only;
  if (now.includes(id)) only = add ? now.filter((other) => other !== id) : now.length > 1 ? [id] : [];
  else only = add ? [...now, id] : [id];
  changeState(store, { only });
}

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "text") node.textContent = value;
    else if (name === "style") node.style.cssText = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// Three significant digits, as everywhere else on the pages.
function percent(share) {
  const value = share * 100;
  if (value > 0 && value < 0.01) return "< 0.01 %";
  if (value === 100) return "100 %";
  return `${value.toPrecision(3).replace(/e.*/, "")} %`;
}

function rgb(color) {
  return `rgb(${color[0]} ${color[1]} ${color[2]})`;
}
