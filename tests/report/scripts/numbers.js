// The numbers that tools/page_numbers.py wrote.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const numbers = JSON.parse(readFileSync(new URL("./numbers.json", import.meta.url), "utf8"));

export function near(found, expected, tolerance = 1e-12, what = "") {
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found}, expected ${expected}`);
}
