"""The tree keeps its order: imports go one way, and the core needs NumPy and SciPy alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tagthresh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = Path(tagthresh.__file__).parent
# From the bottom up: a package imports those above it in this list, and itself.
PACKAGES = [
    "process",
    "version",
    "formatting",
    "decision_rule",
    "validation",
    "io",
    "counts",
    "metrics",
    "thresholds",
    "tradeoffs",
    "calibration",
    "methods",
    "evaluation",
    "solution",
    "find",
    "compare",
    "datasets",
    "report",
    "integrations",
    "__init__",
    "cli",
    "__main__",
]
# An object draws itself on demand: the one import that goes up, made inside a function.
UPWARDS = {("solution", "report")}
ROOT_FILES = 12
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
CORE = {"numpy", "scipy"} | set(sys.stdlib_module_names)
EDGES = {
    "cli": {"typer"},
    "report": {"rich"},
    "integrations": {"dask", "distributed", "torch", "torchmetrics"},
}  # imported by users' choice
LAZY = {
    *("typer", "rich", "pyarrow", "torch", "torchmetrics", "h5py", "sklearn"),
    *("dask", "distributed", "zarr"),
}
SLOW = {"scipy.optimize", "scipy.sparse", "scipy.special", "scipy.stats", "numpy.testing"}


def package(module: Path) -> str:
    """First name below the root: a folder or a file."""
    return module.parts[0].removesuffix(".py")


def dotted(module: Path) -> str:
    """Name by which a file is imported."""
    parts = module.with_suffix("").parts
    return ".".join(("tagthresh", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def imports(tree: ast.AST) -> Iterator[str]:
    """Name what a tree imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def outside_functions(tree: ast.Module) -> ast.Module:
    """Leave out what only functions and type checkers import."""
    kept: list[ast.stmt] = [
        node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    return ast.Module(kept, [])


def parsed(module: Path) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text("utf-8"))


def without_types(tree: ast.Module) -> ast.Module:
    """Leave out what only type checkers import."""
    return ast.Module([node for node in tree.body if not isinstance(node, ast.If)], [])


def own_modules(names: Iterable[str]) -> set[str]:
    """Modules of the package among imported names."""
    parents = {name.rpartition(".")[0] if name not in DOTTED else name for name in names}
    return parents & DOTTED.keys()


DOTTED = {dotted(module): module for module in MODULES}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_go_one_way(module: Path) -> None:
    own = package(module)
    assert own in PACKAGES, f"{module} has no place in PACKAGES"
    for name in own_modules(imports(without_types(parsed(module)))):
        other = package(DOTTED[name])
        if other != own and (own, other) not in UPWARDS:
            assert PACKAGES.index(other) < PACKAGES.index(own), f"{module} imports {name}"


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {
        name: own_modules(imports(without_types(parsed(path)))) - {name}
        for name, path in DOTTED.items()
    }
    graph["tagthresh.solution"] -= {"tagthresh.report.page"}  # see UPWARDS
    list(TopologicalSorter(graph).static_order())  # raises CycleError


def test_the_root_reads_like_a_table_of_contents() -> None:
    assert len([module for module in MODULES if len(module.parts) == 1]) <= ROOT_FILES


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_the_core_imports_numpy_and_scipy_only(module: Path) -> None:
    found = {
        name.split(".")[0]
        for name in imports(outside_functions(parsed(module)))
        if name.split(".")[0] != "tagthresh"
    }
    assert found <= CORE | EDGES.get(package(module), set())


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
