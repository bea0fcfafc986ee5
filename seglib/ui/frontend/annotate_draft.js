// A shape while it is being drawn: everything in pixels of the picture, turned into one stroke.

const HIT_MOUSE = 10, HIT_TOUCH = 22;

const near = (a, b, reach) => Math.hypot(a.x - b.x, a.y - b.y) <= reach;
const flat = (points) => points.flatMap((p) => [round2(p.x), round2(p.y)]);
const round2 = (value) => Math.round(value * 100) / 100;

// Clicked corners. A click on the first one closes the polygon.
class PolygonDraft {
  constructor() { this.points = []; }
  get count() { return this.points.length; }
  get ready() { return this.points.length >= 3; }
  down(p, reach) {
    if (this.ready && near(p, this.points[0], reach)) return "finish";
    this.points.push(p);
  }
  move() {}
  up() {}
  back() { this.points.pop(); }
  stroke() { return { kind: "polygon", points: flat(this.points) }; }
  trace(path, hover) {
    this.points.forEach((p, k) => (k ? path.lineTo(p.x, p.y) : path.moveTo(p.x, p.y)));
    if (hover && this.count) path.lineTo(hover.x, hover.y);
  }
  dots() { return this.points; }
}

// Anchors with handles: a click makes a corner, a drag pulls the curve's handle out of it.
class BezierDraft {
  constructor() { this.anchors = []; this.pulling = false; }
  get count() { return this.anchors.length; }
  get ready() { return this.anchors.length >= 2; }
  down(p, reach) {
    if (this.ready && near(p, this.anchors[0], reach)) return "finish";
    this.anchors.push({ x: p.x, y: p.y, hx: 0, hy: 0 });
    this.pulling = true;
  }
  move(p, reach) {
    if (!this.pulling) return;
    const a = this.anchors.at(-1);
    // A click that trembles is a corner, not a tiny handle.
    const far = Math.hypot(p.x - a.x, p.y - a.y) > reach / 2;
    a.hx = far ? p.x - a.x : 0;
    a.hy = far ? p.y - a.y : 0;
  }
  up() { this.pulling = false; }
  back() { this.anchors.pop(); this.pulling = false; }
  chain() {
    const out = [this.anchors[0]];
    this.anchors.forEach((a, k) => {
      const b = this.anchors[(k + 1) % this.count];
      out.push({ x: a.x + a.hx, y: a.y + a.hy }, { x: b.x - b.hx, y: b.y - b.hy }, b);
    });
    return out;
  }
  stroke() { return { kind: "bezier", points: flat(this.chain()) }; }
  trace(path, hover) {
    this.anchors.forEach((b, k) => {
      const a = this.anchors[k - 1];
      if (!a) path.moveTo(b.x, b.y);
      else path.bezierCurveTo(a.x + a.hx, a.y + a.hy, b.x - b.hx, b.y - b.hy, b.x, b.y);
    });
    const last = this.anchors.at(-1);
    if (hover && last && !this.pulling) path.bezierCurveTo(last.x + last.hx, last.y + last.hy, hover.x, hover.y, hover.x, hover.y);
  }
  dots() { return this.anchors; }
  arms() { return this.anchors.filter((a) => a.hx || a.hy); }
}

