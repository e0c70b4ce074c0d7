"""Make the demo's data file from the two halves of `esc10_mix/yamnet_mean`.

    python tools/package_demo_data.py FOLDER_WITH_FIT_AND_EVAL

The arrays are copied unchanged; `NOTICE` beside them gives their source and terms.
"""

import sys
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "src/tagthresh/datasets/data/esc10_mix_yamnet_mean.npz"


def main(folder: Path) -> None:
    """Write the arrays of both halves, their names prefixed, into one compressed archive."""
    arrays = {}
    for half in ("fit", "eval"):
        with np.load(folder / f"{half}.npz", allow_pickle=False) as found:
            arrays.update({f"{half}_{name}": found[name] for name in found})
    np.savez_compressed(TARGET, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
