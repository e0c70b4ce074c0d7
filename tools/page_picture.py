"""Draw the picture of the page that the documentation shows; needs Chromium.

    python tools/page_picture.py   # rewrites docs/page.png

The thresholds are the demo's, judged on its other half, after a target was asked for.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

import tagthresh as tt

DOCS = Path(__file__).parents[1] / "docs"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu")


def save(folder: Path) -> Path:
    """Make the demo's page."""
    fit, unseen = tt.datasets.load_demo()
    solution = tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags)
    path = folder / "page.html"
    title = "Mixtures of ESC-10 recordings"
    solution.report(unseen.labels, unseen.scores, clips=unseen.clips, title=title).save(path)
    return path


def main() -> None:
    """Draw it as it is after a few steps."""
    picture = DOCS / "page.png"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = save(Path(folder))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1320}, color_scheme="light")
        page.goto(path.as_uri())
        page.get_by_label("Target", exact=True).fill("85")
        page.get_by_role("button", name="Set thresholds").click()
        page.get_by_role("button", name="Dog", exact=True).click()
        page.evaluate("window.scrollTo(0, 0)")
        page.locator("#said").evaluate("said => said.replaceChildren()")
        page.screenshot(path=picture)
        browser.close()
    # Few colours: a quarter of the bytes.
    Image.open(picture).convert("RGB").quantize(256).save(picture, optimize=True)


if __name__ == "__main__":
    main()
