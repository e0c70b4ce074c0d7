// @ts-check
// The page as a whole: what a change of thresholds draws anew.

import { readContent } from "./content.js";
import { byId, download, say } from "./elements.js";
import { FrontierPlot } from "./frontier.js";
import { drawTotals, SetsTable } from "./headline.js";
import { Model } from "./model.js";
import { Scatter } from "./scatter.js";
import { TagTable } from "./table.js";
import { TagPanel } from "./tag.js";
import { targetForAll } from "./target.js";
import { counted } from "./words.js";

class App {
  /** @param {import("./content.js").Content} content */
  constructor(content) {
    const model = new Model(content);
    this.model = model;
    this.heading();
    /** @param {Uint32Array} places */
    const moved = (places) => {
      say("");
      model.moveAll(places);
      this.drawAll();
    };
    const done = () => this.commit();
    /** @param {Uint32Array} places */
    const use = (places) => {
      moved(places);
      done();
    };
    this.sets = new SetsTable(model, ({ name, place }) => {
      use(place);
      say(`All thresholds are those of “${name}” now.`);
    });
    this.frontier = new FrontierPlot(model, { moved, done });
    targetForAll(model, use);
    const actions = {
      moved: (/** @type {number} */ tag, /** @type {number} */ place) => this.move(tag, place),
      done,
      select: (/** @type {number} */ tag) => this.select(tag),
      compared: () => this.scatter.redraw(),
    };
    this.table = new TagTable(model, actions);
    this.panel = new TagPanel(model, actions);
    this.table.mark(this.panel.view.tag);
    this.scatter = new Scatter(model, this.table, actions.select);
    this.buttons();
    drawTotals(model);
  }

  heading() {
    const { title, clips, version } = this.model.content;
    const about = `${counted(clips, "clip")}, ${counted(this.model.n, "tag")}.`;
    byId("title").textContent = title;
    byId("about").textContent =
      `${about} A clip gets a tag when its score is at least the tag's threshold.`;
    byId("made").textContent =
      `Made by tagthresh ${version}. This file holds all of its data and sends nothing anywhere.`;
  }

  // Changes

  /**
   * @param {number} tag
   * @param {number} place
   */
  move(tag, place) {
    say("");
    this.model.move(tag, place);
    this.table.row(tag).draw();
    if (this.panel.view.tag === tag) this.panel.view.draw();
    this.drawTotals();
  }

  commit() {
    this.model.commit();
    this.drawTotals();
  }

  drawTotals() {
    drawTotals(this.model);
    this.sets.draw();
    this.frontier.place();
    this.scatter.redraw();
  }

  drawAll() {
    this.table.refresh();
    this.panel.view.draw();
    this.drawTotals();
  }

  /** @param {number} tag */
  select(tag) {
    this.panel.show(tag);
    this.table.row(tag);
    this.table.mark(tag);
    const { box } = this.panel;
    const { top } = box.getBoundingClientRect();
    if (top > window.innerHeight * 0.7 || top < 0) {
      box.scrollIntoView({ block: "start" });
      box.focus({ preventScroll: true });
    }
  }

  buttons() {
    /** @type {(work: () => void, words: string) => () => void} */
    const then = (work, words) => () => {
      work();
      this.drawAll();
      say(words);
    };
    const undo = then(() => this.model.undo(), "Undone.");
    const redo = then(() => this.model.redo(), "Done again.");
    const reset = then(() => {
      this.model.moveAll(this.model.own);
      this.model.commit();
    }, "All thresholds are as they were.");
    byId("undo").addEventListener("click", undo);
    byId("redo").addEventListener("click", redo);
    byId("reset").addEventListener("click", reset);
    byId("download").addEventListener("click", () => this.download());
    document.addEventListener("keydown", (event) => {
      const target = /** @type {Element} */ (event.target);
      const typing = target.matches("input:not([type=range]), select, textarea");
      if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      if (event.shiftKey ? this.model.canRedo : this.model.canUndo)
        (event.shiftKey ? redo : undo)();
    });
  }

  download() {
    const text = `${JSON.stringify(this.model.file(), null, 2)}\n`;
    download("thresholds.json", "application/json", text);
    const { changed } = this.model;
    say(
      changed
        ? `thresholds.json records ${counted(changed, "change")} as overrides.`
        : "thresholds.json holds the thresholds unchanged.",
    );
  }
}

try {
  new App(readContent(byId("content").textContent ?? ""));
} catch (error) {
  const reason = error instanceof Error ? error.message : error;
  byId("error").textContent =
    `This page cannot be shown: it may be damaged or the browser too old (${reason}).`;
  byId("error").hidden = false;
  byId("now").hidden = true;
  /** @type {HTMLElement} */ (document.querySelector("main")).hidden = true;
}
