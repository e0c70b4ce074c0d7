"""The page in a real browser: what it shows is what Python computes for the same thresholds."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

import tagthresh as tt
from tagthresh.cli.app import app
from tagthresh.metrics.binomial_intervals import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tagthresh.report.page import Page as HtmlPage

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
pytestmark = pytest.mark.slow
PATIENCE = 600_000  # milliseconds until what a page should do counts as never done
MINUS = "\N{MINUS SIGN}"
NASTY = [
    "<script>alert(1)</script>",
    "__proto__",
    'a "quoted" & <b>bold</b>',
    "constructor",
    "</script>",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if os.environ.get("CI") != "true":
        pytest.importorskip("playwright")
        if path is None:
            pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=PATIENCE)
        yield browser
        browser.close()


class Shown(NamedTuple):
    """A page in the browser, with the data behind it."""

    page: Page
    labels: Any
    scores: Any
    thresholds: tt.Thresholds
    folder: Path

    def total(self, name: str) -> float:
        """Figure of all tags together, in the bar that stays in sight."""
        return value(self.page.locator(f"[data-figure={name}] data"))

    def row(self, tag: str) -> Locator:
        """Row of a tag in the table."""
        return self.page.locator("#table tbody tr").filter(
            has=self.page.get_by_role("button", name=tag, exact=True)
        )

    def downloaded(self) -> tt.Thresholds:
        """Thresholds as the download button gives them, read back."""
        with self.page.expect_download() as waiting:
            self.page.locator("#download").click()
        path = self.folder / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return tt.Thresholds.load(path)

    def check_totals(self, thresholds: tt.Thresholds, **options: Any) -> None:
        """Compare all totals shown with what Python computes."""
        found = tt.evaluate(self.labels, self.scores, thresholds, **options)
        tp, fp, fn, tn = (part.sum() for part in found.confusion)
        expected = {
            "metric": found.score("f1_micro"),
            "precision": found.score("precision_micro"),
            "recall": found.score("recall_micro"),
            "perClip": len(thresholds) * (tp + fp) / (tp + fp + fn + tn),
        }
        for name, number in expected.items():
            assert self.total(name) == pytest.approx(number, rel=1e-12), name


def value(place: Locator) -> float:
    return float(place.get_attribute("value") or "nan")


class Opener:
    """Opens pages from disk and keeps what they ask for and complain about."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.requests: list[str] = []
        self.errors: list[str] = []

    def open(self, made: HtmlPage, **options: Any) -> Page:
        path = self.folder / "page.html"
        made.save(path)
        return self.open_file(path, **options)

    def open_file(self, path: Path, **options: Any) -> Page:
        page = self.browser.new_page(**options)
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text))
        page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        page.goto(path.as_uri())
        return page


@pytest.fixture
def opener(chromium: Browser, tmp_path: Path) -> Iterator[Opener]:
    opener = Opener(chromium, tmp_path)
    yield opener
    for page in opener.browser.contexts:
        page.close()
    assert not opener.errors
    assert [url for url in opener.requests if not url.startswith(("file:", "blob:", "data:"))] == []


@pytest.fixture(scope="module")
def fitted() -> tuple[Any, Any, tt.Solution]:
    fit, unseen = tt.datasets.load_demo()
    solution = tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags, cv=None)
    return fit, unseen, solution


@pytest.fixture
def shown(opener: Opener, fitted: tuple[Any, Any, tt.Solution]) -> Shown:
    _, unseen, solution = fitted
    made = solution.report(unseen.labels, unseen.scores, clips=unseen.clips)
    page = opener.open(made, viewport={"width": 1280, "height": 900})
    return Shown(page, unseen.labels, unseen.scores, solution.thresholds, opener.folder)


def test_it_opens_from_disk_and_asks_for_nothing_else(shown: Shown, opener: Opener) -> None:
    assert shown.page.title() == "Thresholds"
    shown.check_totals(shown.thresholds)
    assert [url.split("/")[-1] for url in opener.requests] == ["page.html"]


