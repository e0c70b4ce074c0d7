// @ts-check
// Thresholds and what they do. No drawing: everything here is counts and places of stops.

import { shareInterval } from "./beta.js";

/**
 * @typedef {import("./content.js").Content} Content
 * @typedef {import("./content.js").Start} Start
 * @typedef {{ [index: number]: number }} Places Stop of each tag.
 * @typedef {"precision" | "recall" | "perClip" | "fbeta"} Target
 * @typedef {{ tp: number, accepted: number, precision: number, recall: number, perClip: number }} Vertex
 * @typedef {Vertex & { micro: number, macro: number, weighted: number, metric: number }} Totals
 * @typedef {ReturnType<Model["tagFigures"]>} TagFigures
 */

const ROUNDING = 1e-12;

/**
 * @param {number} part
 * @param {number} whole
 */
const ratio = (part, whole) => (whole > 0 ? part / whole : 0);

/**
 * @param {number} tp
 * @param {number} accepted
 * @param {number} positives
 */
export const fscore = (tp, accepted, positives, beta = 1) =>
  ratio((1 + beta * beta) * tp, accepted + beta * beta * positives);

/**
 * What precision, recall and F1 are shares of.
 *
 * @param {{ accepted: number, positives: number }} figures
 */
export const wholesOf = ({ accepted, positives }) => ({
  precision: accepted,
  recall: positives,
  f1: accepted + positives,
});

export class Model {
  /** @param {Content} content */
  constructor(content) {
    this.content = content;
    this.tags = content.tags;
    this.n = content.tags.length;
    this.positives = sum(content.positives);
    this.known = sum(content.known);
    this.starts = content.starts.map((start) => {
      const place = Uint32Array.from(start.place);
      return { ...start, place, totals: this.totals(place) };
    });
    this.own = this.starts[0].place;
    this.now = this.own.slice();
    this.states = [this.own.slice()]; // what undo goes back to
    this.at = 0;
    this.tagOf = new Uint32Array(content.stops.value.length);
    for (let tag = 0; tag < this.n; tag += 1)
      this.tagOf.fill(tag, this.first(tag), this.last(tag) + 1);
    this.vertices = this.frontier();
  }

  // What a tag does at a place

  /** @param {number} place */
  tp(place) {
    return this.content.stops.tp[place];
  }

  /** @param {number} place */
  accepted(place) {
    return this.content.stops.accepted[place];
  }

  /** @param {number} place */
  value(place) {
    return this.content.stops.value[place];
  }

  /** @param {number} tag */
  first(tag) {
    return this.content.stops.offset[tag];
  }

  /** @param {number} tag */
  last(tag) {
    return this.content.stops.offset[tag + 1] - 1; // never
  }

  /** @param {number} tag */
  tagFigures(tag, place = this.now[tag]) {
    const [tp, accepted] = [this.tp(place), this.accepted(place)];
    const positives = this.content.positives[tag];
    return {
      tp,
      accepted,
      positives,
      precision: ratio(tp, accepted),
      recall: ratio(tp, positives),
      f1: fscore(tp, accepted, positives),
    };
  }

  /**
   * Intervals of precision, recall and F1. F1 is 2 J / (1 + J), where J = TP / (TP + FP + FN) is a
   * share of clips, so its interval is that of J, carried over.
   *
   * @param {number} tag
   */
  tagIntervals(tag, place = this.now[tag]) {
    const { tp, accepted, positives } = this.tagFigures(tag, place);
    const clipsPerMass = ratio(this.content.effective[tag], this.content.known[tag]);
    const [precision, recall, jaccard] = [accepted, positives, accepted + positives - tp].map(
      (whole) => shareInterval(tp * clipsPerMass, whole * clipsPerMass),
    );
    return { precision, recall, f1: jaccard.map((j) => (2 * j) / (1 + j)) };
  }

  /**
   * Interval and verdict of what a tag gains on a start. They are known for files that were given to
   * compare with, and for the tag's own threshold alone.
   *
   * @param {number} tag
   * @param {Start} start
   */
  gainInterval(tag, start) {
    const found = this.content.gains.get(start.name);
    if (!found) return null;
    const verdict = this.isChanged(tag) ? "changed" : found.verdict[tag];
    return { low: found.low[tag], high: found.high[tag], verdict };
  }

  // Totals of all tags at given places

  /**
   * @param {Places} places
   * @returns {Totals}
   */
  totals(places = this.now) {
    const { positives, metric } = this.content;
    let [tp, accepted, macro, weighted] = [0, 0, 0, 0];
    for (let tag = 0; tag < this.n; tag += 1) {
      const [hits, all] = [this.tp(places[tag]), this.accepted(places[tag])];
      const score = fscore(hits, all, positives[tag], metric.beta);
      tp += hits;
      accepted += all;
      macro += score / this.n;
      weighted += score * positives[tag];
    }
    const averages = {
      micro: fscore(tp, accepted, this.positives, metric.beta),
      macro,
      weighted: ratio(weighted, this.positives),
    };
    return { ...this.vertex(tp, accepted), ...averages, metric: averages[metric.average] };
  }

  // What tags are counted per. Where labels are partly unknown, or weights differ from tag to tag,
  // nobody knows how many tags a clip gets.
  get perWhat() {
    return this.content.complete ? "per clip" : `per ${this.n} known labels`;
  }

  /**
   * @param {number} tp
   * @param {number} accepted
   * @returns {Vertex}
   */
  vertex(tp, accepted) {
    return {
      tp,
      accepted,
      precision: ratio(tp, accepted),
      recall: ratio(tp, this.positives),
      perClip: this.n * ratio(accepted, this.known),
    };
  }

