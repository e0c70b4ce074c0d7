import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { BUNDLE, bundle } from "../../../tools/bundle.js";

test("the committed bundle is what the sources give", async () => {
  assert.ok(
    readFileSync(BUNDLE, "utf8") === (await bundle()),
    "page.js is not what scripts/ give: npm run build",
  );
});
