// Precision against recall of all tags together, with a point to drag, and targets to type.

const SHAPES = [
  "M-5 0L0 -5L5 0L0 5Z",
  "M-4 -4H4V4H-4Z",
  "M0 -5L5 4H-5Z",
  "M0 5L5 -4H-5Z",
  "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z",
];

const mark = (i, x, y) =>
  drawn("path", {
    class: "start",
    d: SHAPES[i % SHAPES.length],
    transform: `translate(${x} ${y})`,
  });

const markAlone = (i) =>
  drawn("svg", { width: 14, height: 14, "aria-hidden": "true" }, mark(i, 7, 7));

class FrontierPlot {
  constructor(model, { moved, done }) {
    Object.assign(this, { model, moved, done });
    this.vertices = model.vertices;
    this.handle = drawn("circle", {
      class: "handle",
      r: 9,
      tabindex: 0,
      role: "slider",
      "aria-label": "Operating point on the frontier",
      "aria-valuemin": 1,
      "aria-valuemax": this.vertices.length - 1,
      onkeydown: (event) => this.key(event),
    });
    this.chart = new Chart(byId("frontier"), {
      height: 340,
      draw: (...place) => this.draw(...place),
      label: () => this.words(),
    });
    const { svg } = this.chart;
    svg.setAttribute("role", "group");
    svg.classList.add("drag");
    byId("marks").append(
      ...model.starts.map(({ name }, i) => element("li", {}, markAlone(i), name)),
    );
    dragging(svg, { moved: (x, y) => this.go(this.nearest(x, y)), done: () => this.release() });
  }

  words() {
    return `Precision against recall in percent, all tags together. Now ${this.nowText()}.`;
  }

  nowText() {
    const now = this.model.totals();
    return `precision ${percent(now.precision)} %, recall ${percent(now.recall)} %`;
  }

  release() {
    this.done();
    this.handle.focus({ preventScroll: true });
  }

  go(vertex) {
    this.vertex = clamp(vertex, 1, this.vertices.length - 1);
    this.moved(this.model.placesAt(this.vertex));
  }

  // Vertex nearest to a place in the picture.
  nearest(px, py) {
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

  key(event) {
    const step = Math.max(1, Math.round(this.vertices.length / 200));
    const last = this.vertices.length - 1;
    const from = this.present();
    const to = {
      ArrowRight: from + step,
      ArrowUp: from + step,
      ArrowLeft: from - step,
      ArrowDown: from - step,
      PageUp: from + 10 * step,
      PageDown: from - 10 * step,
      Home: 1,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(to);
    this.done();
  }

  draw(svg, width, height) {
    const box = { left: 36, right: width - 14, top: 30, bottom: height - 40 };
    this.x = linear(0, 1, box.left, box.right);
    this.y = linear(0, 1, box.bottom, box.top);
    svg.replaceChildren();
    const titles = { xTitle: "recall in %", yTitle: "precision in %" };
    frame(svg, { x: this.x, y: this.y, xTicks: shareTicks, yTicks: shareTicks, ...titles }, box);
    this.drawEqualF1(svg);
    const line = this.vertices.slice(1).map((v) => [this.x(v.recall), this.y(v.precision)]);
    svg.append(drawn("path", { class: "frontier", d: pathOf(line) }));
    this.model.starts.forEach(({ totals }, i) =>
      svg.append(mark(i, this.x(totals.recall), this.y(totals.precision))),
    );
    svg.append(this.handle);
    this.place();
  }

  // Put the point where the thresholds are.
  place() {
    if (!this.x) return; // not drawn yet
    const now = this.model.totals();
    filled(this.handle, {
      cx: this.x(now.recall),
      cy: this.y(now.precision),
      "aria-valuenow": this.present(),
      "aria-valuetext": this.nowText(),
    });
    this.chart.svg.setAttribute("aria-label", this.words());
  }

  drawEqualF1(svg) {
    for (const f1 of [0.2, 0.4, 0.6, 0.8]) {
      const points = [];
      for (let recall = f1 / (2 - f1); recall <= 1.0001; recall += 0.02) {
        points.push([this.x(Math.min(recall, 1)), this.y((f1 * recall) / (2 * recall - f1))]);
      }
      const [x, y] = points.at(-1);
      svg.append(
        drawn("path", { class: "equal", d: pathOf(points) }),
        drawn(
          "text",
          { class: "faint", x: x - 2, y: y - 4, "text-anchor": "end" },
          `F1 ${percent(f1, 0)} %`,
        ),
      );
    }
  }
}

// The form that sets all thresholds by a target.
class TargetForm {
  constructor(model, use) {
    Object.assign(this, { model, use });
    this.kind = byId("target-kind");
    this.input = byId("target-value");
    this.kind.querySelector("[value=perClip]").textContent = `tags ${model.perWhat} at most`;
    this.kind.addEventListener("change", () => this.prepare());
    byId("target").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  get isShare() {
    return ["precision", "recall"].includes(this.kind.value);
  }

  prepare() {
    byId("target-unit").textContent = this.isShare ? "%" : "";
    this.input.value = { precision: "80", recall: "80", perClip: "2", fbeta: "1" }[this.kind.value];
    showError("target-error", "");
  }

  submit() {
    const typed = typedNumber(this.input.value);
    const { problem, vertex } = this.found(typed);
    this.input.setAttribute("aria-invalid", String(Boolean(problem)));
    showError("target-error", problem ?? "");
    if (problem) return;
    this.use(this.model.placesAt(vertex));
    const { precision, recall, perClip } = this.model.totals();
    say(
      `All thresholds set: precision ${percent(precision)} %, recall ${percent(recall)} %, ` +
        `${perClip.toFixed(2)} tags ${this.model.perWhat}.`,
    );
  }

  found(typed) {
    if (typed === null || typed <= 0) return { problem: "Type a number above 0." };
    if (this.isShare && typed > 100) return { problem: "Type a share of at most 100 %." };
    const vertex = this.model.vertexFor(this.kind.value, this.isShare ? typed / 100 : typed);
    return vertex < 1 ? { problem: this.outOfReach() } : { vertex };
  }

  outOfReach() {
    const some = this.model.vertices.slice(1);
    if (!some.length) return "No tag has a positive clip here, so there is nothing to aim at.";
    const [first, last] = [some[0], some.at(-1)];
    return {
      precision: `No thresholds on the line reach it; the highest precision is ${percent(first.precision)} %.`,
      recall: `No thresholds on the line reach it; the highest recall is ${percent(last.recall)} %.`,
      perClip: `The line begins at ${first.perClip.toPrecision(2)} tags ${this.model.perWhat}.`,
    }[this.kind.value];
  }
}
