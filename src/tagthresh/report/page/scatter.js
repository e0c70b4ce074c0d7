// F1 of every tag now against the thresholds compared with.
class Scatter {
  constructor(model, table, select) {
    Object.assign(this, { model, table, select });
    this.chart = new Chart(byId("scatter"), {
      height: 360,
      draw: (...place) => this.draw(...place),
      label: () =>
        `F1 of each tag now against ${this.there().name}; above the line it is higher now.`,
    });
  }

  there() {
    return this.model.starts[this.table.against];
  }

  redraw() {
    if (byId("scatter-part").open) this.chart.redraw();
  }

  draw(svg, width, height) {
    const box = { left: 36, right: Math.min(width - 14, 480), top: 30, bottom: height - 40 };
    const [x, y] = [linear(0, 1, box.left, box.right), linear(0, 1, box.bottom, box.top)];
    const { model } = this;
    const [there, most] = [this.there(), Math.max(...model.content.positives)];
    svg.replaceChildren();
    const titles = { xTitle: `F1 with ${there.name} in %`, yTitle: "F1 now in %" };
    frame(svg, { x, y, xTicks: shareTicks, yTicks: shareTicks, ...titles }, box);
    svg.append(drawn("line", { class: "equal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }));
    for (let tag = 0; tag < model.n; tag += 1) {
      if (model.content.positives[tag] === 0) continue;
      const [before, now] = [model.tagFigures(tag, there.place[tag]).f1, model.tagFigures(tag).f1];
      const kind = now > before ? "better" : now < before ? "worse" : "same";
      const r = 2.5 + 6 * Math.sqrt(model.content.positives[tag] / most);
      const words = `${model.tags[tag]}: ${percent(before)} %, now ${percent(now)} %`;
      const at = {
        cx: x(before),
        cy: y(now),
        r,
        class: `point ${kind}`,
        onclick: () => this.select(tag),
      };
      svg.append(drawn("circle", at, drawn("title", {}, words)));
    }
  }
}