  // Changes

  /**
   * @param {number} tag
   * @param {number} place
   */
  move(tag, place) {
    this.now[tag] = place;
  }

  /** @param {Uint32Array} places */
  moveAll(places) {
    this.now.set(places);
  }

  // Keep the present state for undo.
  commit() {
    if (same(this.now, this.states[this.at])) return;
    this.states.splice(this.at + 1, Infinity, this.now.slice());
    this.at += 1;
  }

  undo() {
    if (same(this.now, this.states[this.at])) this.at -= 1;
    this.now.set(this.states[this.at]);
  }

  redo() {
    this.at += 1;
    this.now.set(this.states[this.at]);
  }

  get canUndo() {
    return this.at > 0;
  }

  get canRedo() {
    return this.at < this.states.length - 1;
  }

  /** @param {number} tag */
  isChanged(tag) {
    return this.now[tag] !== this.own[tag];
  }

  get changed() {
    return this.tags.reduce((count, _, tag) => count + Number(this.isChanged(tag)), 0);
  }

  /**
   * Stop nearest to a number: "never" above the highest score, else by distance.
   *
   * @param {number} tag
   * @param {number} number
   */
  nearest(tag, number) {
    const [first, last] = [this.first(tag), this.last(tag)];
    if (number > this.content.highest[tag]) return last;
    let above = first;
    while (above < last - 1 && this.value(above) < number) above += 1;
    if (above === first || first === last) return above;
    return this.value(above) - number < number - this.value(above - 1) ? above : above - 1;
  }

  // The frontier: its vertices, and the places of all tags at one

  frontier() {
    const places = this.never();
    let [tp, accepted] = [0, 0];
    const vertices = [this.vertex(tp, accepted)];
    for (const place of this.content.path) {
      const tag = this.tagOf[place];
      tp += this.tp(place) - this.tp(places[tag]);
      accepted += this.accepted(place) - this.accepted(places[tag]);
      places[tag] = place;
      vertices.push(this.vertex(tp, accepted));
    }
    return vertices;
  }

  never() {
    return Uint32Array.from(this.tags, (_, tag) => this.last(tag));
  }

  /** @param {number} vertex */
  placesAt(vertex) {
    const places = this.never();
    for (const place of this.content.path.subarray(0, vertex)) places[this.tagOf[place]] = place;
    return places;
  }

  /**
   * Vertex that keeps a limit with the most of the other, -1 where none does.
   *
   * @param {Target} kind
   * @param {number} number
   */
  vertexFor(kind, number) {
    const some = this.vertices.slice(1);
    if (kind === "recall") return 1 + some.findIndex((v) => v.recall >= number - ROUNDING) || -1;
    if (kind === "fbeta") {
      const scores = some.map((v) => fscore(v.tp, v.accepted, this.positives, number));
      return scores.length ? 1 + scores.indexOf(scores.reduce((a, b) => Math.max(a, b))) : -1;
    }
    const kept =
      kind === "precision"
        ? (/** @type {Vertex} */ v) => v.precision >= number - ROUNDING
        : (/** @type {Vertex} */ v) => v.perClip <= number + ROUNDING;
    return 1 + some.findLastIndex(kept) || -1;
  }

  /**
   * Highest stop of a tag that keeps a limit with the most of the other; "never" where none does.
   *
   * @param {number} tag
   * @param {Target} kind
   * @param {number} number
   */
  tagPlaceFor(tag, kind, number) {
    const positives = this.content.positives[tag];
    const most = number * this.content.known[tag];
    let [best, highest] = [this.last(tag), 0];
    for (let place = best - 1; place >= this.first(tag); place -= 1) {
      const [tp, accepted] = [this.tp(place), this.accepted(place)];
      const kept = {
        precision: tp >= number * accepted - ROUNDING * tp,
        recall: tp >= number * positives - ROUNDING * tp,
        perClip: accepted <= most + ROUNDING * accepted,
        fbeta: true,
      }[kind];
      if (!kept) continue;
      const score = {
        precision: ratio(tp, positives),
        recall: ratio(tp, accepted),
        perClip: ratio(tp, positives),
        fbeta: fscore(tp, accepted, positives, number),
      }[kind];
      if (score > highest) [best, highest] = [place, score];
    }
    return best;
  }

  // The thresholds file with the changes recorded as `Thresholds.override` records them.
  file() {
    const file = structuredClone(this.content.thresholds);
    const place = new Map((file.tags ?? []).map((name, i) => [name, i]));
    for (let tag = 0; tag < this.n; tag += 1) {
      if (!this.isChanged(tag)) continue;
      const key = file.tags ? this.tags[tag] : String(tag);
      const at = place.get(key) ?? tag;
      const known = Object.hasOwn(file.overrides, key);
      const fitted = known ? file.overrides[key].fitted : file.values[at];
      const number = this.value(this.now[tag]);
      const set = Number.isFinite(number) ? number : null;
      file.values[at] = set;
      Object.defineProperty(file.overrides, key, {
        value: { fitted, set }, // defined, not assigned: a tag may be called __proto__
        enumerable: true,
        configurable: true,
      });
    }
    return file;
  }
}

/** @param {import("./content.js").Numbers} values */
function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** @param {import("./content.js").Numbers} values */
export function largest(values) {
  let most = -Infinity;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/**
 * @param {Uint32Array} one
 * @param {Uint32Array} other
 */
function same(one, other) {
  return one.every((value, i) => value === other[i]);
}
