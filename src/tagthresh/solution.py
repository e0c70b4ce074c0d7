"""What a fit returns: thresholds, the metric they reach, and what is known about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.formatting import TableMixin, plain, plural, table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from tagthresh.calibration.calibrator import Calibrator
    from tagthresh.evaluation.crossfit import CrossFit
    from tagthresh.report.page import Page
    from tagthresh.thresholds.evidence import Evidence
    from tagthresh.thresholds.thresholds import Thresholds
    from tagthresh.tradeoffs.certificate import Certificate


@dataclass(frozen=True, eq=False, repr=False)
class Solution(TableMixin):
    """Result of `find_thresholds`.

    Attributes
    ----------
    thresholds : Thresholds
        One threshold per tag, with where they came from.
    score : float
        The metric on the clips they were fitted on.
    status : str
        In words: what is known about the result.
    statistics : mapping
        Numbers about the work done, by name.
    certificate : Certificate or None
        How far from the best thresholds on these clips they can be at most; a gap of 0 proves that
        none are better. None where no bound is known: for metrics averaged over clips, and micro
        averages of functions whose shape is unknown.
    evidence : Evidence
        What each tag's threshold rests on, and which are not to be trusted.
    expected : CrossFit or None
        The score to expect on unseen clips, by cross-fitting; None where that was not done.
    calibrator : Calibrator or None
        Probabilities of scores; None for methods other than "hierarchical".
    """

    thresholds: Thresholds
    score: float
    status: str
    statistics: Mapping[str, Any]
    certificate: Certificate | None
    evidence: Evidence
    expected: CrossFit | None = None
    calibrator: Calibrator | None = None

    def __repr__(self) -> str:
        origin, proof = self.thresholds.origin, self.certificate
        name = origin.metric if origin else "score"
        gap = f", gap={proof.gap:.4g}" if proof else ""
        unseen = f", {self.expected.score:.4f} expected on unseen clips" if self.expected else ""
        facts = f"{name}={self.score:.4f}{unseen}{gap}, {plural(len(self.thresholds), 'tag')}"
        return f"Solution({facts}: {self.status})"

    @property
    def table(self) -> dict[str, Any]:
        """Table with a row per tag, as columns: ``pandas.DataFrame(solution.table)``.

        Tag, threshold and `Evidence.columns`, those left out that were not looked at.
        """
        known = {name: col for name, col in self.evidence.columns.items() if col is not None}
        tags = list(self.thresholds.names)
        return {"tag": tags, "threshold": self.thresholds.values, **known}

    def predict(self, y_score: object, tags: Sequence[str] | None = None) -> Any:
        """Decide which clips get which tags, as `Thresholds.predict` does.

        Parameters
        ----------
        y_score : array-like, data frame or sparse matrix, shape (n_clips, n_tags)
            Finite scores. The columns of a data frame are matched by name.
        tags : sequence of str, optional
            Names of the columns, to match those of an array by name too.

        Returns
        -------
        ndarray of bool, or csr_array of bool for a sparse matrix, shape (n_clips, n_tags)
            True where ``score >= threshold``.

        Raises
        ------
        InputError
            When the tags differ or a score is not finite.

        Examples
        --------
        >>> import tagthresh as tt
        >>> solution = tt.find_thresholds([[1], [0]], [[0.9], [0.2]], method="exact", cv=None)
        >>> solution.predict([[0.8], [0.1]])
        array([[ True],
               [False]])
        """
        return self.thresholds.predict(y_score, tags)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the thresholds as JSON, for `Thresholds.load` and ``tagthresh apply``.

        Raises
        ------
        InputError
            When the file cannot be written.

        Examples
        --------
        >>> import tagthresh as tt
        >>> solution = tt.find_thresholds([[1], [0]], [[0.9], [0.2]], method="exact", cv=None)
        >>> solution.save("thresholds.json")  # doctest: +SKIP
        """
        self.thresholds.save(path)

    def report(self, y_true: object, y_score: object, **options: Any) -> Page:
        """Make a page on which the thresholds can be looked at, moved and saved.

        Parameters
        ----------
        y_true, y_score : array-like or data frame, shape (n_clips, n_tags)
            Labels and scores to show them on; of clips they were not fitted on, if there are any.
        **options
            As for `tagthresh.report`; `expected` and `calibrator` are the solution's own.

        Returns
        -------
        Page
            ``page.save("report.html")`` writes it.

        Raises
        ------
        InputError
            When an argument breaks a rule of `tagthresh.validation`, or the tags differ.

        Examples
        --------
        >>> import tagthresh as tt
        >>> fit, unseen = tt.datasets.load_demo()
        >>> solution = tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags, cv=None)
        >>> page = solution.report(unseen.labels, unseen.scores, clips=unseen.clips)
        >>> page.save("report.html")  # doctest: +SKIP
        """
        from tagthresh.report.page import report

        defaults = {"expected": self.expected, "calibrator": self.calibrator}
        return report(y_true, y_score, self.thresholds, **(defaults | options))

    def to_dict(self) -> dict[str, Any]:
        """Everything but the calibrator as plain Python values; NaN and infinity are None."""
        proof = self.certificate
        return {
            "score": self.score,
            "status": self.status,
            "statistics": {
                name: plain(value) if isinstance(value, np.ndarray | list) else value
                for name, value in self.statistics.items()
            },
            "certificate": proof
            and {
                "gap": proof.gap,
                "lam": None if proof.lam is None else plain(proof.lam),
                "slack": None if proof.slack is None else plain(proof.slack),
            },
            "expected": self.expected and self.expected.to_dict(),
            "per_tag": table(self.table),
            "thresholds": self.thresholds.to_dict(),
        }
