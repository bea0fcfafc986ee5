// Two label maps that a visitor paints. Ids only: no colour is ever read back, so no blending,
// colour management or anti-fingerprint noise can turn one class into another.

const UNDO_STEPS = 60;

class Maps {
  constructor(head, truth, prediction, ring) {
    this.head = head;
    [this.width, this.height] = head.size;
    this.truth = truth;
    this.prediction = prediction;
    this.ring = ring;
    this.undone = [];
    this.done = [];
    this.open = null;
  }

  // One stroke, from pen-down to pen-up, is one step of undo.
  begin(target) {
    this.open = { target, before: this[target].slice() };
  }

  end() {
    const { target, before } = this.open ?? {};
    this.open = null;
    if (!target) return false;
    const now = this[target];
    const at = [];
    for (let i = 0; i < now.length; i++) if (now[i] !== before[i]) at.push(i);
    if (!at.length) return false;
    this.done.push({ target, at, from: at.map((i) => before[i]), to: at.map((i) => now[i]) });
    if (this.done.length > UNDO_STEPS) this.done.shift();
    this.undone = [];
    return true;
  }

  undo() {
    return this.step(this.done, this.undone, "from");
  }

  redo() {
    return this.step(this.undone, this.done, "to");
  }

  step(take, give, which) {
    const step = take.pop();
    if (!step) return false;
    step.at.forEach((i, k) => (this[step.target][i] = step[which][k]));
    give.push(step);
    return true;
  }

  // What a tool leaves at a pixel: a class, or for the tool "correct" what the other map has.
  value(tool, target, id, i) {
    if (tool === "erase") return this.head.backdrop;
    if (tool !== "correct") return id;
    const other = target === "truth" ? this.prediction[i] : this.truth[i];
    // A prediction has to answer: what the truth leaves open cannot be copied.
    return target === "prediction" && other === this.head.ignore ? this.prediction[i] : other;
  }

  dab(tool, target, id, x, y, size) {
    const middle = (size - 1) / 2;
    for (let j = 0; j < size; j++)
      for (let i = 0; i < size; i++) {
        const px = x + i - Math.floor(middle), py = y + j - Math.floor(middle);
        if (px < 0 || py < 0 || px >= this.width || py >= this.height) continue;
        if (size > 3 && (i - middle) ** 2 + (j - middle) ** 2 > (size / 2) ** 2) continue;
        const at = py * this.width + px;
        this[target][at] = this.value(tool, target, id, at);
      }
  }

  // Steps go sideways or up and down, never both at once: so the thinnest line still separates
  // two regions, also for those who count corners as touching.
  line(tool, target, id, from, to, size) {
    let { x, y } = from;
    const nx = Math.abs(to.x - x), ny = Math.abs(to.y - y);
    const sx = Math.sign(to.x - x), sy = Math.sign(to.y - y);
    this.dab(tool, target, id, x, y, size);
    for (let ix = 0, iy = 0; ix < nx || iy < ny; ) {
      if ((1 + 2 * ix) * ny < (1 + 2 * iy) * nx) (x += sx), ix++;
      else (y += sy), iy++;
      this.dab(tool, target, id, x, y, size);
    }
  }

  fill(target, id, x, y) {
    const map = this[target], { width, height } = this;
    const start = y * width + x, old = map[start];
    if (old === id) return;
    const open = [start];
    map[start] = id;
    const visit = (at) => {
      if (map[at] === old) (map[at] = id), open.push(at);
    };
    while (open.length) {
      const at = open.pop(), column = at % width;
      if (column > 0) visit(at - 1);
      if (column < width - 1) visit(at + 1);
      if (at >= width) visit(at - width);
      if (at < width * (height - 1)) visit(at + width);
    }
  }
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
}

function headOf(blob) {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const length = view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(blob.subarray(4, 4 + length)));
  head.base = 4 + length;
  return head;
}

function partOf(blob, head, name) {
  const [at, length] = head.parts[name];
  return inflated(blob.slice(head.base + at, head.base + at + length));
}
