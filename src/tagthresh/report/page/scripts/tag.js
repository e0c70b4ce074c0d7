// @ts-check
// The chosen tag: its figures, its scores, its curves and the clips nearest to its threshold.

import { Chart, dragging, frame, linear, pathOf, ScoreAxis, shareTicks } from "./chart.js";
import { NearestClips } from "./clips.js";
import { byId, drawn, element, figure, namedFigure } from "./elements.js";
import { largest, wholesOf } from "./model.js";
import { targetForTag } from "./target.js";
import { ThresholdControl } from "./threshold.js";
import { massText, percent, percentOf, thresholdText } from "./words.js";

/**
 * @typedef {import("./chart.js").Draw} Draw
 * @typedef {import("./chart.js").Box} Box
 * @typedef {import("./model.js").Model} Model
 */

const CURVE_POINTS = 80;
/** @type {["precision" | "recall" | "f1", string][]} */
const LINES = [
  ["precision", "Precision"],
  ["recall", "Recall"],
  ["f1", "F1"],
];

/**
 * A picture with a title and a line of words.
 *
 * @param {string} title
 * @param {(Node | string)[]} words
 * @param {{ height: number, draw: Draw, label: () => string }} options
 */
function picture(title, words, options) {
  const box = element("div");
  const chart = new Chart(box, options);
  const nodes = [element("h3", {}, title), element("p", { class: "note" }, ...words), box];
  return { chart, nodes };
}

/**
 * @param {string} name
 * @param {string} text
 */
const key = (name, text) => [element("span", { class: `key ${name}` }), ` ${text} `];

export class TagPanel {
  /**
   * @param {Model} model
   * @param {import("./threshold.js").Actions} actions
   */
  constructor(model, actions) {
    this.model = model;
    this.actions = actions;
    this.box = byId("tag");
    const { positives } = model.content;
    // The tag with the most positives, for something to look at from the start.
    const first = positives.indexOf(largest(positives));
    this.view = new TagView(model, actions, first);
    this.show(first);
    this.followTable();
  }

  /** @param {number} tag */
  show(tag) {
    this.view = new TagView(this.model, this.actions, tag);
    this.box.replaceChildren(...this.view.nodes);
    this.box.scrollTop = 0;
  }

  // Beside a long table the panel keeps in sight and scrolls by itself; else it is there in full.
  followTable() {
    const table = byId("tags");
    const watch = new ResizeObserver(() => {
      const long = table.offsetHeight > this.box.scrollHeight + 200;
      this.box.classList.toggle("follows", long);
    });
    watch.observe(table);
  }
}

class TagView {
  /**
   * @param {Model} model
   * @param {import("./threshold.js").Actions} actions
   * @param {number} tag
   */
  constructor(model, actions, tag) {
    this.model = model;
    this.actions = actions;
    this.tag = tag;
    this.axis = new ScoreAxis(model.content.bins, tag);
    this.x = linear(0, 1, 0, 1);
    this.curve = this.curvePoints();
    this.control = new ThresholdControl(model, tag, actions);
    this.figures = element("dl", { class: "figures" });
    this.clips = new NearestClips(model.content, tag);
    const [scores, curves] = [this.scoresPart(), this.curvesPart()];
    this.charts = [scores.chart, curves.chart];
    for (const { svg } of this.charts) this.makeDraggable(svg);
    const target = element("div");
    targetForTag(target, model, tag, (place) => this.set(place));
    const status = model.content.status[tag];
    this.nodes = [
      element("h2", { id: "tag-title" }, model.tags[tag]),
      element("p", { class: "back" }, element("a", { href: "#tags" }, "Back to the table")),
      element("p", { class: "note", hidden: status === "ok" }, `Status: ${status}`),
      element(
        "p",
        { class: "threshold row" },
        element("span", {}, "Threshold"),
        ...this.control.nodes,
      ),
      element("p", { class: "row" }, ...this.buttons()),
      target,
      this.figures,
      ...scores.nodes,
      ...curves.nodes,
      ...this.reliabilityNodes(),
      this.clips.node,
    ];
    this.draw();
  }

  /** @param {number} place */
  set(place) {
    this.actions.moved(this.tag, place);
    this.actions.done();
  }

