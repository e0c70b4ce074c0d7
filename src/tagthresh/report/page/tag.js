// The chosen tag: its figures, its scores, its curves and the clips nearest to the cut.

const CURVE_POINTS = 80;
const LINES = [
  ["precision", "Precision"],
  ["recall", "Recall"],
  ["f1", "F1"],
];

class TagPanel {
  constructor(model, actions) {
    Object.assign(this, { model, actions });
    this.box = byId("tag");
    this.show(this.firstTag());
  }

  // The tag with the most positives, for something to look at from the start.
  firstTag() {
    const { positives } = this.model.content;
    return positives.indexOf(positives.reduce((a, b) => Math.max(a, b)));
  }

  show(tag) {
    const { model } = this;
    this.tag = tag;
    this.axis = new ScoreAxis(model.content.bins, tag);
    this.curve = this.curvePoints();
    this.control = new ThresholdControl(model, tag, this.actions);
    this.figures = element("dl", { class: "figures" });
    this.clips = new NearestClips(model.content, tag);
    const status = model.content.status[tag];
    this.box.replaceChildren(
      element("h2", { id: "tag-title" }, model.tags[tag]),
      element("p", { class: "back" }, element("a", { href: "#tags" }, "Back to the table")),
      element("p", { class: "note" }, status === "ok" ? "" : `Status: ${status}.`),
      element(
        "p",
        { class: "threshold row" },
        element("span", {}, "Threshold"),
        ...this.control.nodes,
      ),
      element("p", { class: "row" }, ...this.buttons()),
      this.figures,
      ...this.pictures(),
      this.clips.node,
    );
    this.draw();
  }

  buttons() {
    const set = (place) => () => {
      this.actions.moved(this.tag, place());
      this.actions.done();
    };
    const button = (text, place) =>
      element("button", { type: "button", onclick: set(place) }, text);
    return [
      ...this.model.starts.map(({ name, place }) => button(name, () => place[this.tag])),
      button("best F1 here", () => this.best()),
      button("never", () => this.model.last(this.tag)),
    ];
  }

  // Highest threshold of the highest F1.
  best() {
    const { model, tag } = this;
    let best = model.last(tag);
    for (let place = best - 1; place >= model.first(tag); place -= 1) {
      if (model.tagFigures(tag, place).f1 > model.tagFigures(tag, best).f1) best = place;
    }
    return best;
  }

  pictures() {
    const part = (title, words, chart) => {
      const box = element("div", { class: "drag" });
      this[chart.name] = new Chart(box, chart);
      if (chart.drags) this.drags(this[chart.name].svg);
      return [element("h3", {}, title), element("p", { class: "note" }, ...words), box];
    };
    const key = (name, text) => [element("span", { class: `key ${name}` }), ` ${text} `];
    return [
      ...part(
        "Scores",
        [
          ...key("positive", "positive clips above,"),
          ...key("negative", "negative ones below; each side as shares of its own. Drag the cut."),
        ],
        {
          name: "scores",
          height: 200,
          drags: true,
          draw: (...place) => this.drawScores(...place),
          label: () =>
            `Histogram of the scores of positive and negative clips; the threshold is ${this.cutText()}.`,
        },
      ),
      ...part(
        "Against the threshold",
        [...LINES.flatMap(([name, text]) => key(name, text)), "in %, with 95 % intervals"],
        {
          name: "curves",
          height: 220,
          drags: true,
          draw: (...place) => this.drawCurves(...place),
          label: () =>
            `Precision, recall and F1 against the threshold, which is ${this.cutText()}.`,
        },
      ),
      ...this.reliabilityPart(part),
    ];
  }

  reliabilityPart(part) {
    const found = this.model.content.reliability;
    if (!found)
      return [
        element("p", { class: "note" }, "No reliability curve: the scores are not probabilities."),
      ];
    return part(
      "Reliability",
      [`Of ${found.of}: share of positives at each, in %. On the line they are as promised.`],
      {
        name: "reliability",
        height: 240,
        draw: (...place) => this.drawReliability(found, ...place),
        label: () => "Share of positive clips against probability, with 95 % intervals.",
      },
    );
  }

  drags(svg) {
    dragging(svg, {
      moved: (px) => {
        const { model, tag } = this;
        const place = model.nearest(tag, this.axis.score(this.x.invert(px)));
        this.actions.moved(tag, px > this.x(this.axis.high) + 6 ? model.last(tag) : place);
      },
      done: () => this.actions.done(),
    });
  }

  cutText() {
    return thresholdText(this.model.value(this.model.now[this.tag]));
  }

  // Drawing

  draw() {
    this.control.draw();
    this.drawFigures();
    this.clips.draw(this.model.value(this.model.now[this.tag]));
    for (const chart of [this.scores, this.curves]) chart.redraw();
  }

