"""How large the page is, how long it takes to make, and how fast it answers, at AudioSet's size.

    python benchmarks/page.py   # a minute; rewrites the table of docs/page.md; needs Chromium

The clips are those of the AudioSet-shaped simulation. Times in the browser are wall-clock times of
headless Chromium: "open" from the start of loading until a first answer to typing in the search
field is drawn; a move, from the event until everything is laid out anew.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import settings
import tagthresh as tt
from tables import markdown
from tagthresh.datasets.simulate import audioset_shaped

PAGE = Path(__file__).parents[1] / "docs" / "page.md"
CLIPS, MOVES = 20_000, 50
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu")
FIRST = """() => new Promise((done) => {
  const field = document.getElementById("search");
  field.value = "dog";
  field.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => setTimeout(() => done(performance.now())));
})"""
TAG_MOVES = """(moves) => Array.from({ length: moves }, (_, i) => {
  const slider = document.querySelector("#table input[type=range]");
  const start = performance.now();
  slider.value = Math.round((slider.max * (i + 1)) / moves);
  slider.dispatchEvent(new Event("input"));
  document.body.getBoundingClientRect();
  return performance.now() - start;
})"""
POINT_MOVES = """(moves) => Array.from({ length: moves }, (_, i) => {
  const start = performance.now();
  const key = new KeyboardEvent("keydown", { key: i % 2 ? "PageUp" : "ArrowLeft" });
  document.querySelector(".handle").dispatchEvent(key);
  document.body.getBoundingClientRect();
  return performance.now() - start;
})"""


def made(folder: Path) -> tuple[Path, float, float]:
    """Make the page: its path, size in MB and seconds taken."""
    clips = audioset_shaped(CLIPS)
    solution = tt.find_thresholds(clips.labels, clips.scores, tags=clips.tags, cv=None)
    path = folder / "page.html"
    start = time.perf_counter()
    solution.report(clips.labels, clips.scores).save(path)
    return path, path.stat().st_size / 1e6, time.perf_counter() - start


def driven(path: Path) -> tuple[float, list[float], list[float]]:
    """Milliseconds to open the page, to answer moves of a tag's slider, and of all thresholds."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri())
        first = page.evaluate(FIRST)
        page.get_by_label("Search").fill("")
        page.get_by_role("button", name="Show all 527").click()
        found = page.evaluate(TAG_MOVES, MOVES), page.evaluate(POINT_MOVES, MOVES)
        browser.close()
    return first, *found


def main() -> None:
    """Measure, print and rewrite the table."""
    with tempfile.TemporaryDirectory() as folder:
        path, size, seconds = made(Path(folder))
        first, tag_moves, point_moves = driven(path)
    rows = [
        ["size of the file", f"{size:.1f} MB"],
        ["made, calibrated probabilities included, in", f"{seconds:.1f} s"],
        ["open, first answer after", f"{first / 1000:.1f} s"],
        [f"a slider's move answered, slowest of {MOVES}", f"{max(tag_moves):.0f} ms"],
        [f"all 527 thresholds moved, slowest of {MOVES}", f"{max(point_moves):.0f} ms"],
    ]
    table = markdown([f"SIMULATION, {CLIPS:,} clips x 527 tags", ""], rows)
    settings.write(PAGE, "page", [settings.versions("page.py"), table])


if __name__ == "__main__":
    main()
