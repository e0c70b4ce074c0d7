"""`report`: labels, scores and thresholds to a page; `Page`: one that can be saved."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh import validation
from tagthresh.calibration.calibrator import Calibrator
from tagthresh.counts.counts import Counts
from tagthresh.evaluation.compare_thresholds import compare_thresholds
from tagthresh.evaluation.crossfit import CrossFit
from tagthresh.evaluation.groups import group_numbers
from tagthresh.formatting import plural
from tagthresh.io.atomic import replacing
from tagthresh.report.page.content import Clips, content
from tagthresh.thresholds.thresholds import as_thresholds
from tagthresh.validation import InputError
from tagthresh.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from tagthresh.thresholds.thresholds import AnyThresholds


@dataclass(frozen=True, eq=False, repr=False)
class Page:
    """A page about thresholds on labelled clips; made by `report`.

    Attributes
    ----------
    content : dict
        What it holds, as plain values.
    """

    content: dict[str, Any]

    def __repr__(self) -> str:
        clips, tags = self.content["clips"], len(self.content["tags"])
        size = f"{plural(clips, 'clip')} x {plural(tags, 'tag')}"
        return f"Page({size}, {len(self.html.encode()) / 1e6:.1f} MB)"

    @cached_property
    def html(self) -> str:
        """The page as text, complete in itself."""
        text = json.dumps(self.content, ensure_ascii=False, allow_nan=False)
        parts = {
            "title": html.escape(self.content["title"]),
            "style": _asset("page.css"),
            # No tag or clip can end the script that holds its name.
            "content": text.replace("<", "\\u003c"),
            "script": _asset("page.js"),
        }
        page = _asset("page.html")
        for name, part in parts.items():
            before, after = page.split(f"<!-- {name} -->")
            page = before + part + after
        return page

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file, whole or not at all.

        Raises
        ------
        InputError
            When the file cannot be written.
        """
        with replacing(path) as temporary:
            temporary.write_text(self.html, encoding="utf-8")


def _asset(name: str) -> str:
    return (resources.files("tagthresh") / "report" / "page" / name).read_text("utf-8")


def report(  # noqa: PLR0913
    y_true: object,
    y_score: object,
    thresholds: AnyThresholds,
    *,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    groups: Iterable[Hashable] | None = None,
    clips: Sequence[str] | None = None,
    name: str = "chosen",
    others: Mapping[str, AnyThresholds] | None = None,
    expected: CrossFit | None = None,
    calibrator: Calibrator | None = None,
    title: str | None = None,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> Page:
    """Make a page on which people look at thresholds, move them and save them.

    Parameters
    ----------
    y_true : array-like or data frame, shape (n_clips, n_tags)
        1 positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere.
    y_score : array-like or data frame, shape (n_clips, n_tags)
        Finite scores, of the classifier the thresholds were fitted for.
    thresholds : Thresholds, Solution, mapping of str to float or None, array-like, or float
        As for `evaluate`.
    tags : sequence of str, optional
        Names of the columns.
    sample_weight : array-like, shape (n_clips,) or (n_clips, n_tags), optional
        Weights of the clips, or of pairs of clip and tag (`review_weights`), at least 0; 1 by
        default.
    groups : iterable of hashable, n_clips of them, optional
        Recording or site of each clip: whole groups are drawn for intervals.
    clips : sequence of str, n_clips of them, optional
        Names of the clips. The page plays those that are the address of a sound file, on the web or
        as seen from the folder of the page.
    name : str, default "chosen"
        What the page calls the thresholds.
    others : mapping of str to Thresholds, optional
        More thresholds, by name, to compare with and to begin from; each in any form that
        `thresholds` may have.
    expected : CrossFit, optional
        The score to expect on unseen clips, to be shown: ``solution.expected``.
    calibrator : Calibrator, optional
        For reliability curves of its probabilities; by default they are those of the scores, if all
        are in [0, 1].
    title : str, optional
        Of the page; by default it gives the numbers of tags and clips.
    ignore, positive_only
        As for `find_thresholds`.

    Returns
    -------
    Page

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.validation`, or the tags differ.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> solution = tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags, cv=None)
    >>> page = tt.report(unseen.labels, unseen.scores, solution.thresholds, clips=unseen.clips)
    >>> page.save("report.html")  # doctest: +SKIP
    >>> page.content["starts"][0]["name"], round(page.content["starts"][0]["score"], 4)
    ('chosen', 0.7921)
    """
    validation.text("name", name)
    others = {} if others is None else validation.mapping("others", others, "{'old': old}")
    if name in others:
        raise InputError("others", f"must have names other than {name!r}")
    if expected is not None:
        validation.of_type("expected", expected, CrossFit, "tt.crossfit(...)")
    if calibrator is not None:
        validation.of_type("calibrator", calibrator, Calibrator, "solution.calibrator")
    options: Any = {"ignore": ignore, "positive_only": positive_only}
    validation.same_rows(y_true=y_true, y_score=y_score, groups=groups, clips=clips)
    data = validation.labelled_scores(y_true, y_score, tags, sample_weight, **options)
    n_clips, n_tags = data.scores.shape
    sets = {
        key: as_thresholds(form, n_tags, data.tags, f"thresholds {validation.described(key)}")
        for key, form in {name: thresholds, **others}.items()
    }
    data = replace(data, tags=validation.names_beside(y_score, data.tags, sets[name].tags))
    for own in sets.values():
        own.in_order(data.tags, n_tags)
    if groups is not None:
        groups = validation.listed("groups", groups, "['site 1', ...]")
    unit = group_numbers(groups, sample_weight, n_clips)
    names = _clip_names(clips, sample_weight, n_clips)
    options |= {"tags": tags, "sample_weight": sample_weight, "groups": groups}
    compared = {
        other: compare_thresholds(y_true, y_score, sets[other], sets[name], **options)
        for other in others
    }
    judged = Clips(data, Counts.from_checked(data), names, unit)
    if title is None:
        title = f"Thresholds for {plural(n_tags, 'tag')} on {plural(n_clips, 'clip')}"
    return Page(
        {
            "title": validation.text("title", title),
            "version": __version__,
            **content(judged, sets, compared, expected, calibrator),
        }
    )


def _clip_names(
    clips: Sequence[str] | None, sample_weight: ArrayLike | None, n_clips: int
) -> list[str] | None:
    """Names of the `n_clips` clips of positive weight."""
    if clips is None:
        return None
    given = validation.listed("clips", clips, "['a.wav', 'b.wav']")
    names = [validation.text("a name in clips", str(clip)) for clip in given]
    kept = np.ones(n_clips, bool)
    if sample_weight is not None:
        kept = validation.heavy(np.asarray(sample_weight, np.float64))
    if len(names) != len(kept):
        raise InputError("clips", f"must name {len(kept)} clips", len(names))
    return list(compress(names, kept))
