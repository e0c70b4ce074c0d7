// Pictures in SVG, drawn anew at the width they have, so that their text keeps its size.

class Chart {
  constructor(box, { height, draw, label }) {
    Object.assign(this, { box, height, draw, label });
    this.svg = drawn("svg", { role: "img", height });
    box.append(this.svg);
    new ResizeObserver(() => this.redraw()).observe(box);
  }

  redraw() {
    const width = Math.floor(this.box.clientWidth);
    if (width === 0) return;
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    this.svg.setAttribute("aria-label", this.label());
    this.draw(this.svg, width, this.height);
  }
}

function linear(from, to, low, high) {
  const scale = (value) => low + ((value - from) / (to - from || 1)) * (high - low);
  scale.invert = (pixel) => from + ((pixel - low) / (high - low || 1)) * (to - from);
  return scale;
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// Frame of a picture: ticks are [place, text]; returns its inner edges.
function frame(svg, { x, y, xTicks, yTicks, xTitle = "", yTitle = "" }, box) {
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

const pathOf = (points) =>
  points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

const shareTicks = [0, 0.25, 0.5, 0.75, 1].map((share) => [share, percent(share, 0)]);

// Follow the pointer while it is down on a picture. A finger may only want to scroll: it counts once
// it has moved sideways, or is lifted where it was.
function dragging(svg, { moved, done }) {
  svg.addEventListener("pointerdown", (start) => {
    if (start.button !== 0) return;
    svg.setPointerCapture(start.pointerId);
    let follows = false;
    const place = (at) => {
      follows = true;
      const { left, top } = svg.getBoundingClientRect();
      moved(at.clientX - left, at.clientY - top);
    };
    const move = (at) => {
      if (follows || Math.abs(at.clientX - start.clientX) > 8) place(at);
    };
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
class ScoreAxis {
  constructor({ log_odds: logOdds, low, high }, tag) {
    Object.assign(this, { logOdds, low: low[tag], high: high[tag] });
  }

  place(score) {
    const at = this.logOdds ? Math.log(score / (1 - score)) : score;
    return Number.isNaN(at) ? this.high : clamp(at, this.low, this.high);
  }

  score(place) {
    return this.logOdds ? 1 / (1 + Math.exp(-place)) : place;
  }

  // Some round scores, not too close to each other.
  ticks(least) {
    const round = this.logOdds
      ? [1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 0.9999]
      : roundSteps(this.low, this.high);
    const kept = [];
    for (const score of round) {
      const at = this.logOdds ? Math.log(score / (1 - score)) : score;
      if (at < this.low || at > this.high) continue;
      if (kept.length && at - kept.at(-1)[0] < least) continue;
      kept.push([at, score < 1e-3 ? score.toExponential(0) : String(score)]);
    }
    return kept;
  }
}

function roundSteps(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
}