def test_a_slider_moves_all_figures_to_what_python_computes(shown: Shown) -> None:
    shown.page.get_by_label("Search").fill("DOG")
    assert shown.page.locator("#table tbody tr").count() == 1
    slider = shown.row("Dog").get_by_role("slider")
    for _ in range(5):
        slider.press("ArrowRight")
    changed = shown.downloaded()
    assert list(changed.overrides) == ["Dog"]
    assert changed.values[4] > shown.thresholds.values[4]
    shown.check_totals(changed)
    found = tt.evaluate(shown.labels, shown.scores, changed).table
    for name in ("precision", "recall", "f1", "support", "predicted"):
        assert value(shown.row("Dog").locator(f".{name} data")) == pytest.approx(found[name][4])


def test_a_target_sets_all_thresholds_on_the_frontier(shown: Shown) -> None:
    shown.page.get_by_label("Target", exact=True).fill("90")
    shown.page.get_by_role("button", name="Set thresholds").click()
    frontier = tt.Frontier.from_arrays(shown.labels, shown.scores)
    kept = np.flatnonzero(frontier.precision >= 0.9)[-1]
    assert shown.total("precision") == pytest.approx(frontier.precision[kept], rel=1e-12)
    assert shown.total("recall") == pytest.approx(frontier.recall[kept], rel=1e-12)
    changed = shown.downloaded()
    assert changed.origin is not None
    assert changed.origin.created == getattr(shown.thresholds.origin, "created", None)
    shown.check_totals(changed)


@pytest.mark.parametrize(
    ("kind", "typed"), [("recall", "70"), ("perClip", "1.5"), ("fbeta", "2"), ("fbeta", "0,5")]
)
def test_other_targets_agree_with_the_frontier_too(shown: Shown, kind: str, typed: str) -> None:
    shown.page.locator("#target-kind").select_option(kind)
    shown.page.get_by_label("Target", exact=True).fill(typed)
    shown.page.get_by_label("Target", exact=True).press("Enter")
    frontier = tt.Frontier.from_arrays(shown.labels, shown.scores)
    vertex = {
        "recall": int(np.argmax(frontier.recall >= 0.7)),
        "perClip": int(np.flatnonzero(frontier.per_clip <= 1.5)[-1]),
        "fbeta": int(frontier.fbeta(float(typed.replace(",", "."))).argmax()),
    }[kind]
    assert shown.total("recall") == pytest.approx(frontier.recall[vertex], rel=1e-12)
    assert shown.total("perClip") == pytest.approx(frontier.per_clip[vertex], rel=1e-12)


@pytest.mark.parametrize(("kind", "typed"), [("precision", "90"), ("recall", "85")])
def test_each_tag_keeps_a_target_as_operating_point_does(
    shown: Shown, kind: str, typed: str
) -> None:
    shown.page.get_by_label("What keeps the target").select_option("each tag by itself")
    shown.page.locator("#target-kind").select_option(kind)
    shown.page.get_by_label("Target", exact=True).fill(typed)
    shown.page.get_by_role("button", name="Set thresholds").click()
    limit: dict[str, Any] = {kind: float(typed) / 100}
    point = tt.operating_point(shown.labels, shown.scores, **limit, tag_by_tag=True)
    assert shown.total("precision") == pytest.approx(point.precision, rel=1e-12)
    assert shown.total("recall") == pytest.approx(point.recall, rel=1e-12)
    shown.check_totals(shown.downloaded())


def test_a_single_tag_keeps_a_target(shown: Shown) -> None:
    page, at = shown.page, shown.thresholds.names.index("Fire")
    page.get_by_role("button", name="Fire", exact=True).click()
    page.get_by_label("Target for Fire", exact=True).fill("90")
    page.get_by_role("button", name="Set", exact=True).click()
    point = tt.operating_point(shown.labels, shown.scores, precision=0.9, tag_by_tag=True)
    for name in ("precision", "recall"):
        cell = shown.row("Fire").locator(f".{name} data")
        assert value(cell) == pytest.approx(point.table[name][at])
    assert list(shown.downloaded().overrides) == ["Fire"]


