"""Throw broken files at every reader and odd arguments at every public function.

    python tests/fuzz/run.py --inputs 200000 --calls 40000 --seed 1 --record docs/fuzz.json

Exit code 0 where nothing was found, 1 otherwise. One input is tried again, in this process and with
its traceback, by ``--input NUMBER`` or ``--call NUMBER``.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
for library in ("OPENBLAS", "OMP", "MKL"):  # a worker is one thread, where it can be
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

from fuzz import record  # noqa: E402


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Fuzz the readers and functions of tagthresh.")
    parser.add_argument("--inputs", type=int, default=3000)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path, help="JSON file to write")
    parser.add_argument("--corpus", type=Path, help="folder for the smallest input of each finding")
    parser.add_argument("--input", type=int, help="try this input alone")
    parser.add_argument("--call", type=int, help="try this call alone")
    given = parser.parse_args()
    if given.input is not None or given.call is not None:
        return record.again(given.seed, given.input, given.call)
    result = record.run(given.inputs, given.calls, given.seed)
    print(record.summary(result))  # noqa: T201 - a command prints
    if given.record is not None:
        record.write(result, given.record)
    if given.corpus is not None:
        record.keep(result, given.corpus)
    return 1 if result["findings"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
