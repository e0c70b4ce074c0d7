// The totals that stay in sight, and the table of sets of thresholds.

function figuresOfNow(model) {
  const [now, own] = [model.totals(), model.starts[0].totals];
  const shares = [
    [metricText(model.content.metric.name), "metric"],
    ["Precision", "precision"],
    ["Recall", "recall"],
  ].map(([name, key]) => ({
    name,
    key,
    value: now[key],
    text: percentOf(now[key], key === "precision" ? now.accepted : 1),
    change: `${signed(100 * (now[key] - own[key]))} points`,
  }));
  const perClip = {
    name: `Tags ${model.perWhat}`,
    key: "perClip",
    value: now.perClip,
    text: now.perClip.toFixed(2),
    change: signed(now.perClip - own.perClip, 2),
  };
  const { changed } = model;
  const byHand = {
    name: "Changed",
    key: "changed",
    value: changed,
    text: String(changed),
    change: `of ${model.n}`,
  };
  return [...shares, perClip, byHand];
}

function drawNow(model) {
  const { changed } = model;
  const boxes = figuresOfNow(model).map(({ name, key, value, text, change }) =>
    element(
      "div",
      { "data-figure": key },
      element("dt", {}, name),
      element("dd", {}, figure(value, text), element("small", {}, changed ? change : "as given")),
    ),
  );
  byId("figures").replaceChildren(...boxes);
  byId("undo").disabled = !model.canUndo && !changed;
  byId("redo").disabled = !model.canRedo;
  byId("reset").disabled = changed === 0;
}

class Headline {
  constructor(model, use) {
    Object.assign(this, { model, use });
    byId("fitted").replaceChildren(...this.fitted());
    const heads = [
      metricText(model.content.metric.name),
      "95 % interval",
      "Macro",
      "Precision",
      "Recall",
      `Tags ${model.perWhat}`,
    ];
    const [first, ...others] = ["Thresholds", ...heads, ""].map((text) =>
      element("th", { scope: "col" }, text || element("span", { class: "unseen" }, "Use")),
    );
    first.classList.add("name");
    this.body = element("tbody");
    byId("compared").append(element("thead", {}, element("tr", {}, first, ...others)), this.body);
    this.draw();
  }

  // Where the thresholds come from, and what was and is to be expected of them.
  fitted() {
    const { thresholds, expected, clips, share, same_clips: sameClips } = this.model.content;
    if (!thresholds.metric)
      return [`Judged on ${counted(clips, "clip")}. They were not fitted by tagthresh.`];
    const name = metricText(thresholds.metric);
    const text = (score) => (share ? `${percent(score)} %` : score.toPrecision(4));
    const parts = [
      `Chosen by ${thresholds.method.name.replaceAll("_", " ")} for ${name} on ${counted(thresholds.clips, "clip")}, `,
      `where they reach ${text(thresholds.score)}. `,
    ];
    if (expected) {
      const { score, low, high } = expected;
      parts.push(
        `On unseen clips, expect ${text(score)} (cross-fitted; 95 % interval ${text(low)} to ${text(high)}). `,
      );
    }
    if (sameClips) parts.push("They were fitted on these very clips: expect less on others. ");
    return [...parts, `Below: on these ${counted(clips, "clip")}, in %.`];
  }

  draw() {
    const { model } = this;
    const rows = model.starts.map((start) => this.row(start.name, start.totals, start));
    const now = this.row("now", model.totals(), null);
    this.body.replaceChildren(...rows, now);
    // Their room is kept, so that nothing below moves with the first change.
    for (const part of [now, byId("optimistic")]) part.classList.toggle("absent", !model.changed);
  }

  row(name, totals, start) {
    const shares = [
      [totals.macro, 1],
      [totals.precision, totals.accepted],
      [totals.recall, 1],
    ].map(([share, whole]) =>
      element("td", {}, figure(share, percentOf(share, whole).replace(" %", ""))),
    );
    const button = start
      ? element(
          "button",
          { type: "button", "aria-label": `Use ${name}`, onclick: () => this.use(start) },
          "Use",
        )
      : "";
    return element(
      "tr",
      { class: start ? "" : "present" },
      element("th", { scope: "row", class: "name" }, name),
      element("td", {}, figure(totals.metric, percent(totals.metric))),
      element("td", {}, ...(start ? this.intervals(start) : [])),
      ...shares,
      element("td", {}, figure(totals.perClip, totals.perClip.toFixed(2))),
      element("td", {}, button),
    );
  }

  // Interval of the metric, and of what it is less that of the page's own thresholds.
  intervals({ low, high, difference }) {
    const own = `${percent(low)} to ${percent(high)}`;
    const [gained, least, most] = difference.map((share) => signed(100 * share));
    if (difference[0] === 0) return [own];
    return [own, element("small", {}, `${gained} (${least} to ${most})`)];
  }
}
