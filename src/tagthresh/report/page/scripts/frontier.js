// @ts-check
// Precision against recall of all tags together, with a point to drag.

import { Chart, clamp, dragging, frame, linear, pathOf, roundSteps } from "./chart.js";
import { byId, drawn, element, setAttributes } from "./elements.js";
import { percent } from "./words.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./model.js").Vertex} Vertex
 * @typedef {{ recall: [number, number], precision: [number, number] }} View
 */

const SHAPES = [
  "M-5 0L0 -5L5 0L0 5Z",
  "M-4 -4H4V4H-4Z",
  "M0 -5L5 4H-5Z",
  "M0 5L5 -4H-5Z",
  "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z",
];

/** @type {View} */
const EVERYTHING = { recall: [0, 1], precision: [0, 1] };
const NEAR = 0.8; // of the best F1: what the picture zooms to

/**
 * @param {number} i
 * @param {number} x
 * @param {number} y
 */
const mark = (i, x, y) =>
  drawn("path", {
    class: "start",
    d: SHAPES[i % SHAPES.length],
    transform: `translate(${x} ${y})`,
  });

/** @param {number} i */
const markAlone = (i) =>
  drawn("svg", { width: 14, height: 14, "aria-hidden": "true" }, mark(i, 7, 7));

/** @param {Vertex} vertex */
const f1 = ({ precision, recall }) => (2 * precision * recall) / (precision + recall) || 0;

/**
 * Whether a view shows a vertex.
 *
 * @param {View} view
 * @param {Vertex} vertex
 */
const within = ({ recall, precision }, vertex) =>
  vertex.recall >= recall[0] &&
  vertex.recall <= recall[1] &&
  vertex.precision >= precision[0] &&
  vertex.precision <= precision[1];

/**
 * The least view with some room around points, to whole steps of 5 %.
 *
 * @param {Vertex[]} points
 * @returns {View}
 */
