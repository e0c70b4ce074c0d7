// @ts-check
// The table of tags: searched, sorted, filtered, and their thresholds moved.

import {
  buttonById,
  byId,
  download,
  element,
  inputById,
  selectById,
  setFigure,
} from "./elements.js";
import { wholesOf } from "./model.js";
import { ThresholdControl } from "./threshold.js";
import { counted, massText, percentOf, signed } from "./words.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./threshold.js").Actions} Actions
 * @typedef {"precision" | "recall" | "f1" | "gain" | "support" | "predicted"} Column
 */

const ROWS = 60; // shown at first; rows are made when they are first shown
const FEW = 10;
/** @type {{ key: "tag" | "threshold" | Column, title: string, kind: string, help?: string }[]} */
const COLUMNS = [
  { key: "tag", title: "Tag", kind: "name" },
  { key: "threshold", title: "Threshold", kind: "threshold" },
  { key: "precision", title: "Precision %", kind: "share" },
  { key: "recall", title: "Recall %", kind: "share" },
  { key: "f1", title: "F1 %", kind: "share" },
  {
    key: "gain",
    title: "Gain, points",
    kind: "gain",
    help: "in F1, over the thresholds under “Compare with”",
  },
  { key: "support", title: "Support", kind: "mass", help: "positive clips" },
  { key: "predicted", title: "Predicted", kind: "mass", help: "clips that get the tag" },
];
const FIGURES = /** @type {{ key: Column, kind: string }[]} */ (COLUMNS.slice(2));

/** @type {Record<string, { key: Column, down: boolean }>} */
const SORTS = {
  worst: { key: "f1", down: false },
  gain: { key: "gain", down: true },
  loss: { key: "gain", down: false },
};

/** @type {Record<string, string>} */
const NOTHING = {
  changed: "No threshold has been changed yet.",
  few: `Every tag has at least ${FEW} positive clips.`,
  clear:
    "No tag is clearly better or worse. The page knows this only for files given to compare with.",
  gain: "No tag gains over the thresholds compared with.",
  loss: "No tag loses against the thresholds compared with.",
};

export class TagTable {
  /**
   * @param {Model} model
   * @param {Actions} actions
   */
  constructor(model, actions) {
    this.model = model;
    this.actions = actions;
    /** @type {Map<number, TagRow>} */
    this.rows = new Map();
    this.sort = { key: "support", down: true };
    this.limit = ROWS;
    const shared = model.starts.findIndex(({ name }) => name === "best shared");
    this.against = model.starts.length > 3 ? 1 : Math.max(shared, 0); // a file given comes first
    this.head();
    this.body = element("tbody");
    byId("table").append(this.body);
    this.controls();
    this.list();
  }

  head() {
    const cells = COLUMNS.map(({ key, title, kind, help }) =>
      element(
        "th",
        { scope: "col", class: kind, "data-key": key, title: help ?? null },
        element("button", { type: "button", onclick: () => this.sortBy(key) }, title),
      ),
    );
    byId("table").append(
      element(
        "caption",
        { class: "unseen" },
        "Tags with their thresholds and figures on these clips",
      ),
      element("thead", {}, element("tr", {}, ...cells)),
    );
  }

  controls() {
    this.chooseAgainst();
    this.chooseStatus();
    byId("search").addEventListener("input", () => this.again());
    byId("filter").addEventListener("change", () => {
      this.sort = SORTS[selectById("filter").value] ?? this.sort;
      this.again();
    });
    byId("more").addEventListener("click", () => {
      this.limit = Infinity;
      this.list();
    });
    byId("export").addEventListener("click", () => this.export());
  }

  chooseAgainst() {
    const select = selectById("against");
    const options = this.model.starts.map(({ name }, i) =>
      element("option", { value: i, selected: i === this.against }, name),
    );
    select.append(...options);
    select.addEventListener("change", () => {
      this.against = Number(select.value);
      this.refresh();
      this.list();
      this.actions.compared();
    });
  }