def test_a_target_out_of_reach_is_told(opener: Opener) -> None:
    made = tt.report([[1], [0], [1]], [[0.2], [0.9], [0.1]], tt.Thresholds([0.5]))
    page = opener.open(made)
    for typed, words in (
        ("99", "the highest precision is 66.7 %"),
        ("101", "at most 100 %"),
        ("-1", "above 0"),
        ("much", "Type a number"),
    ):
        page.get_by_label("Target", exact=True).fill(typed)
        page.get_by_role("button", name="Set thresholds").click()
        assert words in page.locator("#target-error").inner_text()
    assert page.locator("#undo").is_disabled()


def test_the_point_is_dragged_and_moved_by_keys(shown: Shown) -> None:
    shown.page.get_by_role("button", name="Show the whole range").click()
    plot = shown.page.locator("#frontier svg")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    mouse = shown.page.mouse
    mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 100)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 30, steps=4)
    mouse.up()
    dragged = shown.total("recall")
    assert 0.5 < dragged < 0.65
    frontier = tt.Frontier.from_arrays(shown.labels, shown.scores)
    assert np.abs(frontier.recall - dragged).min() < 1e-12
    shown.page.get_by_role("slider", name="Operating point").press("ArrowRight")
    assert shown.total("recall") > dragged
    shown.check_totals(shown.downloaded())
    shown.page.locator("#undo").click()
    assert shown.total("recall") == pytest.approx(dragged)


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_moves_under_the_pointer(
    opener: Opener, fitted: tuple[Any, Any, tt.Solution], width: int
) -> None:
    _, unseen, solution = fitted
    made = solution.report(unseen.labels, unseen.scores)
    page = opener.open(made, viewport={"width": width, "height": 900})
    top = "(node) => node.getBoundingClientRect().top + window.scrollY"
    before = page.locator("#table").evaluate(top)
    page.locator("#table input[type=range]").first.press("ArrowRight")
    assert page.locator("[data-figure=changed] data").inner_text() == "1"
    assert page.locator("#table").evaluate(top) == before


def test_undo_redo_and_start_again(shown: Shown) -> None:
    page, start = shown.page, shown.total("metric")
    slider = shown.row("Rain").get_by_role("slider")
    slider.press("Home")
    everything = shown.total("metric")
    assert everything < start
    slider.press("End")
    page.keyboard.press("Control+z")
    assert shown.total("metric") == everything
    page.locator("#undo").click()
    assert shown.total("metric") == start
    assert page.locator("#undo").is_disabled()
    page.locator("#redo").click()
    assert shown.total("metric") == everything
    page.locator("#reset").click()
    assert shown.total("metric") == start
    assert shown.downloaded().to_dict() == shown.thresholds.to_dict()


def test_typed_thresholds(shown: Shown) -> None:
    at = shown.thresholds.names.index("Rain")
    field = shown.page.get_by_label("Threshold of Rain, typed").first
    for typed, kept in (("never", np.inf), ("7", np.inf), ("0.02", 0.02)):
        field.fill(typed)
        field.press("Enter")
        field.blur()
        assert shown.downloaded().values[at] == pytest.approx(kept, rel=0.05)
        shown.check_totals(shown.downloaded())
    field.fill(" 0,02 ")
    field.blur()
    assert field.input_value() == f"{shown.downloaded().values[at]:.4g}"
    field.fill("soon")
    field.blur()
    assert "“soon” is not a threshold" in shown.page.locator("#said").inner_text()
    assert field.get_attribute("aria-invalid") == "true"


def test_sorting_and_filters(shown: Shown) -> None:
    page = shown.page

    def column(name: str) -> list[float]:
        return [value(each) for each in page.locator(f"#table tbody .{name} data").all()]

    page.get_by_role("button", name="F1 %").click()
    assert column("f1") == sorted(column("f1"), reverse=True)
    page.get_by_role("button", name="F1 %").click()
    assert column("f1") == sorted(column("f1"))
    page.get_by_label("Show", exact=True).select_option("changed")
    assert "No threshold has been changed yet." in page.locator("#empty").inner_text()
    page.get_by_label("Show", exact=True).select_option("gain")
    page.get_by_label("Compare with").select_option("best shared")
    gains = column("gain")
    assert gains == sorted(gains, reverse=True)
    assert min(gains) > 0
    page.get_by_label("Search").fill("zebra")
    assert "No tag shown here has “zebra” in its name." in page.locator("#empty").inner_text()


