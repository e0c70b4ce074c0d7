"""Every command in the documentation runs as written, in a folder made by ``demo --files``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from documented import Command, commands, fault
from tagthresh.datasets.demo_files import write_demo

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SCHEDULER = "tcp://10.0.0.1:8786"  # in the documentation; a real one takes its place
NOT_RUN = {
    "pip install": "installing is what came before the tests",
    "git clone": "it needs the network",
    "tagthresh reproduce": "it needs the data of the paper's authors; tests/datasets run it",
}
INSTEAD = {"make demo": "tagthresh demo"}  # what it runs once everything is installed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the demo's files."""
    folder = tmp_path_factory.mktemp("files")
    write_demo(folder)
    return folder


@pytest.fixture
def folder(files: Path, tmp_path: Path) -> Path:
    """Copy of the demo's files for one page."""
    return Path(shutil.copytree(files, tmp_path / "demo"))


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Address of a scheduler with two workers."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield str(cluster.scheduler_address)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Environment of a terminal of 100 columns in which the program is installed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {
        **os.environ,
        "PATH": path,
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "MPLBACKEND": "agg",
        "HOME": str(tmp_path),
    }


def sections() -> Iterator[tuple[str, list[Command]]]:
    """Give the commands of each page, those of the long page on the command line by section."""
    for page in PAGES:
        text = page.read_text("utf-8")
        found = list(commands(page.name, text))
        if page.name != "command-line.md":
            yield page.name, found
            continue
        heads = [i for i, line in enumerate(text.splitlines(), 1) if line.startswith("## ")]
        for start, end in zip(heads, [*heads[1:], len(text)], strict=True):
            name = text.splitlines()[start - 1].removeprefix("## ")
            yield f"{page.name}, {name}", [c for c in found if start < c.line < end]


SECTIONS = dict(sections())


def test_every_command_is_in_a_section() -> None:
    found = [c for page in PAGES for c in commands(page.name, page.read_text("utf-8"))]
    assert sorted(found) == sorted(c for section in SECTIONS.values() for c in section)


@pytest.mark.parametrize("section", SECTIONS)
def test_commands_run_as_written(
    section: str, folder: Path, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    faults = []
    for command in SECTIONS[section]:
        if any(command.text.startswith(start) for start in NOT_RUN):
            continue
        faults.append(fault(_here(command, request), folder, environment))
    found = [text for text in faults if text is not None]
    assert not found, "\n\n".join(found)


def _here(command: Command, request: pytest.FixtureRequest) -> Command:
    """Put in what this machine has in place of what the documentation names."""
    text = INSTEAD.get(command.text.partition("#")[0].strip(), command.text)
    if SCHEDULER in text:
        text = text.replace(SCHEDULER, request.getfixturevalue("scheduler"))
    return command._replace(text=text)


WRONG = [
    ("$ tagthresh fit dev.npzz\n", "ends with 2"),
    ("$ tagthresh fit dev.npz --no-such-option\n", "ends with 2"),
    ("$ tagthresh fit missing.csv | cat\n", "ends with 2"),
    ("$ head -1 scores.csv\nclip,Dog\n", "prints"),
    ("$ tagthresh metrics\nf1_mirco\n", "prints"),
    ("$ no-such-program\n", "ends with 127"),
]


@pytest.mark.parametrize(("block", "message"), WRONG)
def test_a_wrong_block_is_found(
    block: str, message: str, folder: Path, environment: dict[str, str]
) -> None:
    (command,) = commands("page.md", f"# Title\n\n```console\n{block}```\n")
    assert command.line == 4
    found = fault(command, folder, environment)
    assert found is not None
    assert message in found


def test_what_changes_is_not_compared(folder: Path, environment: dict[str, str]) -> None:
    shown = "took 3.1 s\nwith 0.1.0 ...\nend"
    block = f"```console\n$ printf 'a\\ntook 0.02 s  with 9.9.9 x\\ny end'\n{shown}\n```\n"
    (command,) = commands("page.md", block)
    assert fault(command, folder, environment) is None
