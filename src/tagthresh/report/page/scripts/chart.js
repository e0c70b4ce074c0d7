// @ts-check
// Pictures in SVG, drawn anew at the width they have, so that their text keeps its size.

import { drawn } from "./elements.js";
import { percent } from "./words.js";

/**
 * @typedef {(svg: SVGSVGElement, width: number, height: number) => void} Draw
 * @typedef {{ left: number, right: number, top: number, bottom: number }} Box
 * @typedef {[value: number, text: string]} Tick
 * @typedef {((value: number) => number) & { invert: (pixel: number) => number }} Scale
 */

export class Chart {
  /**
   * @param {HTMLElement} box
   * @param {{ height: number, draw: Draw, label: () => string }} options
   */
  constructor(box, { height, draw, label }) {
    this.box = box;
    this.height = height;
    this.draw = draw;
    this.label = label;
    this.svg = drawn("svg", { role: "img", height });
    box.append(this.svg);
    new ResizeObserver(() => this.redraw()).observe(box);
  }

  redraw() {
    const width = Math.floor(this.box.clientWidth);
    if (width === 0) return;
    setSize(this.svg, width, this.height);
    this.svg.setAttribute("aria-label", this.label());
    this.svg.replaceChildren();
    this.draw(this.svg, width, this.height);
  }
}

/**
 * @param {SVGSVGElement} svg
 * @param {number} width
 * @param {number} height
 */
function setSize(svg, width, height) {
  svg.setAttribute("width", String(width));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} low Pixel of `from`.
 * @param {number} high Pixel of `to`.
 * @returns {Scale}
 */
export function linear(from, to, low, high) {
  /** @param {number} value */
  const scale = (value) => low + ((value - from) / (to - from || 1)) * (high - low);
  scale.invert = (/** @type {number} */ pixel) =>
    from + ((pixel - low) / (high - low || 1)) * (to - from);
  return scale;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * Axes, ticks and titles of a picture.
 *
 * @param {SVGSVGElement} svg
 * @param {{
 *   x: (value: number) => number, y: (value: number) => number,
 *   xTicks: Tick[], yTicks: Tick[], xTitle?: string, yTitle?: string
 * }} axes
 * @param {Box} box
 */
export function frame(svg, { x, y, xTicks, yTicks, xTitle = "", yTitle = "" }, box) {
  const { left, right, top, bottom } = box;
  for (const [value, text] of yTicks) {
    svg.append(
      drawn("line", { class: "grid", x1: left, x2: right, y1: y(value), y2: y(value) }),
      drawn("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, text),
    );
  }
  for (const [value, text] of xTicks) {
    svg.append(
      drawn("line", { class: "grid", x1: x(value), x2: x(value), y1: bottom, y2: bottom + 4 }),
      drawn("text", { x: x(value), y: bottom + 17, "text-anchor": "middle" }, text),
    );
  }
  svg.append(
    drawn("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }),
    drawn("text", { x: right, y: bottom + 33, "text-anchor": "end", class: "title" }, xTitle),
    drawn("text", { x: 0, y: top - 14, class: "title" }, yTitle),
  );
}

/** @param {number[][]} points */
export const pathOf = (points) =>
  points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** @type {Tick[]} */
export const shareTicks = [0, 0.25, 0.5, 0.75, 1].map((share) => [share, percent(share, 0)]);

/**
 * Follow the pointer while it is down on a picture. A finger may only want to scroll: it counts once
 * it has moved sideways, or is lifted where it was.
 *
 * @param {SVGSVGElement} svg
 * @param {{ moved: (x: number, y: number) => void, done: () => void }} actions
 */
export function dragging(svg, { moved, done }) {
  svg.addEventListener("pointerdown", (start) => {
    if (start.button !== 0) return;
    svg.setPointerCapture(start.pointerId);
    let follows = false;
    /** @param {PointerEvent} at */
    const place = (at) => {
      follows = true;
      const { left, top } = svg.getBoundingClientRect();
      moved(at.clientX - left, at.clientY - top);
    };
    /** @param {PointerEvent} at */
    const move = (at) => {
      if (follows || Math.abs(at.clientX - start.clientX) > 8) place(at);
    };
    /** @param {PointerEvent} at */
    const stop = (at) => {
      svg.removeEventListener("pointermove", move);
      if (!follows && at.type === "pointerup") place(at);
      if (follows) done();
    };
    if (start.pointerType !== "touch") place(start);
    svg.addEventListener("pointermove", move);
    svg.addEventListener("pointerup", stop, { once: true });
    svg.addEventListener("pointercancel", stop, { once: true });
  });
}

// The axis of a tag's scores: that of log-odds where they are probabilities.
export class ScoreAxis {
  /**
   * @param {import("./content.js").Bins} bins
   * @param {number} tag
   */
  constructor({ log_odds: logOdds, low, high }, tag) {
    this.logOdds = logOdds;
    this.low = low[tag];
    this.high = high[tag];
  }

  /** @param {number} score */
  place(score) {
    const at = this.logOdds ? Math.log(score / (1 - score)) : score;
    return Number.isNaN(at) ? this.high : clamp(at, this.low, this.high);
  }

  /** @param {number} place */
  score(place) {
    return this.logOdds ? 1 / (1 + Math.exp(-place)) : place;
  }

  /**
   * Some round scores, not too close to each other.
   *
   * @param {number} least Least distance on the axis.
   */
  ticks(least) {
    const round = this.logOdds
      ? [1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 0.9999]
      : roundSteps(this.low, this.high);
    /** @type {Tick[]} */
    const kept = [];
    for (const score of round) {
      const at = this.logOdds ? Math.log(score / (1 - score)) : score;
      if (at < this.low || at > this.high) continue;
      if (kept.length && at - kept[kept.length - 1][0] < least) continue;
      kept.push([at, score < 1e-3 ? score.toExponential(0) : String(score)]);
    }
    return kept;
  }
}

/**
 * About five round numbers between two.
 *
 * @param {number} low
 * @param {number} high
 */
export function roundSteps(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
}