function viewOf(points) {
  /** @param {"recall" | "precision"} key */
  const ends = (key) => {
    const values = points.map((point) => point[key]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return /** @type {[number, number]} */ ([
      clamp(Math.floor(20 * low - 0.2) / 20, 0, 0.9),
      clamp(Math.ceil(20 * high + 0.2) / 20, 0.1, 1),
    ]);
  };
  return { recall: ends("recall"), precision: ends("precision") };
}

export class FrontierPlot {
  /**
   * @param {Model} model
   * @param {{ moved: (places: Uint32Array) => void, done: () => void }} actions
   */
  constructor(model, { moved, done }) {
    this.model = model;
    this.moved = moved;
    this.done = done;
    this.vertices = model.vertices;
    this.x = this.y = linear(0, 1, 0, 1);
    this.view = this.zoomed();
    this.follows = false; // while somebody drags, the view stays
    this.handle = drawn("circle", {
      class: "handle",
      r: 9,
      tabindex: 0,
      role: "slider",
      "aria-label": "Operating point on the frontier",
      "aria-valuemin": 1,
      "aria-valuemax": this.vertices.length - 1,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    });
    this.chart = new Chart(byId("frontier"), {
      height: 340,
      draw: (svg, width, height) => this.draw(svg, width, height),
      label: () => this.words(),
    });
    const { svg } = this.chart;
    svg.setAttribute("role", "group");
    svg.classList.add("drag");
    this.marks = model.starts.map(({ name }, i) => element("li", {}, markAlone(i), name));
    byId("marks").append(...this.marks);
    byId("zoom").addEventListener("click", () => this.toggleZoom());
    dragging(svg, {
      moved: (x, y) => {
        this.follows = true;
        this.go(this.nearest(x, y));
      },
      done: () => this.release(),
    });
  }

  // Where the better points of the frontier lie, the sets of thresholds that come near them, and
  // the thresholds now.
  zoomed() {
    const starts = this.model.starts.map(({ totals }) => totals);
    const points = [...this.vertices, ...starts];
    const best = points.reduce((most, point) => Math.max(most, f1(point)), 0);
    const near = points.filter((point) => f1(point) >= NEAR * best && best > 0);
    return near.length ? viewOf([...near, this.model.totals()]) : EVERYTHING;
  }

  toggleZoom() {
    const everything = this.view !== EVERYTHING;
    this.view = everything ? EVERYTHING : this.zoomed();
    byId("zoom").textContent = everything ? "Zoom in" : "Show the whole range";
    this.chart.redraw();
  }

  words() {
    return `Precision against recall in percent, all tags together. Now ${this.nowText()}.`;
  }

  nowText() {
    const now = this.model.totals();
    return `precision ${percent(now.precision)} %, recall ${percent(now.recall)} %`;
  }

  release() {
    this.follows = false;
    this.done();
    this.handle.focus({ preventScroll: true });
  }

  /** @param {number} vertex */
  go(vertex) {
    this.moved(this.model.placesAt(clamp(vertex, 1, this.vertices.length - 1)));
  }

  /**
   * Vertex nearest to a place in the picture.
   *
   * @param {number} px
   * @param {number} py
   */
  nearest(px, py) {
    /** @param {Vertex} vertex */
    const far = ({ recall, precision }) => Math.hypot(this.x(recall) - px, this.y(precision) - py);
    let best = 1;
    for (let v = 2; v < this.vertices.length; v += 1) {
      if (far(this.vertices[v]) < far(this.vertices[best])) best = v;
    }
    return best;
  }

  // Vertex with the recall that the thresholds have now, for the arrow keys to start from.
  present() {
    const { recall } = this.model.totals();
    const at = this.vertices.findIndex((v) => v.recall >= recall - 1e-12);
    return at < 1 ? this.vertices.length - 1 : at;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = Math.max(1, Math.round(this.vertices.length / 200));
    const from = this.present();
    /** @type {Record<string, number>} */
    const moves = {
      ArrowRight: from + step,
      ArrowUp: from + step,
      ArrowLeft: from - step,
      ArrowDown: from - step,
      PageUp: from + 10 * step,
      PageDown: from - 10 * step,
      Home: 1,
      End: this.vertices.length - 1,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.go(moves[event.key]);
    this.done();
  }

  /** @type {import("./chart.js").Draw} */
  draw(svg, width, height) {
    const box = { left: 36, right: width - 14, top: 30, bottom: height - 40 };
    const { recall, precision } = this.view;
    this.x = linear(...recall, box.left, box.right);
    this.y = linear(...precision, box.bottom, box.top);
    frame(
      svg,
      {
        x: this.x,
        y: this.y,
        xTicks: roundSteps(...recall).map((share) => [share, percent(share, 0)]),
        yTicks: roundSteps(...precision).map((share) => [share, percent(share, 0)]),
        xTitle: "recall in %",
        yTitle: "precision in %",
      },
      box,
    );
    const size = {
      x: box.left,
      y: box.top,
      width: box.right - box.left,
      height: box.bottom - box.top,
    };
    const line = this.vertices.slice(1).map((v) => [this.x(v.recall), this.y(v.precision)]);
    svg.append(
      drawn("clipPath", { id: "frontier-view" }, drawn("rect", size)),
      drawn("g", { "clip-path": "url(#frontier-view)" }, ...this.equalF1()),
      ...this.equalF1Names(),
      drawn(
        "g",
        { "clip-path": "url(#frontier-view)" },
        drawn("path", { class: "frontier", d: pathOf(line) }),
      ),
    );
    this.model.starts.forEach(({ name, totals }, i) => {
      const seen = within(this.view, totals);
      this.marks[i].lastChild?.replaceWith(seen ? name : `${name} (outside the picture)`);
      if (seen) svg.append(mark(i, this.x(totals.recall), this.y(totals.precision)));
    });
    svg.append(this.handle);
    this.placeHandle();
  }

  // Put the point where the thresholds are, in a view that shows it.
  place() {
    const now = this.model.totals();
    if (!this.follows && !within(this.view, now)) {
      this.view = this.zoomed();
      this.chart.redraw();
    } else this.placeHandle();
  }

  placeHandle() {
    const now = this.model.totals();
    setAttributes(this.handle, {
      cx: this.x(now.recall),
      cy: this.y(now.precision),
      "aria-valuenow": this.present(),
      "aria-valuetext": this.nowText(),
    });
    this.chart.svg.setAttribute("aria-label", this.words());
  }

  // Lines of equal F1 that cross the view.

  levels() {
    const { recall, precision } = this.view;
    /** @param {0 | 1} end */
    const at = (end) => (2 * recall[end] * precision[end]) / (recall[end] + precision[end]) || 0;
    return roundSteps(at(0), at(1)).filter((level) => level > at(0) && level < at(1));
  }

  equalF1() {
    return this.levels().map((level) => {
      const points = [];
      for (let recall = level / (2 - level); recall <= 1.0001; recall += 0.01) {
        const precision = (level * recall) / (2 * recall - level);
        points.push([this.x(Math.min(recall, 1)), this.y(Math.min(precision, 1))]);
      }
      return drawn("path", { class: "equal", d: pathOf(points) });
    });
  }

  // Their names, where they leave the view on the right or below.
  equalF1Names() {
    const { recall, precision } = this.view;
    return this.levels().map((level) => {
      const atRight = (level * recall[1]) / (2 * recall[1] - level);
      const right = atRight >= precision[0];
      const atBottom = (level * precision[0]) / (2 * precision[0] - level);
      const [x, y] = right ? [recall[1], atRight] : [atBottom, precision[0]];
      return drawn(
        "text",
        { class: "faint", x: this.x(x) - 2, y: this.y(y) - 4, "text-anchor": "end" },
        `F1 ${percent(level, 0)} %`,
      );
    });
  }
}
