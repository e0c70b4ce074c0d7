// @ts-check
// The content of the page, as `content.py` wrote it, its arrays unpacked.

/**
 * @typedef {Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array} Numbers
 *
 * @typedef {object} Start A set of thresholds to compare with and to begin from.
 * @property {string} name
 * @property {Numbers} place Stop of each tag.
 * @property {number} score
 * @property {number} low
 * @property {number} high
 * @property {number[]} difference To the first set, with its interval.
 *
 * @typedef {object} Gains Intervals and verdicts of F1, tag by tag, against another set.
 * @property {Numbers} low
 * @property {Numbers} high
 * @property {string[]} verdict
 *
 * @typedef {object} Stops
 * @property {Numbers} offset
 * @property {Numbers} value
 * @property {Numbers} tp
 * @property {Numbers} accepted
 *
 * @typedef {object} Bins
 * @property {boolean} log_odds
 * @property {Numbers} low
 * @property {Numbers} high
 * @property {Numbers} positive
 * @property {Numbers} negative
 *
 * @typedef {object} Examples
 * @property {string[]} names
 * @property {Numbers} offset
 * @property {Numbers} clip
 * @property {Numbers} score
 * @property {Numbers} positive
 *
 * @typedef {object} Reliability
 * @property {string} of
 * @property {Numbers} offset
 * @property {Numbers} probability
 * @property {Numbers} observed
 * @property {Numbers} low
 * @property {Numbers} high
 *
 * @typedef {{ fitted: number | null, set: number | null }} Override
 *
 * @typedef {object} ThresholdsFile What `Thresholds.to_dict` gives.
 * @property {string[] | null} tags
 * @property {(number | null)[]} values
 * @property {Record<string, Override>} overrides
 * @property {string} [metric]
 * @property {{ name: string }} [method]
 * @property {number} [clips]
 * @property {number} [score]
 *
 * @typedef {object} Content
 * @property {string} title
 * @property {string} version
 * @property {string[]} tags
 * @property {number} clips
 * @property {boolean} complete Whether every label is known and weights are those of clips.
 * @property {ThresholdsFile} thresholds
 * @property {string[]} status
 * @property {{ name: string, beta: number, average: "micro" | "macro" | "weighted" }} metric
 * @property {boolean} share
 * @property {boolean} same_clips
 * @property {{ score: number, low: number, high: number } | null} expected
 * @property {Numbers} known
 * @property {Numbers} positives
 * @property {Numbers} effective
 * @property {Numbers} highest
 * @property {Stops} stops
 * @property {Numbers} path
 * @property {Start[]} starts
 * @property {Map<string, Gains>} gains
 * @property {Bins} bins
 * @property {Examples} examples
 * @property {Reliability | null} reliability
 */

const KINDS = {
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
};

/**
 * @param {any} value
 * @returns {any}
 */
function unpacked(value) {
  if (Array.isArray(value) || value === null || typeof value !== "object") return value;
  if ("type" in value && "data" in value) return array(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpacked(part)]));
}

/** @param {{ type: keyof typeof KINDS, data: string }} packed */
function array({ type, data }) {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new KINDS[type](bytes.buffer);
}

/**
 * @param {string} text
 * @returns {Content}
 */
export function readContent(text) {
  const { thresholds, starts, gains, ...rest } = JSON.parse(text);
  const byName = new Map(Object.entries(gains).map(([name, found]) => [name, unpacked(found)]));
  return { ...unpacked(rest), starts: starts.map(unpacked), gains: byName, thresholds };
}
