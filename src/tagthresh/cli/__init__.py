"""The command line: parse, call, print; no maths here.

Results go to standard output (one JSON object with ``--json``), everything else to standard error.
Exit codes: 0 done; 2 bad usage or bad input, in one line; 1 a bug (or, for ``reproduce``, a figure
that is off).

`entry` runs `app`, which lists the commands, one per file. What they share:

options, bounds
    Declarations of options; those that limit the thresholds of fit.
parsing, errors
    Values given as text; errors that name options and files.
reading, shards
    Files of clips: read whole, or in parts.
cluster
    The workers of a Dask cluster.
writing, printing
    Files to write, and the standard streams.
"""

from tagthresh.cli.entry import main

__all__ = ["main"]
