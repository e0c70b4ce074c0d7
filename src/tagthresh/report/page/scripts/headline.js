// @ts-check
// The totals that stay in sight, and the table of sets of thresholds.

import { buttonById, byId, element, figure, namedFigure } from "./elements.js";
import { counted, metricText, percent, percentOf, signed } from "./words.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./model.js").Totals} Totals
 */

/** @param {Model} model */
export function drawTotals(model) {
  const [now, own, { changed }] = [model.totals(), model.starts[0].totals, model];
  /** @type {(name: string, key: "metric" | "precision" | "recall") => HTMLElement} */
  const share = (name, key) =>
    total(
      name,
      key,
      figure(now[key], percentOf(now[key], key === "precision" ? now.accepted : 1)),
      `${signed(100 * (now[key] - own[key]))} points`,
    );
  /** @type {(name: string, key: string, value: HTMLDataElement, change: string) => HTMLElement} */
  const total = (name, key, value, change) =>
    namedFigure(name, value, changed ? change : "as chosen", { "data-figure": key });
  byId("figures").replaceChildren(
    share(metricText(model.content.metric.name), "metric"),
    share("Precision", "precision"),
    share("Recall", "recall"),
    total(
      `Tags ${model.perWhat}`,
      "perClip",
      figure(now.perClip, now.perClip.toFixed(2)),
      signed(now.perClip - own.perClip, 2),
    ),
    total("Tags changed", "changed", figure(changed, String(changed)), `of ${model.n}`),
  );
  buttonById("undo").disabled = !model.canUndo && !changed;
  buttonById("redo").disabled = !model.canRedo;
  buttonById("reset").disabled = changed === 0;
}

export class SetsTable {
  /**
   * @param {Model} model
   * @param {(start: Model["starts"][0]) => void} use
   */
  constructor(model, use) {
    this.model = model;
    byId("fitted").textContent = this.fitted();
    const heads = [
      metricText(model.content.metric.name),
      "95 % interval",
      "Macro",
      "Precision",
      "Recall",
      `Tags ${model.perWhat}`,
      element("span", { class: "unseen" }, "Use"),
    ].map((head) => element("th", { scope: "col" }, head));
    const first = element("th", { scope: "col", class: "name" }, "Thresholds");
    const body = element("tbody");
    byId("compared").append(element("thead", {}, element("tr", {}, first, ...heads)), body);
    this.now = element("tr", { class: "present" });
    const starts = model.starts.map((start) => {
      const button = element(
        "button",
        { type: "button", "aria-label": `Use ${start.name}`, onclick: () => use(start) },
        "Use",
      );
      return element("tr", {}, ...this.cells(start.name, start.totals, intervals(start), button));
    });
    body.append(...starts, this.now);
    this.draw();
  }

  // Where the thresholds come from, and what is to be expected of them.
  fitted() {
    const { thresholds, expected, clips, share, same_clips: sameClips } = this.model.content;
    const { metric, method, score } = thresholds;
    if (!metric || !method || score === undefined)
      return `Judged on ${counted(clips, "clip")}. tagthresh did not fit these thresholds.`;
    /** @param {number} value */
    const text = (value) => (share ? `${percent(value)} %` : value.toPrecision(4));
    const fittedOn = counted(thresholds.clips ?? 0, "training clip");
    const parts = [
      `The method ${method.name.replaceAll("_", " ")} chose these thresholds for ${metricText(metric)} on ${fittedOn}, where they reach ${text(score)}.`,
    ];
    if (expected)
      parts.push(
        `On new clips, expect ${text(expected.score)} (cross-fitted, 95 % interval ${text(expected.low)} to ${text(expected.high)}).`,
      );
    if (sameClips) parts.push("They were fitted on these very clips, so expect less on new ones.");
    return [...parts, `The table is about the ${counted(clips, "clip")} on this page, in %.`].join(
      " ",
    );
  }

  draw() {
    const { changed } = this.model;
    const words = changed ? `${counted(changed, "tag")} changed` : "as chosen";
    this.now.replaceChildren(
      ...this.cells("now", this.model.totals(), [element("small", {}, words)], ""),
    );
  }

  /**
   * @param {string} name
   * @param {Totals} totals
   * @param {(Node | string)[]} interval
   * @param {Node | string} button
   */
  cells(name, totals, interval, button) {
    /** @type {(share: number, whole: number) => HTMLElement} */
    const share = (value, whole) => figure(value, percentOf(value, whole).replace(" %", ""));
    return [
      element("th", { scope: "row", class: "name" }, name),
      element("td", {}, figure(totals.metric, percent(totals.metric))),
      element("td", {}, ...interval),
      element("td", {}, share(totals.macro, 1)),
      element("td", {}, share(totals.precision, totals.accepted)),
      element("td", {}, share(totals.recall, 1)),
      element("td", {}, figure(totals.perClip, totals.perClip.toFixed(2))),
      element("td", {}, button),
    ];
  }
}

/**
 * Interval of the metric, and of the difference to that of the page's own thresholds.
 *
 * @param {import("./content.js").Start} start
 */
function intervals({ low, high, difference }) {
  const own = `${percent(low)} to ${percent(high)}`;
  if (difference[0] === 0) return [own];
  const [gained, least, most] = difference.map((share) => signed(100 * share));
  return [own, element("small", {}, `${gained} (${least} to ${most})`)];
}
