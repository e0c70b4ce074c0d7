// Bundle the scripts of the page into the one file that Python puts on it.
//
//   npm run build    rewrites src/tagthresh/report/page/page.js

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) =>
  fileURLToPath(new URL(`../src/tagthresh/report/page/${path}`, import.meta.url));

export const BUNDLE = at("page.js");

// No comments and no blanks: the sources, not the bundle, are there to be read.
export async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [at("scripts/main.js")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    charset: "utf8",
    minify: true,
    lineLimit: 120,
    banner: { js: "// Made of scripts/ by `npm run build`; do not edit." },
  });
  return outputFiles[0].text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(BUNDLE, await bundle());
