"""The tree keeps its order: imports go one way, and the core needs NumPy and SciPy alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tagthresh

PACKAGE = Path(tagthresh.__file__).parent
# From the bottom up: a file imports files of earlier layers, or of its own folder.
LAYERS = [
    ["limits", "notebook", "plain", "version"],
    ["checks"],
    ["files"],
    ["json_values"],
    ["json_schema"],
    ["ontology", "review"],
    ["tables"],
    ["shards"],
    ["ordered", "placement", "tally"],
    ["buckets", "pairs", "ranks", "stairs"],
    ["counts"],
    ["cells", "entries"],
    ["grid"],
    ["coordinate", "curve"],
    ["census"],
    ["logistic", "calibrator"],
    ["calibrate", "metrics"],
    ["floors"],
    ["frontier", "lookup", "proportion", "rows", "smooth"],
    ["certificate"],
    ["evidence", "methods"],
    ["passes"],
    ["prevalence"],
    ["artefact"],
    ["thresholds"],
    ["randomisation", "resample"],
    ["crossfit", "refit"],
    ["unseen"],
    ["evaluate", "calibration", "compare_thresholds"],
    ["views"],
    ["report/page"],
    ["solution", "apply"],
    ["apply_files"],
    ["profiles"],
    ["adapt", "drift", "find", "guarantee", "operating"],
    ["compare"],
    ["demo", "simulate"],
    ["reproduce"],
    ["report"],
    ["__init__"],
    ["extras"],
    ["cli"],
    ["__main__"],
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
CORE = {"numpy", "scipy"} | set(sys.stdlib_module_names)
EDGES = {
    "cli": {"typer"},
    "report": {"rich"},
    "extras": {"dask", "distributed", "torch", "torchmetrics"},
}  # imported by users' choice
LAZY = {
    *("typer", "rich", "pyarrow", "torch", "torchmetrics", "h5py", "sklearn"),
    *("dask", "distributed", "zarr"),
}
SLOW = {"scipy.optimize", "scipy.sparse", "scipy.special", "scipy.stats", "numpy.testing"}


def part(module: Path | str) -> str:
    """First name below the package: the file, or the folder it is in; its inner one if ranked."""
    names = Path(module).with_suffix("").parts
    inner = "/".join(names[:2])
    return inner if inner in RANK else names[0]


def imported(path: Path, *, at_import_time: bool = False) -> set[str]:
    """Modules that a file names in its imports, everywhere or outside functions."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = tree.body if at_import_time else list(ast.walk(tree))
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_go_one_way(module: Path) -> None:
    own = part(module)
    assert own in RANK, f"{module} has no place in LAYERS"
    for name in imported(PACKAGE / module):
        if name.startswith("tagthresh."):
            other = part("/".join(name.split(".")[1:]))
            if other in RANK and own not in {"cli", other}:
                assert RANK[other] < RANK[own], f"{module} imports {other}, which is above it"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_the_core_imports_numpy_and_scipy_only(module: Path) -> None:
    found = {
        name.split(".")[0]
        for name in imported(PACKAGE / module, at_import_time=True)
        if name.split(".")[0] != "tagthresh"
    }
    assert found <= CORE | EDGES.get(part(module), set())


def test_the_core_works_where_nothing_else_is_installed() -> None:
    code = f"""
import sys
for name in {sorted(LAZY)}:
    sys.modules[name] = None
import tagthresh as tt
solution = tt.find_thresholds([[1], [0]], [[0.9], [0.2]])
assert tt.evaluate([[1], [0]], [[0.9], [0.2]], solution.thresholds).score() == 1.0
print("core")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "core\n"


@pytest.mark.parametrize(
    ("module", "slow"), [("tagthresh", SLOW | LAZY), ("tagthresh.cli", SLOW | LAZY - {"typer"})]
)
def test_what_is_slow_to_import_is_imported_where_it_is_used(module: str, slow: set[str]) -> None:
    code = f"import sys, {module}; print(*sorted({slow} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