  buttons() {
    const { model, tag } = this;
    /** @type {(text: string, place: () => number) => HTMLElement} */
    const button = (text, place) =>
      element("button", { type: "button", onclick: () => this.set(place()) }, text);
    return [
      ...model.starts.map(({ name, place }) => button(name, () => place[tag])),
      button("best F1 here", () => model.tagPlaceFor(tag, "fbeta", 1)),
      button("never", () => model.last(tag)),
    ];
  }

  // Drawing

  draw() {
    const { model, tag } = this;
    this.control.draw();
    this.drawFigures();
    this.clips.draw(model.value(model.now[tag]));
    for (const chart of this.charts) chart.redraw();
  }

  drawFigures() {
    const { model, tag } = this;
    const [found, intervals] = [model.tagFigures(tag), model.tagIntervals(tag)];
    const wholes = wholesOf(found);
    const shares = LINES.map(([name, title]) => {
      const [low, high] = intervals[name].map((end) => percent(end, 0));
      const value = figure(found[name], percentOf(found[name], wholes[name]));
      return namedFigure(title, value, `${low} to ${high}`);
    });
    /** @type {(title: string, value: number, below: string) => HTMLElement} */
    const mass = (title, value, below) => namedFigure(title, figure(value, massText(value)), below);
    this.figures.replaceChildren(
      ...shares,
      mass("Found", found.tp, `of ${massText(found.positives)} positives`),
      mass("False alarms", found.accepted - found.tp, `of ${massText(found.accepted)} predicted`),
    );
  }

  scoresPart() {
    return picture(
      "Scores",
      [
        ...key("positive", "positive clips above,"),
        ...key("negative", "negative clips below. Each side shows its own shares. Drag the line."),
      ],
      {
        height: 200,
        draw: (svg, width, height) => this.drawScores(svg, width, height),
        label: () =>
          `Histogram of the scores of positive and negative clips. The threshold is ${this.thresholdText()}.`,
      },
    );
  }

  curvesPart() {
    return picture(
      "Against the threshold",
      [...LINES.flatMap(([name, text]) => key(name, text)), "in %, with 95 % intervals"],
      {
        height: 220,
        draw: (svg, width, height) => this.drawCurves(svg, width, height),
        label: () =>
          `Precision, recall and F1 against the threshold, which is ${this.thresholdText()}.`,
      },
    );
  }

  reliabilityNodes() {
    const found = this.model.content.reliability;
    if (!found)
      return [
        element("p", { class: "note" }, "No reliability curve: the scores are not probabilities."),
      ];
    const words = `Among clips with a given probability (${found.of}), the share that is positive. On the dashed line the probabilities are right.`;
    return picture("Reliability", [words], {
      height: 240,
      draw: (svg, width, height) => this.drawReliability(found, svg, width, height),
      label: () => "Share of positive clips against probability, with 95 % intervals.",
    }).nodes;
  }

  /** @param {SVGSVGElement} svg */
  makeDraggable(svg) {
    svg.classList.add("drag");
    dragging(svg, {
      moved: (px) => {
        const { model, tag, axis } = this;
        const place = model.nearest(tag, axis.score(this.x.invert(px)));
        this.actions.moved(tag, px > this.x(axis.high) + 6 ? model.last(tag) : place);
      },
      done: () => this.actions.done(),
    });
  }

  thresholdText() {
    return thresholdText(this.model.value(this.model.now[this.tag]));
  }

  /**
   * Left and right end of the axis of scores, the same in both pictures.
   *
   * @param {number} width
   * @param {number} height
   */
  scoreAxes(width, height) {
    const box = { left: 36, right: width - 34, top: 18, bottom: height - 38 };
    this.x = linear(this.axis.low, this.axis.high, box.left, box.right);
    const least = (45 / (box.right - box.left)) * (this.axis.high - this.axis.low);
    return { box, axes: { x: this.x, xTicks: this.axis.ticks(least), xTitle: "score" } };
  }

