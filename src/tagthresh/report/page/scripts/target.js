// @ts-check
// The forms that set thresholds by a target: for all tags at once, or for the tag on show.

import { byId, element, say } from "./elements.js";
import { counted, percent, typedNumber } from "./words.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./model.js").Target} Target
 */

/** @type {Record<Target, string>} */
const EXAMPLES = { precision: "80", recall: "80", perClip: "2", fbeta: "1" };

/** @param {string} kind */
const isShare = (kind) => kind === "precision" || kind === "recall";

// A kind of target, a number and a button.
class TargetForm {
  /**
   * @param {HTMLElement} box
   * @param {{
   *   id: string,
   *   of: string,
   *   kinds: Partial<Record<Target, string>>,
   *   button: string,
   *   first?: HTMLElement,
   *   set: (kind: Target, number: number) => string,
   * }} options `set` sets thresholds, or returns why that cannot be.
   */
  constructor(box, { id, of, kinds, button, first, set }) {
    this.set = set;
    this.kind = element(
      "select",
      { id: `${id}-kind`, "aria-label": `Kind of target${of}`, onchange: () => this.prepare() },
      ...Object.entries(kinds).map(([value, text]) => element("option", { value }, text)),
    );
    this.input = element("input", {
      id: `${id}-value`,
      inputmode: "decimal",
      size: 4,
      autocomplete: "off",
      "aria-label": `Target${of}`,
    });
    this.unit = element("span");
    this.error = element("p", { id: `${id}-error`, class: "error", role: "alert", hidden: true });
    const submit = element("button", { type: "submit" }, button);
    const number = element("span", { class: "joined" }, this.input, this.unit, submit);
    const row = element("p", { class: "row" }, ...(first ? [first] : []), this.kind, number);
    const form = element("form", {}, row, this.error);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    box.append(form);
    this.prepare();
  }

  get target() {
    return /** @type {Target} */ (this.kind.value);
  }

  prepare() {
    this.unit.textContent = isShare(this.target) ? "%" : "";
    this.input.value = EXAMPLES[this.target];
    this.showError("");
  }

  submit() {
    const typed = typedNumber(this.input.value);
    const share = isShare(this.target);
    if (typed === null || typed <= 0) this.showError("Type a number above 0.");
    else if (share && typed > 100) this.showError("Type a share of at most 100 %.");
    else this.showError(this.set(this.target, share ? typed / 100 : typed));
  }

  /** @param {string} text */
  showError(text) {
    this.input.setAttribute("aria-invalid", String(text !== ""));
    this.error.textContent = text;
    this.error.hidden = text === "";
  }
}

/**
 * The form for all tags: their total, or each of them, keeps the target.
 *
 * @param {Model} model
 * @param {(places: Uint32Array) => void} use
 */
export function targetForAll(model, use) {
  const scope = element(
    "select",
    { id: "target-scope", "aria-label": "What keeps the target" },
    element("option", { value: "total" }, "all tags together"),
    element("option", { value: "each" }, "each tag by itself"),
  );
  new TargetForm(byId("target"), {
    id: "target",
    of: "",
    kinds: {
      precision: "precision at least",
      recall: "recall at least",
      perClip: `tags ${model.perWhat} at most`,
      fbeta: "best F-beta, with beta",
    },
    button: "Set thresholds",
    first: scope,
    set: (kind, number) => {
      const found = (scope.value === "each" ? eachTag : together)(model, kind, number);
      if (typeof found === "string") return found;
      use(found);
      say(scope.value === "each" ? eachWords(model) : totalWords(model));
      return "";
    },
  });
}

/**
 * The form for one tag.
 *
 * @param {HTMLElement} box
 * @param {Model} model
 * @param {number} tag
 * @param {(place: number) => void} use
 */
export function targetForTag(box, model, tag, use) {
  new TargetForm(box, {
    id: "tag-target",
    of: ` for ${model.tags[tag]}`,
    kinds: { precision: "precision at least", recall: "recall at least" },
    button: "Set",
    set: (kind, number) => {
      const place = model.tagPlaceFor(tag, kind, number);
      if (place === model.last(tag)) return "No threshold of this tag reaches that.";
      use(place);
      return "";
    },
  });
}

/**
 * Stops on the frontier, or why there are none.
 *
 * @param {Model} model
 * @param {Target} kind
 * @param {number} number
 */
function together(model, kind, number) {
  const vertex = model.vertexFor(kind, number);
  return vertex < 1 ? outOfReach(model, kind) : model.placesAt(vertex);
}

/**
 * @param {Model} model
 * @param {Target} kind
 */
function outOfReach(model, kind) {
  const some = model.vertices.slice(1);
  if (!some.length) return "No tag has a positive clip here, so there is nothing to aim at.";
  const [first, last] = [some[0], some[some.length - 1]];
  return {
    precision: `No thresholds on the line reach that: the highest precision is ${percent(first.precision)} %.`,
    recall: `No thresholds on the line reach that: the highest recall is ${percent(last.recall)} %.`,
    perClip: `The line begins at ${first.perClip.toPrecision(2)} tags ${model.perWhat}.`,
    fbeta: "",
  }[kind];
}

/**
 * @param {Model} model
 * @param {Target} kind
 * @param {number} number
 */
function eachTag(model, kind, number) {
  const places = Uint32Array.from(model.tags, (_, tag) => model.tagPlaceFor(tag, kind, number));
  const none = places.every((place, tag) => place === model.last(tag));
  return none ? "No tag reaches that on these clips." : places;
}

/** @param {Model} model */
function totalWords(model) {
  const { precision, recall, perClip } = model.totals();
  return (
    `All thresholds are set: precision ${percent(precision)} %, recall ${percent(recall)} %, ` +
    `${perClip.toFixed(2)} tags ${model.perWhat}.`
  );
}

/** @param {Model} model */
function eachWords(model) {
  const never = model.now.filter((place, tag) => place === model.last(tag)).length;
  if (never === 0) return "Every tag keeps the target on these clips.";
  const others = counted(model.n - never, "tag");
  return `The target can be kept for ${others}. The threshold of the other ${never} is “never” now.`;
}