def test_tags_are_chosen_by_status(opener: Opener) -> None:
    labels = np.zeros((40, 3), int)
    labels[:20, 0] = labels[:3, 1] = 1
    page = opener.open(tt.report(labels, np.random.default_rng(0).random((40, 3)), 0.5))
    names = page.locator("#table tbody .name button")
    for status, tag in (("ok", "0"), ("few positives", "1"), ("never seen", "2")):
        page.get_by_label("Status").select_option(status)
        assert names.all_inner_texts() == [tag]
    page.get_by_label("Search").fill("zebra")
    assert page.get_by_role("button", name="Save the table (CSV)").is_disabled()


def test_the_table_is_saved_as_it_is_listed(shown: Shown) -> None:
    page = shown.page
    page.get_by_role("button", name="F1 %").click()
    page.get_by_label("Search").fill("c")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the table (CSV)").click()
    path = shown.folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["tag"] for row in rows] == page.locator(
        "#table tbody .name button"
    ).all_inner_texts()
    found = tt.evaluate(shown.labels, shown.scores, shown.thresholds).table
    shared = tt.find_thresholds(
        *(shown.labels, shown.scores), tags=shown.thresholds.tags, method="shared", cv=None
    )
    before = tt.evaluate(shown.labels, shown.scores, shared.thresholds).table["f1"]
    assert "Baby cry, infant cry" in [row["tag"] for row in rows]
    for row in rows:
        at = shown.thresholds.names.index(row["tag"])
        assert float(row["threshold"]) == shown.thresholds.values[at]
        assert float(row["gain over best shared"]) == pytest.approx(found["f1"][at] - before[at])
        for name in ("precision", "recall", "f1", "support", "predicted"):
            assert float(row[name]) == pytest.approx(found[name][at])


def test_the_frontier_zooms_to_the_better_thresholds(shown: Shown) -> None:
    page, marks = shown.page, shown.page.locator("#frontier path.start")
    assert marks.count() == 2
    assert "default 0.5 (outside the picture)" in page.locator("#marks").inner_text()
    page.get_by_role("button", name="Show the whole range").click()
    assert marks.count() == 3
    page.get_by_role("button", name="Zoom in").click()
    page.locator("#target-kind").select_option("recall")
    page.get_by_label("Target", exact=True).fill("99.9")
    page.get_by_role("button", name="Set thresholds").click()
    picture = page.locator("#frontier svg").bounding_box()
    point = page.locator(".handle").bounding_box()
    assert picture is not None
    assert point is not None
    assert point["y"] + point["height"] <= picture["y"] + picture["height"] - 30


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_the_bar_is_one_row_of_whole_buttons(
    opener: Opener, fitted: tuple[Any, Any, tt.Solution], scheme: Any
) -> None:
    _, unseen, solution = fitted
    made = solution.report(unseen.labels, unseen.scores, clips=unseen.clips)
    page = opener.open(made, viewport={"width": 400, "height": 800}, color_scheme=scheme)
    boxes = [button.bounding_box() for button in page.get_by_role("button").all()]
    assert boxes
    for box in boxes:
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 400
    tops = "buttons => new Set(buttons.map(b => b.getBoundingClientRect().top)).size"
    assert page.locator("#now button").evaluate_all(tops) == 1
    assert page.locator("#now").evaluate("bar => bar.offsetHeight") < 60


def test_the_panel_of_a_tag_is_there_in_full(shown: Shown) -> None:
    panel = shown.page.locator("#tag")
    assert panel.evaluate("box => box.scrollHeight <= box.clientHeight")


