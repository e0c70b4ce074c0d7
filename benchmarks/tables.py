"""Tables of what methods reach, from their micro-F1 in % on every split of every setting."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from settings import SCORERS, SIZES, Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    Array = np.ndarray[Any, Any]
    Found = dict[Setting, dict[str, Array]]  # by setting and method: one score a split

REFERENCE, FLOOR = "SGL", "shared"  # what gains are counted from, and what none should fall below
PIECES = [*map(str, SIZES), "half"]


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def averages(found: Found, names: Sequence[str]) -> str:
    """Mean micro-F1 of some methods in every setting."""
    rows = [
        [str(setting), str(len(scores[FLOOR])), *means(scores, names)]
        for setting, scores in found.items()
    ]
    return markdown(["data, training clips", "splits", *names], rows)


def means(scores: dict[str, Array], names: Sequence[str]) -> list[str]:
    """Mean micro-F1 of some methods in one setting."""
    return [f"{scores[name].mean():.2f}" for name in names]


def gains(found: Found, names: Sequence[str]) -> str:
    """Paired gain of methods over SGL, with its standard error over splits."""
    others = [name for name in names if name != REFERENCE]
    rows = [
        [str(setting), *(paired(scores[name] - scores[REFERENCE]) for name in others)]
        for setting, scores in found.items()
    ]
    return markdown(["data, training clips", *others], rows)


def paired(gain: Array) -> str:
    """Show the mean and, with more than one split, its standard error."""
    if len(gain) == 1:
        return f"{gain[0]:+.2f}"
    return f"{gain.mean():+.2f} ± {gain.std(ddof=1) / np.sqrt(len(gain)):.2f}"


def worst(found: Found, names: Sequence[str]) -> str:
    """Show how far methods fall below `shared`, on average and on single splits."""
    rows = []
    for name in names:
        if name == FLOOR:
            continue
        gain = {setting: scores[name] - scores[FLOOR] for setting, scores in found.items()}
        average = min(gain, key=lambda setting: float(gain[setting].mean()))
        single = min(gain, key=lambda setting: float(gain[setting].min()))
        below = np.mean(np.concatenate(list(gain.values())) < 0)
        rows.append(
            [
                name,
                f"{gain[average].mean():+.2f} ({average})",
                f"{gain[single].min():+.2f} ({single})",
                f"{100 * below:.1f}",
            ]
        )
    return markdown(["", "worst average", "worst single split", "splits below shared, %"], rows)


def marks(found: Found, best: float) -> str:
    """Compare `hierarchical` with its targets."""

    def reached(data: str, size: str) -> float:
        return float(found[Setting(data, size)]["hierarchical"].mean())

    def gain(rival: str, data: str, *sizes: str) -> list[float]:
        return [
            float((scores["hierarchical"] - scores[rival]).mean())
            for setting, scores in found.items()
            if setting.data.startswith(data) and (setting.size in sizes or not sizes)
        ]

    lines = [
        ("SIMULATION, 12,958: over SGL", gain("SGL", "SIMULATION", "12,958")[0], 0.5),
        ("SIMULATION, 12,958: over the best", reached("SIMULATION", "12,958") - best, -0.35),
        ("SIMULATION, 1,000: over SGL", gain("SGL", "SIMULATION", "1,000")[0], 1.4),
        ("dcase2017 resplits, average: over SGL", fmean(gain("SGL", "dcase2017", *PIECES)), 1.5),
        ("dcase2019 resplits, average: over SGL", fmean(gain("SGL", "dcase2019", *PIECES)), 0.0),
        ("esc10_mix halves, average: over exact", fmean(gain("exact", "esc10_mix", "halves")), 0.0),
        ("esc10_mix halves, worst: over exact", min(gain("exact", "esc10_mix", "halves")), -0.6),
        *(
            (f"{data}, halves: over SGL", gain("SGL", data, "halves")[0], 10.0)
            for data in ("esc10_mix yamnet_mean", "esc10_mix yamnet_int8_mean")
        ),
        ("worst average of all: over shared", min(gain("shared", "")), -0.3),
        ("dcase2017, official", reached("dcase2017", "official"), 63.3),
        ("dcase2019, official", reached("dcase2019", "official"), 71.8),
    ]
    rows = [
        [what, f"{target:.2f}", f"{value:.3f}", "yes" if value >= target else "no"]
        for what, value, target in lines
    ]
    return markdown(["hierarchical", "target, at least", "measured", "reached"], rows)


def by_size(found: Found, names: Sequence[str]) -> str:
    """Means by number of clips fitted on, those of esc10_mix over its scorers too."""
    rows = [
        [str(setting), *means(scores, names)]
        for setting, scores in found.items()
        if setting.data.startswith("dcase") and setting.size in PIECES
    ]
    for size in (*PIECES[:3], "half"):
        every = [found[Setting(f"esc10_mix {scorer}", size)] for scorer in SCORERS]
        scores = {name: np.concatenate([each[name] for each in every]) for name in names}
        rows.append([f"esc10_mix, five scorers, {size}", *means(scores, names)])
    rows += [
        [str(setting), *means(scores, names)]
        for setting, scores in found.items()
        if setting.data == "SIMULATION"
    ]
    return markdown(["data, training clips", *names], rows)
