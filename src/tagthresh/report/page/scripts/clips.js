// @ts-check
// The clips nearest to the threshold of a tag, of those that the page keeps.

import { element } from "./elements.js";
import { counted, thresholdText } from "./words.js";

const NEAR = 6; // shown on each side
const SOUND = /\.(aac|flac|m4a|mp3|oga|ogg|opus|wav|webm)$/i;

export class NearestClips {
  /**
   * @param {import("./content.js").Content} content
   * @param {number} tag
   */
  constructor({ examples }, tag) {
    this.examples = examples;
    const [first, end] = examples.offset.subarray(tag, tag + 2);
    this.entries = Array.from({ length: end - first }, (_, i) => first + i); // highest score first
    this.node = element("div", { class: "clips" });
    this.shown = "";
  }

  /**
   * Show those on either side of a threshold.
   *
   * @param {number} threshold
   */
  draw(threshold) {
    const { score } = this.examples;
    const accepted = this.entries.filter((i) => score[i] >= threshold).slice(-NEAR);
    const rejected = this.entries.filter((i) => score[i] < threshold).slice(0, NEAR);
    const shown = `${accepted} | ${rejected}`;
    if (shown === this.shown) return; // a clip that is playing plays on
    this.shown = shown;
    const about = `Chosen from ${counted(this.entries.length, "clip")} that this page keeps for the tag.`;
    this.node.replaceChildren(
      element("h3", {}, "Clips nearest to the threshold"),
      element("p", { class: "note" }, about),
      this.list("Just above: these get the tag", accepted, "No clip gets the tag."),
      this.list("Just below: these do not", rejected, "Every clip gets the tag."),
    );
  }

  /**
   * @param {string} title
   * @param {number[]} entries
   * @param {string} none
   */
  list(title, entries, none) {
    const items = entries.map((i) => this.item(i));
    const list = items.length ? element("ul", {}, ...items) : element("p", { class: "note" }, none);
    return element("div", {}, element("h4", {}, title), list);
  }

  /** @param {number} i */
  item(i) {
    const { names, clip, score, positive } = this.examples;
    const name = names[clip[i]];
    const label = positive[i] ? "positive" : "negative";
    return element(
      "li",
      {},
      element("span", { class: "score" }, thresholdText(score[i])),
      element("span", { class: `label ${label}` }, label),
      element("span", { class: "clip" }, name),
      ...player(name),
    );
  }
}

/**
 * A button that plays a clip whose name is the address of a sound file. Nothing is asked for before
 * somebody presses it.
 *
 * @param {string} name
 */
function player(name) {
  const path = name.split(/[?#]/)[0];
  if (!SOUND.test(path)) return [];
  const onWeb = /^https?:\/\//i.test(name);
  const address =
    onWeb || /^file:/i.test(name) ? name : name.split("/").map(encodeURIComponent).join("/");
  const button = element("button", { type: "button", "aria-label": `Play ${name}` }, "Play");
  button.addEventListener("click", () => {
    const sound = element("audio", { controls: true, src: address, "aria-label": name });
    sound.addEventListener("error", () =>
      sound.replaceWith(element("small", { role: "status" }, "This page cannot reach that file.")),
    );
    button.replaceWith(sound);
    sound.play().catch(() => {}); // told by the event above
  });
  return [button];
}
