import assert from "node:assert/strict";
import { test } from "node:test";
import { readContent } from "../../../src/tagthresh/report/page/scripts/content.js";
import { Model } from "../../../src/tagthresh/report/page/scripts/model.js";
import { near, numbers } from "./numbers.js";

const { content, sets, frontier, targets } = numbers.page;
const newModel = () => new Model(readContent(JSON.stringify(content)));

test("totals of every set of thresholds are those of evaluate", () => {
  const model = newModel();
  for (const { name, totals } of model.starts) {
    if (!(name in sets)) continue;
    near(totals.micro, sets[name].f1_micro);
    near(totals.macro, sets[name].f1_macro);
    near(totals.weighted, sets[name].f1_weighted);
    near(totals.precision, sets[name].precision_micro);
    near(totals.recall, sets[name].recall_micro);
  }
});

test("figures of every tag are those of evaluate, its intervals SciPy's", () => {
  const model = newModel();
  const { f1, intervals } = sets.mine;
  for (let tag = 0; tag < model.n; tag += 1) {
    near(model.tagFigures(tag).f1, f1[tag]);
    for (const name of ["precision", "recall"]) {
      const found = model.tagIntervals(tag)[name];
      for (const end of [0, 1]) near(found[end], intervals[name][end][tag], 1e-8, name);
    }
  }
});

test("the vertices are those of the frontier, and their places lead there", () => {
  const model = newModel();
  const vertices = model.vertices.slice(1);
  assert.equal(vertices.length, frontier.precision.length);
  vertices.forEach(({ precision, recall }, i) => {
    near(precision, frontier.precision[i]);
    near(recall, frontier.recall[i]);
    near(model.totals(model.placesAt(i + 1)).recall, recall);
  });
});

test("targets of all tags together are kept by the first or last vertex that can", () => {
  const model = newModel();
  for (const limit of [0.4, 0.7, 0.9]) {
    const precise = frontier.precision.findLastIndex((share) => share >= limit);
    assert.equal(model.vertexFor("precision", limit), precise + 1 || -1);
    const complete = frontier.recall.findIndex((share) => share >= limit);
    assert.equal(model.vertexFor("recall", limit), complete + 1 || -1);
  }
  assert.equal(model.vertexFor("perClip", 1e-6), -1);
});

test("targets of each tag are kept as operating_point keeps them tag by tag", () => {
  const model = newModel();
  for (const { kind, limit, tp, accepted } of targets) {
    for (let tag = 0; tag < model.n; tag += 1) {
      const place = model.tagPlaceFor(tag, kind, limit);
      near(model.tp(place), tp[tag], 1e-9, `${kind} ${limit}, tag ${tag}`);
      near(model.accepted(place), accepted[tag], 1e-9, `${kind} ${limit}, tag ${tag}`);
    }
  }
});

test("the best F1 and the most predictions of a tag are the best of all its stops", () => {
  const model = newModel();
  for (let tag = 0; tag < model.n; tag += 1) {
    const places = Array.from(
      { length: model.last(tag) - model.first(tag) },
      (_, i) => model.first(tag) + i,
    );
    const best = Math.max(...places.map((place) => model.tagFigures(tag, place).f1));
    assert.equal(model.tagFigures(tag, model.tagPlaceFor(tag, "fbeta", 1)).f1, best);
    const place = model.tagPlaceFor(tag, "perClip", 0.3);
    assert.ok(model.accepted(place) <= 0.3 * model.content.known[tag] + 1e-9);
  }
});

test("changes are undone, done again and written as overrides", () => {
  const model = newModel();
  const start = model.totals().metric;
  model.move(1, model.last(1));
  model.commit();
  assert.equal(model.changed, 1);
  const file = model.file();
  assert.deepEqual(file.overrides, { 1: { fitted: -0.2, set: null } });
  assert.equal(file.values[1], null);
  model.undo();
  assert.equal(model.totals().metric, start);
  assert.ok(!model.canUndo);
  model.redo();
  assert.equal(model.changed, 1);
});

test("a typed number goes to the nearest stop, and to never above all scores", () => {
  const model = newModel();
  assert.equal(model.nearest(0, 1e9), model.last(0));
  assert.equal(model.nearest(0, -1e9), model.first(0));
  for (let place = model.first(0); place < model.last(0) - 1; place += 1)
    assert.equal(model.nearest(0, model.value(place)), place);
});
