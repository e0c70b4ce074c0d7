// A slider over the stops of a tag, and a field to type into.
class ThresholdControl {
  constructor(model, tag, { moved, done }) {
    Object.assign(this, { model, tag, moved, done });
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
      oninput: () => moved(tag, model.first(tag) + Number(this.slider.value)),
      onchange: () => done(),
    });
    this.nodes = [this.field, this.slider];
    this.draw();
  }

  typed() {
    const text = this.field.value.trim().toLowerCase();
    const number = text === "never" ? Infinity : typedNumber(text);
    this.field.setAttribute("aria-invalid", String(number === null));
    if (number === null) {
      say(`“${this.field.value}” is not a threshold: type a number, or never.`);
      return;
    }
    const place = this.model.nearest(this.tag, number);
    this.moved(this.tag, place);
    this.done();
    this.draw(); // as the page writes it, also where the place is as before
    const value = this.model.value(place);
    const kept = thresholdText(value);
    if (kept !== thresholdText(number)) {
      say(
        `${this.model.tags[this.tag]}: ${kept} is the nearest threshold whose counts this page knows.`,
      );
    }
  }

  draw() {
    const place = this.model.now[this.tag];
    const text = thresholdText(this.model.value(place));
    this.field.value = text;
    this.field.setAttribute("aria-invalid", "false");
    this.slider.value = place - this.model.first(this.tag);
    this.slider.setAttribute("aria-valuetext", text);
  }
}
