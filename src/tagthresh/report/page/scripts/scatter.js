// @ts-check
import { Chart, frame, linear, shareTicks } from "./chart.js";
import { byId, drawn } from "./elements.js";
import { largest } from "./model.js";
import { percent } from "./words.js";

// F1 of every tag now against the thresholds compared with.
export class Scatter {
  /**
   * @param {import("./model.js").Model} model
   * @param {import("./table.js").TagTable} table
   * @param {(tag: number) => void} select
   */
  constructor(model, table, select) {
    this.model = model;
    this.table = table;
    this.select = select;
    this.part = /** @type {HTMLDetailsElement} */ (byId("scatter-part"));
    // Others are there to compare with, or a short table leaves room.
    this.part.open = model.starts.length > 3 || (model.n <= 40 && window.innerWidth > 1000);
    this.part.addEventListener("toggle", () => this.redraw());
    this.chart = new Chart(byId("scatter"), {
      height: 360,
      draw: (svg, width, height) => this.draw(svg, width, height),
      label: () =>
        `F1 of each tag now against ${this.other().name}. Above the line it is higher now.`,
    });
  }

  other() {
    return this.model.starts[this.table.against];
  }

  redraw() {
    if (this.part.open) this.chart.redraw();
  }

  /**
   * @param {SVGSVGElement} svg
   * @param {number} width
   * @param {number} height
   */
  draw(svg, width, height) {
    const box = { left: 36, right: Math.min(width - 14, 480), top: 30, bottom: height - 40 };
    const [x, y] = [linear(0, 1, box.left, box.right), linear(0, 1, box.bottom, box.top)];
    const { model } = this;
    const other = this.other();
    const most = largest(model.content.positives);
    const titles = { xTitle: `F1 with ${other.name} in %`, yTitle: "F1 now in %" };
    frame(svg, { x, y, xTicks: shareTicks, yTicks: shareTicks, ...titles }, box);
    svg.append(drawn("line", { class: "equal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }));
    for (let tag = 0; tag < model.n; tag += 1) {
      if (model.content.positives[tag] === 0) continue;
      const [before, now] = [model.tagFigures(tag, other.place[tag]).f1, model.tagFigures(tag).f1];
      const kind = now > before ? "better" : now < before ? "worse" : "same";
      const r = 2.5 + 6 * Math.sqrt(model.content.positives[tag] / most);
      const words = `${model.tags[tag]}: ${percent(before)} %, now ${percent(now)} %`;
      const point = {
        cx: x(before),
        cy: y(now),
        r,
        class: `point ${kind}`,
        onclick: () => this.select(tag),
      };
      svg.append(drawn("circle", point, drawn("title", {}, words)));
    }
  }
}