def test_the_panel_of_a_tag(shown: Shown) -> None:
    page = shown.page
    page.get_by_role("button", name="Fire", exact=True).click()
    panel = page.locator("#tag")
    assert panel.locator("h2").inner_text() == "Fire"
    found = tt.evaluate(shown.labels, shown.scores, shown.thresholds)
    tp, fp, fn, _ = (part[shown.thresholds.names.index("Fire")] for part in found.confusion)
    for place, (hits, n) in enumerate([(tp, tp + fp), (tp, tp + fn)]):
        low, high = clopper_pearson(np.array([hits]), np.array([n]))
        words = panel.locator(".figures small").nth(place).inner_text()
        assert words == f"{100 * low[0]:.0f} to {100 * high[0]:.0f}"
    panel.get_by_role("button", name="best F1 here").click()
    best = tt.find_thresholds(
        shown.labels, shown.scores, metric="f1_macro", method="exact", cv=None
    )
    at = shown.thresholds.names.index("Fire")
    expected = tt.evaluate(shown.labels, shown.scores, best.thresholds).table["f1"][at]
    assert value(panel.locator(".figures data").nth(2)) == pytest.approx(expected)
    assert value(shown.row("Fire").locator(".f1 data")) == pytest.approx(expected)
    page.locator("#undo").click()
    assert value(panel.locator(".figures data").nth(2)) == pytest.approx(found.table["f1"][at])


def test_the_cut_is_dragged_in_the_picture_of_scores(shown: Shown) -> None:
    picture = shown.page.locator("#tag svg").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    shown.page.mouse.click(box["x"] + 60, box["y"] + 60)
    changed = shown.downloaded()
    assert len(changed.overrides) == 1
    [change] = changed.overrides.values()
    assert change["set"] < change["fitted"]
    shown.check_totals(changed)


def test_a_finger_sets_the_cut_and_scrolls_past_it(
    opener: Opener, fitted: tuple[Any, Any, tt.Solution]
) -> None:
    _, unseen, solution = fitted
    made = solution.report(unseen.labels, unseen.scores)
    page = opener.open(made, viewport={"width": 400, "height": 800}, has_touch=True)
    picture = page.locator("#tag svg").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + 60
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: dict[str, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    changed, scrolled = page.locator("[data-figure=changed] data"), "window.scrollY"
    before = page.evaluate(scrolled)
    send("touchStart", {"x": x, "y": y})
    for down in range(5, 60, 5):
        send("touchMove", {"x": x + down / 20, "y": y + down})
    send("touchEnd")
    page.wait_for_function(f"{scrolled} < {before}")
    assert changed.inner_text() == "0"
    box = picture.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 60, box["y"] + 60)
    assert changed.inner_text() == "1"


def test_clips_nearest_to_the_cut(shown: Shown) -> None:
    shown.page.get_by_role("button", name="Rain", exact=True).click()
    at = shown.thresholds.names.index("Rain")
    scores, threshold = shown.scores[:, at].astype(float), shown.thresholds.values[at]
    expected = [
        np.sort(scores[scores >= threshold])[:6][::-1],
        np.sort(scores[scores < threshold])[::-1][:6],
    ]
    for place, numbers in enumerate(expected):
        shown_scores = shown.page.locator(".clips ul").nth(place).locator(".score")
        found = [float(text) for text in shown_scores.all_inner_texts()]
        assert found == pytest.approx(numbers.tolist(), rel=1e-3)


def test_a_clip_is_asked_for_only_when_somebody_plays_it(opener: Opener) -> None:
    clips = ["https://example.org/no.wav", "sub folder/50%.flac", "just a name", "javascript:1.mp3"]
    labels = [[1], [0], [1], [0]]
    made = tt.report(labels, [[0.8], [0.6], [0.4], [0.2]], tt.Thresholds([0.5]), clips=clips)
    page = opener.open(made)
    assert page.locator("audio").count() == 0
    assert page.get_by_role("button", name=re.compile("^Play ")).count() == 3
    page.get_by_role("button", name="Play sub folder/50%.flac").click()
    page.get_by_text("This page cannot reach that file.").wait_for()
    assert opener.requests[-1] == (opener.folder / "sub folder/50%.flac").as_uri()
    opener.errors.clear()  # the browser says too that the file is not there


