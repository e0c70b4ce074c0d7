// The page as a whole: what a change of thresholds draws anew.

class App {
  constructor(content) {
    const model = new Model(content);
    this.model = model;
    this.heading();
    const moveAll = (places) => {
      say("");
      model.moveAll(places);
      this.drawAll();
    };
    const done = () => this.commit();
    this.headline = new Headline(model, ({ name, place }) => {
      moveAll(place);
      done();
      say(`All thresholds are those of ${name} now.`);
    });
    this.frontier = new FrontierPlot(model, { moved: moveAll, done });
    this.target = new TargetForm(model, (places) => {
      moveAll(places);
      done();
    });
    const actions = {
      moved: (tag, place) => this.move(tag, place),
      done,
      select: (tag) => this.select(tag),
      compared: () => this.scatter.redraw(),
    };
    this.table = new TagTable(model, actions);
    this.panel = new TagPanel(model, actions);
    this.table.mark(this.panel.tag);
    this.scatter = new Scatter(model, this.table, (tag) => this.select(tag));
    byId("scatter-part").open = model.starts.length > 3; // others are there to compare with
    this.buttons();
    drawNow(model);
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

  move(tag, place) {
    say("");
    this.model.move(tag, place);
    this.table.row(tag).draw();
    if (this.panel.tag === tag) this.panel.draw();
    this.drawTotals();
  }

  commit() {
    this.model.commit();
    this.drawTotals();
  }

  drawTotals() {
    drawNow(this.model);
    this.headline.draw();
    this.frontier.place();
    this.scatter.redraw();
  }

  drawAll() {
    this.table.refresh();
    this.panel.draw();
    this.drawTotals();
  }

  select(tag) {
    this.panel.show(tag);
    this.table.row(tag);
    this.table.mark(tag);
    const { top } = this.panel.box.getBoundingClientRect();
    if (top > window.innerHeight * 0.7 || top < 0) {
      this.panel.box.scrollIntoView({ block: "start" });
      this.panel.box.focus({ preventScroll: true });
    }
  }

  buttons() {
    const then = (work, words) => () => {
      work();
      this.drawAll();
      say(words);
    };
    const undo = then(() => this.model.undo(), "Undone.");
    const redo = then(() => this.model.redo(), "Done again.");
    byId("undo").addEventListener("click", undo);
    byId("redo").addEventListener("click", redo);
    byId("reset").addEventListener(
      "click",
      then(() => {
        this.model.moveAll(this.model.own);
        this.model.commit();
      }, "All thresholds are as they were."),
    );
    byId("download").addEventListener("click", () => this.download());
    byId("scatter-part").addEventListener("toggle", () => this.scatter.redraw());
    document.addEventListener("keydown", (event) => {
      const typing = event.target.matches("input:not([type=range]), select, textarea");
      if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      if (event.shiftKey ? this.model.canRedo : this.model.canUndo)
        (event.shiftKey ? redo : undo)();
    });
  }

  download() {
    const text = `${JSON.stringify(this.model.file(), null, 2)}\n`;
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    // The address is not revoked: a busy browser may fetch it late, and the page's end frees it.
    element("a", { href: address, download: "thresholds.json" }).click();
    const { changed } = this.model;
    say(
      changed
        ? `thresholds.json records ${counted(changed, "change")} as overrides.`
        : "thresholds.json holds the thresholds unchanged.",
    );
  }
}

try {
  new App(readContent());
} catch (error) {
  showError(
    "error",
    `This page cannot be shown: it may be damaged or the browser too old (${error.message}).`,
  );
  byId("now").hidden = true;
  document.querySelector("main").hidden = true;
}
