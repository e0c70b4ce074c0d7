"""The record of a run: what was tried, what was found, and how to try it again."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
import time
from collections import Counter
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fuzz import calls, inputs
from fuzz.campaign import MEMORY, Campaign
from fuzz.trial import quiet


def _try_input(seed: int) -> Any:
    def attempt(number: int, folder: Path, entry: dict[str, Any]) -> str:
        form, drawn, sample = inputs.sample_of(seed, number)
        size = sum(map(len, sample.files.values()))
        entry |= {"group": form, "size": size, "changes": sample.changes}
        inputs.write(sample, folder)
        return inputs.attempt(form, folder, sample, drawn)

    return attempt


def _describe_input(seed: int) -> Any:
    def describe(number: int) -> tuple[str, int, list[str]]:
        form, _, sample = inputs.sample_of(seed, number)
        return form, sum(map(len, sample.files.values())), sample.changes

    return describe


def _try_call(seed: int) -> Any:
    def attempt(number: int, _folder: Path, entry: dict[str, Any]) -> str:
        call = calls.call_of(seed, number)
        entry |= {"group": call.name, "size": len(call.changes), "changes": call.changes}
        return calls.attempt(call)

    return attempt


def _describe_call(seed: int) -> Any:
    def describe(number: int) -> tuple[str, int, list[str]]:
        call = calls.call_of(seed, number)
        return call.name, len(call.changes), call.changes

    return describe


# Imported before workers fork, so that none spends time or memory on them.
LIBRARIES = ("numpy", "scipy", "pyarrow", "h5py", "zarr", "torch", "pandas", "polars", "matplotlib")
PARTS = ("scipy.stats", "scipy.optimize", "pyarrow.csv", "pyarrow.parquet", "matplotlib.pyplot")


def run(n_inputs: int, n_calls: int, seed: int) -> dict[str, Any]:
    """Run both campaigns."""
    result: dict[str, Any] = {"seed": seed, "python": platform.python_version()}
    result |= {library: version(library) for library in LIBRARIES}
    loaded = {name: import_module(name) for name in (*LIBRARIES, *PARTS)}
    loaded["pyarrow"].set_cpu_count(1)
    loaded["torch"].set_num_threads(1)
    findings: list[dict[str, Any]] = []
    for name, number, attempt, describe in (
        ("inputs", n_inputs, _try_input(seed), _describe_input(seed)),
        ("calls", n_calls, _try_call(seed), _describe_call(seed)),
    ):
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            entries = Campaign(attempt, describe, range(number), Path(folder)).run()
        result[name] = _counted(entries, time.monotonic() - begun)
        findings += [{"of": name, **finding} for finding in _grouped(entries)]
    return result | {"findings": findings}


def _counted(entries: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Numbers of what was tried, by group and by outcome, and the extremes."""
    groups: dict[str, Counter[str]] = {}
    for entry in entries:
        groups.setdefault(entry["group"], Counter())[entry["outcome"]] += 1
    result: dict[str, Any] = {"tried": len(entries), "seconds": round(seconds, 1)}
    for key, field in (("slowest", "seconds"), ("largest_rise_kB", "rise"), ("peak_kB", "peak")):
        worst = max(entries, key=lambda entry: entry.get(field, 0), default={})
        result[key] = {name: worst.get(name) for name in ("number", "group", field)}
    return result | {
        "groups": {name: dict(sorted(groups[name].items())) for name in sorted(groups)}
    }


def _grouped(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each class of findings, with its smallest example."""
    classes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for entry in entries:
        if "finding" in entry:
            found = entry["finding"]
            classes.setdefault((entry["group"], found["kind"], found["detail"]), []).append(entry)
    result = []
    for (group, kind, detail), members in sorted(classes.items()):
        least = min(
            members, key=lambda entry: (len(entry["changes"]), entry["size"], entry["number"])
        )
        example = {"number": least["number"], "size": least["size"], "changes": least["changes"]}
        text = least["finding"].get("text", "")
        found = {"group": group, "kind": kind, "detail": detail, "times": len(members)}
        result.append(found | {"smallest": example, "text": text})
    return result


def summary(result: dict[str, Any]) -> str:
    """Say in a few lines what was tried and found."""
    lines = [f"seed {result['seed']}"]
    for name in ("inputs", "calls"):
        part = result[name]
        lines.append(f"{part['tried']} {name} in {part['seconds']} s; slowest {part['slowest']}")
        lines += [f"  {group}: {counts}" for group, counts in part["groups"].items()]
    for finding in result["findings"]:
        words = [str(finding[key]) for key in ("times", "group", "kind", "detail")]
        lines.append(
            " | ".join([*words, f"number {finding['smallest']['number']}", finding["text"]])
        )
    return "\n".join(lines)


def write(result: dict[str, Any], path: Path) -> None:
    """Write the record."""
    path.write_text(json.dumps(result, indent=1, ensure_ascii=True) + "\n")


def keep(result: dict[str, Any], folder: Path) -> None:
    """Write the smallest input of each class of findings."""
    shutil.rmtree(folder, ignore_errors=True)
    for place, finding in enumerate(result["findings"]):
        if finding["of"] == "inputs":
            _, _, sample = inputs.sample_of(result["seed"], finding["smallest"]["number"])
            inputs.write(sample, folder / f"{place:03} {finding['group']} {finding['kind']}")


def again(seed: int, number: int | None, call: int | None) -> int:
    """Try one input or one call in this process, and let it raise."""
    entry: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, quiet():
        path = Path(folder, "trial")
        if number is not None:
            outcome = _try_input(seed)(number, path, entry)
        else:
            outcome = _try_call(seed)(call, path, entry)
    print(outcome, entry)  # noqa: T201 - a command prints
    return 0