  drawFigures() {
    const { model, tag } = this;
    const [found, intervals] = [model.tagFigures(tag), model.tagIntervals(tag)];
    const share = (name, title) => [
      title,
      figure(found[name], percentOf(found[name], wholesOf(found)[name])),
      `${percent(intervals[name][0], 0)} to ${percent(intervals[name][1], 0)}`,
    ];
    const mass = (title, value, words) => [title, figure(value, massText(value)), words];
    const boxes = [
      ...LINES.map(([name, title]) => share(name, title)),
      mass("Found", found.tp, `of ${massText(found.positives)} positives`),
      mass("False alarms", found.accepted - found.tp, `of ${massText(found.accepted)} given`),
    ].map(([title, value, words]) =>
      element(
        "div",
        {},
        element("dt", {}, title),
        element("dd", {}, value, element("small", {}, words)),
      ),
    );
    this.figures.replaceChildren(...boxes);
  }

  // Left and right end of the axis of scores, the same in both pictures.
  frameOf(width, height) {
    const box = { left: 36, right: width - 34, top: 18, bottom: height - 38 };
    this.x = linear(this.axis.low, this.axis.high, box.left, box.right);
    const least = (45 / (box.right - box.left)) * (this.axis.high - this.axis.low);
    return { box, frame: { x: this.x, xTicks: this.axis.ticks(least), xTitle: "score" } };
  }

  drawCut(svg, { top, bottom, right }) {
    const value = this.model.value(this.model.now[this.tag]);
    const at = Number.isFinite(value) ? this.x(this.axis.place(value)) : right + 12;
    svg.append(
      drawn("line", { class: "cut", x1: at, x2: at, y1: top - 4, y2: bottom }),
      drawn("circle", { class: "grip", cx: at, cy: top - 6, r: 5 }),
    );
    if (!Number.isFinite(value))
      svg.append(drawn("text", { x: at, y: bottom + 17, "text-anchor": "middle" }, "never"));
  }

  drawScores(svg, width, height) {
    const { box, frame: axes } = this.frameOf(width, height);
    const { positive, negative } = this.model.content.bins;
    const bins = positive.length / this.model.n;
    const middle = (box.top + box.bottom) / 2;
    svg.replaceChildren();
    frame(svg, { ...axes, y: () => middle, yTicks: [] }, box);
    for (const [name, masses, direction] of [
      ["positive", positive, -1],
      ["negative", negative, 1],
    ]) {
      const own = masses.subarray(this.tag * bins, (this.tag + 1) * bins);
      const most = Math.max(...own) || 1;
      own.forEach((mass, bin) => {
        const x = linear(0, bins, box.left, box.right);
        const length = (mass / most) * (middle - box.top - 2);
        const y = direction < 0 ? middle - length : middle;
        svg.append(
          drawn("rect", {
            class: name,
            x: x(bin) + 0.5,
            y,
            width: Math.max(x(bin + 1) - x(bin) - 1, 1),
            height: length,
          }),
        );
      });
    }
    svg.append(
      drawn("line", { class: "axis", x1: box.left, x2: box.right, y1: middle, y2: middle }),
    );
    this.drawCut(svg, box);
  }

  // Some stops over the whole axis, with figures and intervals; the same for every threshold.
  curvePoints() {
    const { model, tag } = this;
    const first = model.first(tag);
    const points = [];
    const step = (this.axis.high - this.axis.low) / CURVE_POINTS;
    for (let place = first; model.accepted(place) > 0; place += 1) {
      const at = this.axis.place(model.value(place));
      if (points.length && model.accepted(place + 1) > 0 && at - points.at(-1).at < step) continue;
      points.push({
        at,
        ...model.tagFigures(tag, place),
        intervals: model.tagIntervals(tag, place),
      });
    }
    return points;
  }

  drawCurves(svg, width, height) {
    const { box, frame: axes } = this.frameOf(width, height);
    const y = linear(0, 1, box.bottom, box.top);
    svg.replaceChildren();
    frame(svg, { ...axes, y, yTicks: shareTicks }, box);
    for (const [name] of LINES) {
      const side = (end) =>
        this.curve.map(({ at, intervals }) => [this.x(at), y(intervals[name][end])]);
      const line = this.curve.map((point) => [this.x(point.at), y(point[name])]);
      svg.append(
        drawn("path", { class: `band ${name}`, d: pathOf([...side(0), ...side(1).reverse()]) }),
        drawn("path", { class: `line ${name}`, d: pathOf(line) }),
      );
    }
    this.drawCut(svg, box);
  }

  drawReliability(found, svg, width, height) {
    const box = { left: 36, right: Math.min(width - 14, 340), top: 18, bottom: height - 38 };
    const [x, y] = [linear(0, 1, box.left, box.right), linear(0, 1, box.bottom, box.top)];
    svg.replaceChildren();
    frame(
      svg,
      { x, y, xTicks: shareTicks, yTicks: shareTicks, xTitle: "probability said, in %" },
      box,
    );
    svg.append(drawn("line", { class: "equal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }));
    for (let i = found.offset[this.tag]; i < found.offset[this.tag + 1]; i += 1) {
      const at = x(found.probability[i]);
      svg.append(
        drawn("line", {
          class: "whisker",
          x1: at,
          x2: at,
          y1: y(found.low[i]),
          y2: y(found.high[i]),
        }),
        drawn("circle", { class: "dot", cx: at, cy: y(found.observed[i]), r: 4 }),
      );
    }
  }
}