def test_names_stay_text_and_come_back_as_they_are(opener: Opener) -> None:
    rng = np.random.default_rng(0)
    labels = (rng.random((30, 5)) < 0.4).astype(int)
    scores = rng.normal(size=(30, 5)) + labels
    thresholds = tt.Thresholds([0.5] * 5, NASTY)
    made = tt.report(labels, scores, thresholds, clips=["<img src=x>"] * 30, title="<i>title</i>")
    page = opener.open(made)
    shown = Shown(page, labels, scores, thresholds, opener.folder)
    assert page.locator("#table tbody .name button").all_inner_texts() == sorted(
        NASTY, key=lambda name: -labels[:, NASTY.index(name)].sum()
    )
    assert page.title() == page.locator("h1").inner_text() == "<i>title</i>"
    assert page.locator("b, i, img").count() == 0
    for name in NASTY:
        page.get_by_label(f"Threshold of {name}, typed").first.fill("never")
        page.get_by_label(f"Threshold of {name}, typed").first.blur()
    changed = shown.downloaded()
    assert changed.to_dict() == thresholds.override(dict.fromkeys(NASTY)).to_dict()


def test_downloaded_thresholds_are_what_override_gives(opener: Opener) -> None:
    labels, scores = [[1, 0], [0, 1], [1, 1]], [[0.9, 0.2], [0.4, 0.6], [0.7, 0.3]]
    thresholds = tt.Thresholds([0.5, np.inf]).override({"0": 0.55})
    page = opener.open(tt.report(labels, scores, thresholds))
    shown = Shown(page, labels, scores, thresholds, opener.folder)
    shown.row("0").get_by_role("slider").press("End")
    shown.row("1").get_by_role("slider").press("Home")
    lowest = float(np.float16(0.2))  # the least that a change of type makes of the score 0.2
    changed = thresholds.override({"0": None, "1": lowest})
    assert shown.downloaded().to_dict() == changed.to_dict()


@pytest.mark.parametrize("weighted", [False, True])
def test_weights_unknown_labels_and_logits(opener: Opener, *, weighted: bool) -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(-1, 2, (40, 3))
    scores = (rng.normal(size=(40, 3)) + labels).astype(np.float32)
    weight = rng.random(40) if weighted else None
    thresholds = tt.Thresholds([0.0, 0.5, -0.5], ["c", "a", "b"])
    made = tt.report(labels, scores, thresholds, tags=["a", "b", "c"], sample_weight=weight)
    shown = Shown(opener.open(made), labels, scores, thresholds, opener.folder)
    options = {"tags": ["a", "b", "c"], "sample_weight": weight}
    shown.check_totals(thresholds, **options)
    for key in ("ArrowLeft", "PageDown", "End"):
        shown.row("b").get_by_role("slider").press(key)
        changed = shown.downloaded()
        assert changed.tags == ("c", "a", "b")
        shown.check_totals(changed, **options)
    assert "the scores are not probabilities" in shown.page.locator("#tag").inner_text()


@pytest.mark.parametrize("label", [0, 1, -1])
def test_a_single_clip_of_one_tag(opener: Opener, label: int) -> None:
    made = tt.report([[label]], [[0.3]], tt.Thresholds([0.5]))
    page = opener.open(made)
    page.get_by_role("button", name="Set thresholds").click()
    shown = Shown(page, [[label]], [[0.3]], tt.Thresholds([0.5]), opener.folder)
    assert shown.total("recall") == (label == 1)
    problem = page.locator("#target-error")
    assert problem.is_visible() == (label != 1)


