import assert from "node:assert/strict";
import { test } from "node:test";
import {
  betaQuantile,
  incompleteBeta,
  shareInterval,
} from "../../../src/tagthresh/report/page/scripts/beta.js";
import { near, numbers } from "./numbers.js";

test("the incomplete beta function is SciPy's betainc", () => {
  for (const [x, a, b, expected] of numbers.beta.function)
    near(incompleteBeta(x, a, b), expected, 1e-9, `${x}, ${a}, ${b}`);
});

test("its inverse is SciPy's betaincinv", () => {
  for (const [share, a, b, expected] of numbers.beta.inverse)
    near(betaQuantile(share, a, b), expected, 1e-9, `${share}, ${a}, ${b}`);
});

test("intervals of shares are SciPy's exact ones", () => {
  for (const [hits, n, low, high] of numbers.beta.interval) {
    const found = shareInterval(hits, n);
    near(found[0], low, 1e-9, `${hits} of ${n}`);
    near(found[1], high, 1e-9, `${hits} of ${n}`);
  }
  assert.deepEqual(shareInterval(0, 0), [0, 1]);
});