  chooseStatus() {
    const { status } = this.model.content;
    const options = [...new Set(status)].sort().map((name) => {
      const count = status.filter((other) => other === name).length;
      return element("option", { value: name }, `${name} (${count.toLocaleString("en")})`);
    });
    selectById("status").append(...options);
    byId("status").addEventListener("change", () => this.again());
  }

  again() {
    this.limit = ROWS;
    this.list();
  }

  /** @param {string} key */
  sortBy(key) {
    const down = this.sort.key === key ? !this.sort.down : key !== "tag";
    this.sort = { key, down };
    this.list();
  }

  // What a tag is sorted by

  /**
   * @param {number} tag
   * @param {string} key
   */
  valueOf(tag, key) {
    if (key === "tag") return this.model.tags[tag];
    if (key === "threshold") return this.model.value(this.model.now[tag]);
    return this.figures(tag)[/** @type {Column} */ (key)];
  }

  /**
   * @param {number} tag
   * @returns {Record<Column, number>}
   */
  figures(tag) {
    const { precision, recall, f1, positives, accepted } = this.model.tagFigures(tag);
    return { precision, recall, f1, gain: this.gain(tag), support: positives, predicted: accepted };
  }

  get other() {
    return this.model.starts[this.against];
  }

  /** @param {number} tag */
  gain(tag) {
    return this.model.tagFigures(tag).f1 - this.model.tagFigures(tag, this.other.place[tag]).f1;
  }

  /** @param {number} tag */
  gainInterval(tag) {
    return this.model.gainInterval(tag, this.other);
  }

  // Tags to show, in order

  chosen() {
    const words = inputById("search").value.trim().toLowerCase();
    const [filter, status] = [selectById("filter").value, selectById("status").value];
    const { positives, status: statuses } = this.model.content;
    /** @type {Record<string, (tag: number) => boolean>} */
    const filters = {
      all: () => true,
      changed: (tag) => this.model.isChanged(tag),
      few: (tag) => positives[tag] < FEW,
      worst: (tag) => positives[tag] > 0,
      clear: (tag) => ["better", "worse"].includes(this.gainInterval(tag)?.verdict ?? ""),
      gain: (tag) => this.gain(tag) > 0,
      loss: (tag) => this.gain(tag) < 0,
    };
    const all = this.model.tags.map((_, tag) => tag);
    let tags = all.filter((tag) => status === "any" || statuses[tag] === status);
    tags = tags.filter(filters[filter]);
    if (filter in SORTS) tags = this.sorted(tags).slice(0, 20);
    return this.sorted(tags.filter((tag) => this.model.tags[tag].toLowerCase().includes(words)));
  }

  /** @param {number[]} tags */
  sorted(tags) {
    const { key, down } = this.sort;
    const values = new Map(tags.map((tag) => [tag, this.valueOf(tag, key)]));
    /** @type {(a: number, b: number) => number} */
    const order = (a, b) => {
      const [one, other] = [values.get(a) ?? 0, values.get(b) ?? 0];
      const less =
        typeof one === "string" ? one.localeCompare(String(other)) : one - Number(other) || 0;
      return (down ? -less : less) || a - b;
    };
    return [...tags].sort(order);
  }

