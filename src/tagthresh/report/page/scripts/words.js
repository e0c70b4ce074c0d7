// @ts-check
// Numbers in words, and words in the right number.

/** @param {number} share */
export const percent = (share, digits = 1) => (100 * share).toFixed(digits);

/**
 * Share of a whole: a dash where there is no whole, and so no share.
 *
 * @param {number} share
 * @param {number} whole
 */
export const percentOf = (share, whole) => (whole > 0 ? `${percent(share)} %` : "–");

/** @param {number} points */
export function signed(points, digits = 1) {
  const text = points.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return points > 0 ? `+${text}` : text.replace("-", "−");
}

/** @param {number} value */
export function thresholdText(value) {
  if (!Number.isFinite(value)) return "never";
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size < 1e-4 || size >= 1e6
    ? value.toExponential(2)
    : Number(value.toPrecision(4)).toString();
}

/** @param {number} mass Number of clips, or the sum of their weights. */
export const massText = (mass) =>
  Number.isInteger(mass) ? mass.toLocaleString("en") : mass.toPrecision(4);

/**
 * @param {number} n
 * @param {string} noun
 */
export const counted = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

/** @param {string} name */
export const metricText = (name) => name.replace(/^f(.*)_(\w+)$/, "$2-F$1");

/**
 * A number that somebody typed, or null.
 *
 * @param {string} text
 */
export function typedNumber(text) {
  const clean = text.trim().replace(",", ".").replace("−", "-");
  return clean !== "" && Number.isFinite(Number(clean)) ? Number(clean) : null;
}
