"""Do thresholds still fit? Later clips against those fitted on, from scores alone.

Per tag, two tests of "nothing has changed":

rate
    The share of clips that are given the tag, by Fisher's exact test: of all clips given it, as
    many would be new ones by chance. Two-sided: twice the smaller tail.
scores
    The distribution of scores, by the test of Kolmogorov and Smirnov: the largest difference
    between the shares of clips at or above a score, over the scores that the profile keeps. Fewer
    scores than all make the distance smaller, so the test errs towards "nothing has changed".

Of all tags together, one more: the mean number of tags that a clip is given, by Student's test. It
sees what no tag shows by itself.

The p-values of all tags and tests are adjusted together by the rule of Benjamini and Hochberg
("Controlling the false discovery rate", Journal of the Royal Statistical Society B 57, 1995): of
the changes reported, one in twenty is expected to be none, or fewer; and where nothing has changed,
any change is reported in one case in twenty, or fewer. With many clips any difference is
significant, so a change is reported only if it is large as well: a rate by a factor of
`LEAST_RATIO`, a share of clips by `LEAST_DISTANCE`.

verdict, of a tag and of all together
    "more often" or "less often" where the rate has changed, else "other scores" where their
    distribution has, else "same".

Clips must be independent draws: of those of one recording, keep one. The verdict does not say what
changed: prevalences (`tagthresh.adapt`), the recordings, or the scorer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh import validation
from tagthresh.evaluation.profile import Profile, above, mean_and_sd
from tagthresh.formatting import TableMixin, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FALSE_DISCOVERIES = 0.05
LEAST_RATIO = 1.25  # of rates, or its inverse
LEAST_DISTANCE = 0.1  # between shares of clips
VERDICTS = MORE, LESS, SCORES, SAME = ("more often", "less often", "other scores", "same")


class PerClip(NamedTuple):
    """Tags that a clip is given, on average.

    Attributes
    ----------
    old, new : float
        Of the clips of the profile, and of the new ones.
    p_value : float
        Adjusted for all tests.
    verdict : str
        "more often", "less often" or "same".
    """

    old: float
    new: float
    p_value: float
    verdict: str


@dataclass(frozen=True, eq=False, repr=False)
class Drift(TableMixin):
    """Result of `drift`.

    Attributes
    ----------
    n_clips : tuple of int
        Clips of the profile, and new ones.
    per_clip : PerClip
        Tags that a clip is given.
    table : dict of str to list or ndarray
        Table with a row per tag, as columns: ``pandas.DataFrame(drift.table)``: ``tag``;
        ``threshold``; ``rate_old`` and ``rate_new``, shares of clips given the tag, and their
        ``ratio``, new to old, with half a clip added to either; ``distance`` between the
        distributions of scores, in [0, 1]; ``p_rate`` and ``p_scores``, adjusted for all tests; and
        ``verdict``.
    """

    n_clips: tuple[int, int]
    per_clip: PerClip
    table: dict[str, Any]

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.items())
        per_clip = f"{self.per_clip.old:.3g} tags per clip, then {self.per_clip.new:.3g}"
        return f"Drift({per_clip}: {self.per_clip.verdict}; tags: {verdicts})"

    @property
    def drifted(self) -> bool:
        """Whether any tag has changed, or all together have."""
        changed = any(verdict != SAME for verdict in self.table["verdict"])
        return changed or self.per_clip.verdict != SAME

    @property
    def verdicts(self) -> dict[str, int]:
        """Number of tags by verdict."""
        return {verdict: self.table["verdict"].count(verdict) for verdict in VERDICTS}

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain Python values; a threshold of never is None."""
        return {
            "clips": list(self.n_clips),
            "drifted": self.drifted,
            "per_clip": self.per_clip._asdict(),
            "verdicts": self.verdicts,
            "per_tag": table(self.table),
        }