  list() {
    const tags = this.chosen();
    const shown = tags.slice(0, this.limit);
    this.body.replaceChildren(...shown.map((tag) => this.row(tag).node));
    for (const cell of byId("table").querySelectorAll("th[data-key]")) {
      const sorted = cell.getAttribute("data-key") === this.sort.key;
      if (sorted) cell.setAttribute("aria-sort", this.sort.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    byId("judged").hidden = !this.model.content.gains.has(this.other.name);
    byId("table").hidden = shown.length === 0;
    byId("empty").hidden = shown.length > 0;
    byId("empty").textContent = this.nothing();
    byId("shown").textContent =
      `${counted(shown.length, "tag")} of ${this.model.n.toLocaleString("en")} shown`;
    byId("more").hidden = shown.length === tags.length;
    byId("more").textContent = `Show all ${tags.length}`;
    buttonById("export").disabled = tags.length === 0;
  }

  nothing() {
    const words = inputById("search").value.trim();
    if (words) return `No tag shown here has “${words}” in its name.`;
    if (selectById("status").value !== "any") return "No tag with that status is shown here.";
    return NOTHING[selectById("filter").value] ?? "No tag has a positive clip.";
  }

  // The table as a file, with the tags that are listed, in their order.
  export() {
    const { model } = this;
    const head = ["tag", "threshold", "precision", "recall", "f1", `gain over ${this.other.name}`];
    const rows = this.chosen().map((tag) => {
      const threshold = model.value(model.now[tag]);
      return [
        model.tags[tag],
        Number.isFinite(threshold) ? threshold : "never",
        ...Object.values(this.figures(tag)),
        model.content.status[tag],
      ];
    });
    const lines = [[...head, "support", "predicted", "status"], ...rows];
    const text = lines.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
    download("tags.csv", "text/csv", text);
  }

  /** @param {number} tag */
  row(tag) {
    const row = this.rows.get(tag) ?? new TagRow(this, tag);
    this.rows.set(tag, row);
    return row;
  }

  // Draw anew the rows whose figures may have changed.
  refresh() {
    for (const row of this.rows.values()) row.draw();
  }

  /** @param {number} tag */
  mark(tag) {
    for (const row of this.rows.values()) {
      row.node.classList.toggle("chosen", row.tag === tag);
      if (row.tag === tag) row.name.setAttribute("aria-current", "true");
      else row.name.removeAttribute("aria-current");
    }
  }
}

/** @param {string | number} value */
function csvCell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * One line of the same height whatever is known, so that no row moves when its threshold does.
 *
 * @param {ReturnType<Model["gainInterval"]>} found
 */
function gainText(found) {
  if (!found) return "";
  const { low, high, verdict } = found;
  if (verdict === "changed" || verdict === "same") return verdict;
  const sign = { better: "▲ ", worse: "▼ " }[verdict] ?? "";
  return `${sign}${signed(100 * low)} to ${signed(100 * high)}`;
}

class TagRow {
  /**
   * @param {TagTable} table
   * @param {number} tag
   */
  constructor(table, tag) {
    const { model, actions } = table;
    this.table = table;
    this.tag = tag;
    this.shown = "";
    this.name = element(
      "button",
      { type: "button", class: "link", onclick: () => actions.select(tag) },
      model.tags[tag],
    );
    this.control = new ThresholdControl(model, tag, actions);
    this.cells = new Map(FIGURES.map(({ key }) => [key, element("data")]));
    this.interval = element("small");
    const status = model.content.status[tag];
    this.node = element(
      "tr",
      {},
      element(
        "th",
        { scope: "row", class: "name" },
        this.name,
        status === "ok" ? "" : element("small", { class: "status" }, status),
      ),
      element("td", { class: "threshold" }, ...this.control.nodes),
      ...FIGURES.map(({ key, kind }) =>
        element(
          "td",
          { class: `${kind} ${key}` },
          /** @type {HTMLDataElement} */ (this.cells.get(key)),
          key === "gain" ? this.interval : "",
        ),
      ),
    );
    this.draw();
  }

  draw() {
    const { table, tag } = this;
    const { model } = table;
    const shown = `${model.now[tag]} ${table.against}`;
    if (shown === this.shown) return;
    this.shown = shown;
    const found = table.figures(tag);
    const wholes = wholesOf(model.tagFigures(tag));
    const share = (/** @type {"precision" | "recall" | "f1"} */ key) =>
      percentOf(found[key], wholes[key]).replace(" %", "");
    const texts = {
      precision: share("precision"),
      recall: share("recall"),
      f1: share("f1"),
      gain: signed(100 * found.gain),
      support: massText(found.support),
      predicted: massText(found.predicted),
    };
    for (const [key, cell] of this.cells) setFigure(cell, found[key], texts[key]);
    this.interval.textContent = gainText(table.gainInterval(tag));
    const kind = found.gain > 0 ? "better" : found.gain < 0 ? "worse" : "";
    this.cells.get("gain")?.setAttribute("class", kind);
    this.node.classList.toggle("changed", model.isChanged(tag));
    this.control.draw();
  }
}
