// @ts-check
import { element, say } from "./elements.js";
import { thresholdText, typedNumber } from "./words.js";

/**
 * What the parts of the page ask of it.
 *
 * @typedef {object} Actions
 * @property {(tag: number, place: number) => void} moved
 * @property {() => void} done
 * @property {(tag: number) => void} select
 * @property {() => void} compared
 */

// A slider over the stops of a tag, and a field to type into.
export class ThresholdControl {
  /**
   * @param {import("./model.js").Model} model
   * @param {number} tag
   * @param {Pick<Actions, "moved" | "done">} actions
   */
  constructor(model, tag, actions) {
    this.model = model;
    this.tag = tag;
    this.actions = actions;
    const name = model.tags[tag];
    this.field = element("input", {
      class: "typed",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-label": `Threshold of ${name}, typed`,
      onchange: () => this.typed(),
    });
    this.slider = element("input", {
      type: "range",
      min: 0,
      max: model.last(tag) - model.first(tag),
      "aria-label": `Threshold of ${name}`,
      oninput: () => actions.moved(tag, model.first(tag) + Number(this.slider.value)),
      onchange: () => actions.done(),
    });
    this.nodes = [this.field, this.slider];
    this.draw();
  }

  typed() {
    const text = this.field.value.trim().toLowerCase();
    const number = text === "never" ? Infinity : typedNumber(text);
    this.field.setAttribute("aria-invalid", String(number === null));
    if (number === null) {
      say(`“${this.field.value}” is not a threshold. Type a number, or never.`);
      return;
    }
    const place = this.model.nearest(this.tag, number);
    this.actions.moved(this.tag, place);
    this.actions.done();
    this.draw(); // as the page writes it, also where the place is as before
    const kept = thresholdText(this.model.value(place));
    if (kept !== thresholdText(number)) {
      say(
        `${this.model.tags[this.tag]}: ${kept} is the nearest threshold that this page has figures for.`,
      );
    }
  }

  draw() {
    const place = this.model.now[this.tag];
    const text = thresholdText(this.model.value(place));
    this.field.value = text;
    this.field.setAttribute("aria-invalid", "false");
    this.slider.value = String(place - this.model.first(this.tag));
    this.slider.setAttribute("aria-valuetext", text);
  }
}