def drift(y_score: object, profile: Profile, *, tags: Sequence[str] | None = None) -> Drift:
    """Tell which tags are given more or less often than they were, or have other scores.

    Parameters
    ----------
    y_score : array-like or data frame, shape (n_clips, n_tags)
        Finite scores of later clips, independent of each other.
    profile : Profile
        Of the clips that the thresholds were fitted on: `Profile.from_scores`, or `Profile.load`.
    tags : sequence of str, optional
        Names of the columns.

    Returns
    -------
    Drift

    Raises
    ------
    InputError
        When the tags differ, a score is not finite or there is no clip.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> thresholds = tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags).thresholds
    >>> profile = tt.Profile.from_scores(fit.scores, thresholds)
    >>> found = tt.drift(unseen.scores, profile)
    >>> found.per_clip.verdict, found.verdicts
    ('same', {'more often': 0, 'less often': 0, 'other scores': 0, 'same': 10})
    >>> tt.drift(unseen.scores**1.5, profile).drifted
    True
    """
    validation.of_type("profile", profile, Profile, "tt.Profile.from_scores(y_score, thresholds)")
    validation.matrix("y_score", y_score)  # at least one clip
    thresholds = profile.thresholds
    scores = thresholds.aligned(y_score, tags)
    clips = profile.n_clips, len(scores)
    decisions = thresholds.predict(scores)
    given = profile.given, decisions.sum(axis=0)
    per_clip = profile.per_clip, mean_and_sd(decisions)
    shares = profile.above / clips[0], above(scores, profile.score) / clips[1]
    distance = np.abs(shares[1] - shares[0]).max(axis=1)
    (p_per_clip,), p_rate, p_scores = _adjusted(
        student(per_clip, clips), fisher(given, clips), kolmogorov_smirnov(distance, clips)
    )
    ratio = _ratio(given, clips)
    totals = _ratio(tuple(n * mean for n, (mean, _) in zip(clips, per_clip, strict=True)), clips)
    of_all = str(_rate_verdict(totals, p_per_clip))
    rate = _rate_verdict(ratio, p_rate)
    moved = (p_scores <= FALSE_DISCOVERIES) & (distance >= LEAST_DISTANCE)
    verdict = np.where((rate == SAME) & moved, SCORES, rate)
    per_tag = {
        "tag": list(thresholds.names),
        "threshold": thresholds.values,
        "rate_old": given[0] / clips[0],
        "rate_new": given[1] / clips[1],
        "ratio": ratio,
        "distance": distance,
        "p_rate": p_rate,
        "p_scores": p_scores,
        "verdict": verdict.tolist(),
    }
    return Drift(clips, PerClip(per_clip[0][0], per_clip[1][0], float(p_per_clip), of_all), per_tag)


def _adjusted(*p_values: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Adjust the p-values of several tests for all of them together."""
    from scipy.stats import false_discovery_control  # takes half a second to import

    ends = np.cumsum([len(each) for each in p_values])[:-1]
    return np.split(false_discovery_control(np.concatenate(p_values)), ends)


def _ratio(given: tuple[Any, ...], clips: tuple[int, int]) -> NDArray[np.float64]:
    """Rate now over rate then, with half a clip more given the tag, and half one not, in either."""
    then, now = ((each + 0.5) / (n + 1) for each, n in zip(given, clips, strict=True))
    return np.asarray(now / then)


def _rate_verdict(ratio: NDArray[np.float64], p_value: NDArray[np.float64]) -> NDArray[np.str_]:
    """Tell rates that have changed: significantly, and by much."""
    clear = p_value <= FALSE_DISCOVERIES
    cases = [clear & (ratio >= LEAST_RATIO), clear & (ratio <= 1 / LEAST_RATIO)]
    return np.select(cases, (MORE, LESS), SAME)


def student(
    per_clip: tuple[tuple[float, float], tuple[float, float]], clips: tuple[int, int]
) -> NDArray[np.float64]:
    """p-value, shape (1,), of a difference of means, by Student's two-sided test.

    Parameters
    ----------
    per_clip : tuple of two tuples of float
        Mean and standard deviation, then and now.
    clips : tuple of int
        Clips, then and now.
    """
    from scipy.stats import ttest_ind_from_stats

    (then, _), (now, _) = per_clip
    if sum(clips) == 2 or not any(sd for _, sd in per_clip):
        return np.array([float(then == now or sum(clips) == 2)])  # no spread to judge by
    sets = zip(per_clip, clips, strict=True)
    arguments = [value for (mean, sd), n in sets for value in (mean, sd, n)]
    with np.errstate(all="ignore"):  # a spread whose square is 0
        p_value = ttest_ind_from_stats(*arguments).pvalue
    return np.array([1.0 if np.isnan(p_value) else p_value])


def fisher(
    given: tuple[NDArray[np.int64], NDArray[np.int64]], clips: tuple[int, int]
) -> NDArray[np.float64]:
    """Two-sided p-values of Fisher's exact test, twice the smaller tail.

    Parameters
    ----------
    given : tuple of two ndarray of int, shape (n_tags,)
        Clips given each tag, then and now.
    clips : tuple of int
        Clips, then and now.
    """
    from scipy.stats import hypergeom

    now = hypergeom(sum(clips), given[0] + given[1], clips[1])
    tails = np.minimum(now.cdf(given[1]), now.sf(given[1] - 1))
    return np.asarray(np.minimum(2 * tails, 1.0))


def kolmogorov_smirnov(
    distance: NDArray[np.float64], clips: tuple[int, int]
) -> NDArray[np.float64]:
    """p-values of distances between the distributions of two samples, as SciPy's asymptotic ones.

    Parameters
    ----------
    distance : ndarray of float64, shape (n_tags,)
    clips : tuple of int
        Size of either sample.
    """
    from scipy.stats import kstwo

    effective = clips[0] * clips[1] / sum(clips)
    return np.asarray(kstwo.sf(distance, max(1, round(effective))))