  /**
   * @param {SVGSVGElement} svg
   * @param {Box} box
   */
  drawThreshold(svg, { top, bottom, right }) {
    const value = this.model.value(this.model.now[this.tag]);
    const at = Number.isFinite(value) ? this.x(this.axis.place(value)) : right + 12;
    svg.append(
      drawn("line", { class: "cut", x1: at, x2: at, y1: top - 4, y2: bottom }),
      drawn("circle", { class: "grip", cx: at, cy: top - 6, r: 5 }),
    );
    if (!Number.isFinite(value))
      svg.append(drawn("text", { x: at, y: bottom + 17, "text-anchor": "middle" }, "never"));
  }

  /** @type {Draw} */
  drawScores(svg, width, height) {
    const { box, axes } = this.scoreAxes(width, height);
    const { positive, negative } = this.model.content.bins;
    const bins = positive.length / this.model.n;
    const x = linear(0, bins, box.left, box.right);
    const middle = (box.top + box.bottom) / 2;
    frame(svg, { ...axes, y: () => middle, yTicks: [] }, box);
    /** @type {(name: string, masses: import("./content.js").Numbers) => void} */
    const side = (name, masses) => {
      const own = masses.subarray(this.tag * bins, (this.tag + 1) * bins);
      const most = Math.max(...own) || 1;
      own.forEach((mass, bin) => {
        const length = (mass / most) * (middle - box.top - 2);
        const bar = {
          class: name,
          x: x(bin) + 0.5,
          y: name === "positive" ? middle - length : middle,
          width: Math.max(x(bin + 1) - x(bin) - 1, 1),
          height: length,
        };
        svg.append(drawn("rect", bar));
      });
    };
    side("positive", positive);
    side("negative", negative);
    svg.append(
      drawn("line", { class: "axis", x1: box.left, x2: box.right, y1: middle, y2: middle }),
    );
    this.drawThreshold(svg, box);
  }

  // Some stops over the whole axis, with figures and intervals; the same for every threshold.
  curvePoints() {
    const { model, tag } = this;
    const points = [];
    const step = (this.axis.high - this.axis.low) / CURVE_POINTS;
    let last = -Infinity;
    for (let place = model.first(tag); model.accepted(place) > 0; place += 1) {
      const at = this.axis.place(model.value(place));
      if (model.accepted(place + 1) > 0 && at - last < step) continue;
      last = at;
      const intervals = model.tagIntervals(tag, place);
      points.push({ at, ...model.tagFigures(tag, place), intervals });
    }
    return points;
  }

  /** @type {Draw} */
  drawCurves(svg, width, height) {
    const { box, axes } = this.scoreAxes(width, height);
    const y = linear(0, 1, box.bottom, box.top);
    frame(svg, { ...axes, y, yTicks: shareTicks }, box);
    for (const [name] of LINES) {
      /** @param {0 | 1} end */
      const side = (end) =>
        this.curve.map(({ at, intervals }) => [this.x(at), y(intervals[name][end])]);
      const line = this.curve.map((point) => [this.x(point.at), y(point[name])]);
      svg.append(
        drawn("path", { class: `band ${name}`, d: pathOf([...side(0), ...side(1).reverse()]) }),
        drawn("path", { class: `line ${name}`, d: pathOf(line) }),
      );
    }
    this.drawThreshold(svg, box);
  }

  /**
   * @param {import("./content.js").Reliability} found
   * @param {SVGSVGElement} svg
   * @param {number} width
   * @param {number} height
   */
  drawReliability(found, svg, width, height) {
    const box = { left: 36, right: Math.min(width - 14, 340), top: 30, bottom: height - 38 };
    const [x, y] = [linear(0, 1, box.left, box.right), linear(0, 1, box.bottom, box.top)];
    const titles = { xTitle: "probability in %", yTitle: "positive in %" };
    frame(svg, { x, y, xTicks: shareTicks, yTicks: shareTicks, ...titles }, box);
    svg.append(drawn("line", { class: "equal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }));
    for (let i = found.offset[this.tag]; i < found.offset[this.tag + 1]; i += 1) {
      const at = x(found.probability[i]);
      const ends = { y1: y(found.low[i]), y2: y(found.high[i]) };
      svg.append(
        drawn("line", { class: "whisker", x1: at, x2: at, ...ends }),
        drawn("circle", { class: "dot", cx: at, cy: y(found.observed[i]), r: 4 }),
      );
    }
  }
}