def test_several_sets_are_compared(opener: Opener, fitted: tuple[Any, Any, tt.Solution]) -> None:
    fit, unseen, solution = fitted
    other = tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags, method="exact", cv=None)
    sets = {"exact": other.thresholds}
    made = solution.report(unseen.labels, unseen.scores, others=sets, name="hierarchical")
    page = opener.open(made)
    shown = Shown(page, unseen.labels, unseen.scores, solution.thresholds, opener.folder)
    there, here = (
        tt.evaluate(unseen.labels, unseen.scores, each).table["f1"]
        for each in (other.thresholds, solution.thresholds)
    )
    for tag, name in enumerate(fit.tags):
        assert value(shown.row(name).locator(".gain data")) == pytest.approx(here[tag] - there[tag])
    compared = tt.compare_thresholds(
        unseen.labels, unseen.scores, other.thresholds, solution.thresholds
    ).table
    at = int(np.argmax(compared["changed"] > 0))
    ends = [f"{100 * compared[end][at]:+.1f}".replace("-", MINUS) for end in ("low", "high")]
    words = shown.row(fit.tags[at]).locator(".gain small").inner_text()
    assert words.strip("▲▼ ") == " to ".join(ends)
    shown.row(fit.tags[at]).get_by_role("slider").press("ArrowRight")
    assert shown.row(fit.tags[at]).locator(".gain small").inner_text() == "changed"
    page.locator("#undo").click()
    page.locator("#scatter circle").nth(3).wait_for()
    assert page.locator("#scatter circle").count() == 10
    page.locator("#scatter circle").nth(3).dispatch_event("click")
    assert page.locator("#tag h2").inner_text() == fit.tags[3]
    page.get_by_role("button", name="Use exact").click()
    shown.check_totals(other.thresholds)
    assert page.locator("#compared tbody tr").count() == 5


def test_the_command_line_takes_the_download(
    shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    shown.row("Clock").get_by_role("slider").press("PageUp")
    changed = shown.downloaded()
    path = shown.folder / "eval.npz"
    np.savez(path, scores=shown.scores, labels=shown.labels, tags=list(changed.names))
    given = ["evaluate", str(path), "-t", str(shown.folder / "thresholds.json"), "--json"]
    app(given, prog_name="tagthresh", standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["f1_micro"] == shown.total("metric")


def test_a_metric_that_is_no_share_is_not_in_percent(opener: Opener) -> None:
    fit, unseen = tt.datasets.load_demo()
    goal = tt.metrics.Cost(miss=20, false_alarm=3)
    solution = tt.find_thresholds(fit.labels, fit.scores, metric=goal, method="exact", cv=None)
    page = opener.open(solution.report(unseen.labels, unseen.scores))
    words = page.locator("#fitted").inner_text()
    assert f"for cost on 500 training clips, where they reach {solution.score:.3f}." in words
    assert page.locator("[data-figure=metric] dt").inner_text() == "micro-F1"


@pytest.mark.parametrize("same", [True, False])
def test_thresholds_fitted_on_these_clips_are_told(
    opener: Opener, fitted: tuple[Any, Any, tt.Solution], *, same: bool
) -> None:
    fit, unseen, solution = fitted
    clips = fit if same else unseen
    page = opener.open(solution.report(clips.labels, clips.scores, tags=clips.tags))
    assert ("these very clips" in page.locator("#fitted").inner_text()) == same


def test_damage_is_told_in_words(opener: Opener, fitted: tuple[Any, Any, tt.Solution]) -> None:
    _, unseen, solution = fitted
    text = solution.report(unseen.labels, unseen.scores).html
    path = opener.folder / "damaged.html"
    path.write_text(text.replace('"offset"', '"lost"'), encoding="utf-8")
    page = opener.open_file(path)
    assert "This page cannot be shown: it may be damaged" in page.locator("#error").inner_text()
    assert not page.locator("main").is_visible()


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(
    opener: Opener, fitted: tuple[Any, Any, tt.Solution], scheme: Any, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    _, unseen, solution = fitted
    made = solution.report(unseen.labels, unseen.scores, clips=unseen.clips)
    page = opener.open(made, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.get_by_label("Target", exact=True).fill("90")
    page.get_by_role("button", name="Set thresholds").click()
    page.locator("#scatter-part").evaluate("part => { part.open = true; }")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_is_reached_by_the_keyboard(shown: Shown) -> None:
    page = shown.page
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(at => at.id || at.getAttribute('class'))(document.activeElement)",
            )
        )
    for name in (
        "download",
        "target-kind",
        "target-value",
        "handle",
        "search",
        "filter",
        "against",
    ):
        assert name in reached
    assert {"link", "typed"} <= reached