// A frame that can be moved, stretched at its corners and turned at its knob, before it counts.
class FrameDraft {
  constructor(kind) { this.kind = kind; this.frame = null; this.grip = null; }
  get count() { return this.frame ? 1 : 0; }
  get ready() { return !!this.frame && this.frame.a >= 0.5 && this.frame.b >= 0.5; }
  world(u, v) {
    const { x, y, t } = this.frame;
    return { x: x + u * Math.cos(t) - v * Math.sin(t), y: y + u * Math.sin(t) + v * Math.cos(t) };
  }
  local(p) {
    const { x, y, t } = this.frame, dx = p.x - x, dy = p.y - y;
    return { u: dx * Math.cos(t) + dy * Math.sin(t), v: dy * Math.cos(t) - dx * Math.sin(t) };
  }
  corners() {
    const { a, b } = this.frame;
    return [[-a, -b], [a, -b], [a, b], [-a, b]].map(([u, v]) => this.world(u, v));
  }
  knob(reach) { return this.world(0, -this.frame.b - 2.4 * reach); }
  down(p, reach) {
    if (this.frame) {
      if (near(p, this.knob(reach), 1.3 * reach)) return void (this.grip = { turn: true });
      const corner = this.corners().findIndex((c) => near(p, c, 1.2 * reach));
      if (corner >= 0) return void (this.grip = { fixed: this.corners()[(corner + 2) % 4] });
      const { u, v } = this.local(p);
      if (Math.abs(u) <= this.frame.a && Math.abs(v) <= this.frame.b) return void (this.grip = { dx: p.x - this.frame.x, dy: p.y - this.frame.y });
      return "finish";
    }
    this.frame = { x: p.x, y: p.y, a: 0, b: 0, t: 0 };
    this.grip = { fixed: p };
  }
  move(p) {
    const { grip, frame } = this;
    if (!grip) return;
    if (grip.turn) {
      frame.t = Math.atan2(p.y - frame.y, p.x - frame.x) + Math.PI / 2;
    } else if (grip.fixed) {
      frame.x = (p.x + grip.fixed.x) / 2;
      frame.y = (p.y + grip.fixed.y) / 2;
      const { u, v } = this.local(p);
      frame.a = Math.abs(u);
      frame.b = Math.abs(v);
    } else {
      frame.x = p.x - grip.dx;
      frame.y = p.y - grip.dy;
    }
  }
  up() {
    this.grip = null;
    if (this.frame && !this.ready) this.frame = null;
  }
  back() { this.frame = null; }
  stroke() {
    const { x, y, a, b, t } = this.frame;
    return { kind: this.kind, points: [round2(x), round2(y)], radii: [round2(a), round2(b)], angle: round2((t * 180) / Math.PI) };
  }
  trace(path) {
    if (!this.frame) return;
    const { x, y, a, b, t } = this.frame;
    if (this.kind === "ellipse") path.ellipse(x, y, a, b, t, 0, 2 * Math.PI);
    else {
      this.corners().forEach((c, k) => (k ? path.lineTo(c.x, c.y) : path.moveTo(c.x, c.y)));
      path.closePath();
    }
  }
  dots() { return this.frame ? this.corners() : []; }
}

// A box that counts as soon as it is drawn.
class BoxDraft extends FrameDraft {
  constructor() { super("rect"); }
  up() {
    super.up();
    return this.ready ? "finish" : undefined;
  }
}

// A path that counts as soon as the pointer leaves the picture's surface.
class BrushDraft {
  constructor(radius) { this.points = []; this.radius = radius; }
  get count() { return 0; }
  get ready() { return this.points.length > 0; }
  down(p) { this.points = [p]; }
  move(p) {
    const last = this.points.at(-1);
    // Finer steps than a third of a pixel cannot change a mask.
    if (last && Math.hypot(p.x - last.x, p.y - last.y) > 0.34 && this.points.length < 5000) this.points.push(p);
  }
  up() { return this.ready ? "finish" : undefined; }
  back() { this.points = []; }
  stroke() { return { kind: "brush", points: flat(this.points), radius: this.radius }; }
  trace(path) {
    this.points.forEach((p, k) => (k ? path.lineTo(p.x, p.y) : path.moveTo(p.x, p.y)));
    if (this.points.length === 1) path.lineTo(this.points[0].x + 0.01, this.points[0].y);
  }
  dots() { return []; }
}

// A click; dragged, it goes over everything on its way.
class ClickDraft extends BrushDraft {
  constructor(drag) { super(0.5); this.drag = drag; }
  move(p) { if (this.drag) super.move(p); }
  stroke() {
    return this.points.length > 1 ? super.stroke() : { kind: "point", points: flat(this.points) };
  }
}

function newDraft(tool, head) {
  if (tool === "polygon") return new PolygonDraft();
  if (tool === "bezier") return new BezierDraft();
  if (tool === "ellipse" || tool === "rect") return new FrameDraft(tool);
  if (tool === "box") return new BoxDraft();
  if (tool === "brush") return new BrushDraft(head.radius);
  return tool === "click" ? new ClickDraft(head.drag) : null;
}

const HINTS = {
  brush: "Press and paint.",
  polygon: "Click corner after corner; click the first one, or Finish, to close.",
  bezier: "Click for a corner, drag for a curve; click the first one, or Finish, to close.",
  ellipse: "Drag; then move, stretch or turn it. Finish, or a click outside, applies it.",
  rect: "Drag; then move, stretch or turn it. Finish, or a click outside, applies it.",
  box: "Drag a box around the object.",
  click: "Click a place on the object.",
  none: "",
};
