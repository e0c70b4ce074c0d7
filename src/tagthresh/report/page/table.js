// The table of tags: searched, sorted, filtered, and their thresholds moved.

const ROWS = 60; // shown at first; rows are made when they are first shown
const FEW = 10;
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
    help: "of F1, on the thresholds under “Gain on”",
  },
  { key: "support", title: "Support", kind: "mass", help: "positive clips" },
  { key: "predicted", title: "Given", kind: "mass", help: "clips that get the tag" },
];

class TagTable {
  constructor(model, actions) {
    Object.assign(this, { model, actions });
    this.rows = new Map();
    this.sort = { key: "support", down: true };
    this.limit = ROWS;
    this.against = model.starts.length > 3 ? 1 : model.starts.length - 1;
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
    const select = byId("against");
    select.append(
      ...this.model.starts.map(({ name }, i) =>
        element("option", { value: i, selected: i === this.against }, name),
      ),
    );
    select.addEventListener("change", () => {
      this.against = Number(select.value);
      this.refresh();
      this.list();
      this.actions.compared();
    });
    byId("search").addEventListener("input", () => this.again());
    byId("filter").addEventListener("change", () => {
      const sorts = {
        worst: { key: "f1", down: false },
        gain: { key: "gain", down: true },
        loss: { key: "gain", down: false },
      };
      this.sort = sorts[byId("filter").value] ?? this.sort;
      this.again();
    });
    byId("more").addEventListener("click", () => {
      this.limit = Infinity;
      this.list();
    });
  }

  again() {
    this.limit = ROWS;
    this.list();
  }

  sortBy(key) {
    const down = this.sort.key === key ? !this.sort.down : key !== "tag";
    this.sort = { key, down };
    this.list();
  }

  // What a tag is sorted by

  valueOf(tag, key) {
    const { tp, accepted, positives, ...shares } = this.model.tagFigures(tag);
    if (key === "tag") return this.model.tags[tag];
    if (key === "threshold") return this.model.value(this.model.now[tag]);
    if (key === "gain") return this.gain(tag);
    return { ...shares, support: positives, predicted: accepted }[key];
  }

  gain(tag) {
    const { f1 } = this.model.tagFigures(tag);
    return f1 - this.model.tagFigures(tag, this.model.starts[this.against].place[tag]).f1;
  }

  verdict(tag) {
    return this.model.gainInterval(tag, this.model.starts[this.against])?.verdict;
  }

  // Tags to show, in order

  chosen() {
    const words = byId("search").value.trim().toLowerCase();
    const filter = byId("filter").value;
    const keep = {
      all: () => true,
      changed: (tag) => this.model.isChanged(tag),
      few: (tag) => this.model.content.positives[tag] < FEW,
      worst: (tag) => this.model.content.positives[tag] > 0,
      clear: (tag) => ["better", "worse"].includes(this.verdict(tag)),
      gain: (tag) => this.gain(tag) > 0,
      loss: (tag) => this.gain(tag) < 0,
    }[filter];
    let tags = this.model.tags.map((_, tag) => tag).filter(keep);
    if (["worst", "gain", "loss"].includes(filter)) tags = this.sorted(tags).slice(0, 20);
    return this.sorted(tags.filter((tag) => this.model.tags[tag].toLowerCase().includes(words)));
  }

  sorted(tags) {
    const { key, down } = this.sort;
    const values = new Map(tags.map((tag) => [tag, this.valueOf(tag, key)]));
    const order = (a, b) => {
      const [one, other] = [values.get(a), values.get(b)];
      const less = typeof one === "string" ? one.localeCompare(other) : one - other || 0;
      return (down ? -less : less) || a - b;
    };
    return [...tags].sort(order);
  }

  list() {
    const tags = this.chosen();
    const shown = tags.slice(0, this.limit);
    this.body.replaceChildren(...shown.map((tag) => this.row(tag).node));
    for (const cell of byId("table").querySelectorAll("th[data-key]")) {
      const sorted = cell.dataset.key === this.sort.key;
      if (sorted) cell.setAttribute("aria-sort", this.sort.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    byId("judged").hidden = !this.model.content.gains.has(this.model.starts[this.against].name);
    byId("table").hidden = shown.length === 0;
    byId("empty").hidden = shown.length > 0;
    byId("empty").textContent = this.nothing();
    byId("shown").textContent =
      `${counted(shown.length, "tag")} of ${this.model.n.toLocaleString("en")} shown`;
    byId("more").hidden = shown.length === tags.length;
    byId("more").textContent = `Show all ${tags.length}`;
  }

  nothing() {
    const words = byId("search").value.trim();
    if (words) return `No tag shown here has “${words}” in its name.`;
    return (
      {
        changed: "No threshold has been changed yet.",
        few: "Every tag has at least 10 positive clips.",
        clear:
          "No tag is clearly better or worse; intervals and verdicts are known of files that were compared.",
        gain: "No tag gains on the thresholds compared with.",
        loss: "No tag loses against the thresholds compared with.",
      }[byId("filter").value] ?? "No tag has a positive clip."
    );
  }

  row(tag) {
    if (!this.rows.has(tag)) this.rows.set(tag, new TagRow(this, tag));
    return this.rows.get(tag);
  }

  // Draw anew the rows whose figures may have changed.
  refresh() {
    for (const row of this.rows.values()) row.draw();
  }

  mark(tag) {
    for (const row of this.rows.values()) {
      row.node.classList.toggle("chosen", row.tag === tag);
      if (row.tag === tag) row.name.setAttribute("aria-current", "true");
      else row.name.removeAttribute("aria-current");
    }
  }
}

// One line of the same height whatever is known, so that no row moves when its threshold does.
function gainText(found) {
  if (!found) return "";
  const { low, high, verdict } = found;
  if (verdict === "changed" || verdict === "same") return verdict;
  return `${{ better: "▲ ", worse: "▼ " }[verdict] ?? ""}${signed(100 * low)} to ${signed(100 * high)}`;
}

class TagRow {
  constructor(table, tag) {
    const { model, actions } = table;
    Object.assign(this, { table, tag });
    const status = model.content.status[tag];
    this.name = element(
      "button",
      { type: "button", class: "link", onclick: () => actions.select(tag) },
      model.tags[tag],
    );
    this.control = new ThresholdControl(model, tag, actions);
    this.cells = Object.fromEntries(COLUMNS.slice(2).map(({ key }) => [key, element("data")]));
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
      ...COLUMNS.slice(2).map(({ key, kind }) =>
        element("td", { class: `${kind} ${key}` }, this.cells[key]),
      ),
    );
    this.interval = element("small");
    this.cells.gain.after(this.interval);
    this.draw();
  }

  draw() {
    const { model, against } = this.table;
    const shown = `${model.now[this.tag]} ${against}`;
    if (shown === this.shown) return;
    this.shown = shown;
    const found = model.tagFigures(this.tag);
    const { positives, accepted } = found;
    const gain = this.table.gain(this.tag);
    for (const [key, whole] of Object.entries(wholesOf(found))) {
      setFigure(this.cells[key], found[key], percentOf(found[key], whole).replace(" %", ""));
    }
    setFigure(this.cells.gain, gain, signed(100 * gain));
    this.interval.textContent = gainText(model.gainInterval(this.tag, model.starts[against]));
    this.cells.gain.className = gain > 0 ? "better" : gain < 0 ? "worse" : "";
    setFigure(this.cells.support, positives, massText(positives));
    setFigure(this.cells.predicted, accepted, massText(accepted));
    this.node.classList.toggle("changed", model.isChanged(this.tag));
    this.control.draw();
  }
}
