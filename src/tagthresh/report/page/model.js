// Thresholds and what they do. No drawing: everything here is counts and places of stops.

const ratio = (part, whole) => (whole > 0 ? part / whole : 0);
const fscore = (tp, accepted, positives, beta = 1) =>
  ratio((1 + beta * beta) * tp, accepted + beta * beta * positives);

// What precision, recall and F1 are shares of.
const wholesOf = ({ accepted, positives }) => ({
  precision: accepted,
  recall: positives,
  f1: accepted + positives,
});

class Model {
  constructor(content) {
    this.content = content;
    this.tags = content.tags;
    this.n = content.tags.length;
    this.starts = content.starts.map(({ place, ...rest }) => ({
      ...rest,
      place: Uint32Array.from(place),
    }));
    this.positives = sum(content.positives);
    this.known = sum(content.known);
    for (const start of this.starts) start.totals = this.totals(start.place);
    this.own = this.starts[0].place;
    this.now = this.own.slice();
    this.states = [this.own.slice()]; // what undo goes back to
    this.at = 0;
    this.walk();
  }

  // What a tag does at a place

  tp(place) {
    return this.content.stops.tp[place];
  }

  accepted(place) {
    return this.content.stops.accepted[place];
  }

  value(place) {
    return this.content.stops.value[place];
  }

  first(tag) {
    return this.content.stops.offset[tag];
  }

  last(tag) {
    return this.content.stops.offset[tag + 1] - 1; // never
  }

  tagFigures(tag, place = this.now[tag]) {
    const [tp, accepted, positives] = [
      this.tp(place),
      this.accepted(place),
      this.content.positives[tag],
    ];
    return {
      tp,
      accepted,
      positives,
      precision: ratio(tp, accepted),
      recall: ratio(tp, positives),
      f1: fscore(tp, accepted, positives),
    };
  }

  // Intervals of precision, recall and F1. F1 is 2 J / (1 + J), where J = TP / (TP + FP + FN) is a
  // share of clips, so its interval is that of J, carried over.
  tagIntervals(tag, place = this.now[tag]) {
    const { tp, accepted, positives } = this.tagFigures(tag, place);
    const each = ratio(this.content.effective[tag], this.content.known[tag]);
    const [precision, recall, jaccard] = [accepted, positives, accepted + positives - tp].map(
      (whole) => shareInterval(tp * each, whole * each),
    );
    return { precision, recall, f1: jaccard.map((j) => (2 * j) / (1 + j)) };
  }

  // Interval and verdict of what a tag gains on a start, null where they are not known: they are of
  // those given to compare with. They are of the tag's own threshold, no other.
  gainInterval(tag, start) {
    const found = this.content.gains.get(start.name);
    if (!found) return null;
    const verdict = this.isChanged(tag) ? "changed" : found.verdict[tag];
    return { low: found.low[tag], high: found.high[tag], verdict };
  }

  // Totals of all tags at given places

  totals(places = this.now) {
    const { positives } = this.content;
    let [tp, accepted, macro, weighted] = [0, 0, 0, 0];
    const { beta } = this.content.metric;
    for (let tag = 0; tag < this.n; tag += 1) {
      const [own, all] = [this.tp(places[tag]), this.accepted(places[tag])];
      tp += own;
      accepted += all;
      macro += fscore(own, all, positives[tag], beta) / this.n;
      weighted += fscore(own, all, positives[tag], beta) * positives[tag];
    }
    const micro = fscore(tp, accepted, this.positives, beta);
    const averages = { micro, macro, weighted: ratio(weighted, this.positives) };
    return {
      ...this.ofSums(tp, accepted),
      ...averages,
      metric: averages[this.content.metric.average],
    };
  }

  // What the number of tags given is of. Where labels are partly unknown, or weights differ from
  // tag to tag, nobody knows how many tags a clip is given.
  get perWhat() {
    return this.content.complete ? "per clip" : `per ${this.n} known labels`;
  }

  ofSums(tp, accepted) {
    return {
      tp,
      accepted,
      precision: ratio(tp, accepted),
      recall: ratio(tp, this.positives),
      perClip: this.n * ratio(accepted, this.known),
    };
  }

  // Changes

  move(tag, place) {
    this.now[tag] = place;
  }

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

  isChanged(tag) {
    return this.now[tag] !== this.own[tag];
  }

  get changed() {
    return this.tags.reduce((count, _, tag) => count + this.isChanged(tag), 0);
  }

  // Stop nearest to a number: never above the highest score, else by distance.
  nearest(tag, number) {
    const [first, last] = [this.first(tag), this.last(tag)];
    if (number > this.content.highest[tag]) return last;
    let above = first;
    while (above < last - 1 && this.value(above) < number) above += 1;
    if (above === first || first === last) return above;
    return this.value(above) - number < number - this.value(above - 1) ? above : above - 1;
  }

  // The frontier: its vertices, and the places of all tags at one

  walk() {
    const { path, stops } = this.content;
    this.tagOf = new Uint32Array(stops.value.length);
    for (let tag = 0; tag < this.n; tag += 1)
      this.tagOf.fill(tag, this.first(tag), this.last(tag) + 1);
    const held = this.never();
    let [tp, accepted] = [0, 0];
    this.vertices = [this.ofSums(tp, accepted)];
    for (const place of path) {
      const tag = this.tagOf[place];
      tp += this.tp(place) - this.tp(held[tag]);
      accepted += this.accepted(place) - this.accepted(held[tag]);
      held[tag] = place;
      this.vertices.push(this.ofSums(tp, accepted));
    }
  }

  never() {
    return Uint32Array.from(this.tags, (_, tag) => this.last(tag));
  }

  placesAt(vertex) {
    const places = this.never();
    for (const place of this.content.path.subarray(0, vertex)) places[this.tagOf[place]] = place;
    return places;
  }

  // Vertex that keeps a limit with the most of the other, -1 where none does.
  vertexFor(kind, number) {
    const some = this.vertices.slice(1);
    const slack = 1e-12;
    if (kind === "recall") return 1 + some.findIndex((v) => v.recall >= number - slack) || -1;
    if (kind === "fbeta") {
      const scores = some.map((v) => fscore(v.tp, v.accepted, this.positives, number));
      return scores.length ? 1 + scores.indexOf(scores.reduce((a, b) => Math.max(a, b))) : -1;
    }
    const kept = {
      precision: (v) => v.precision >= number - slack,
      perClip: (v) => v.perClip <= number + slack,
    };
    return 1 + some.findLastIndex(kept[kind]) || -1;
  }

  // The thresholds file with the changes recorded as `Thresholds.override` records them.
  file() {
    const file = structuredClone(this.content.thresholds);
    const place = new Map((file.tags ?? []).map((name, i) => [name, i]));
    for (let tag = 0; tag < this.n; tag += 1) {
      if (!this.isChanged(tag)) continue;
      const key = file.tags ? this.tags[tag] : String(tag);
      const at = file.tags ? place.get(key) : tag;
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

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function same(one, other) {
  return one.every((value, i) => value === other[i]);
}
