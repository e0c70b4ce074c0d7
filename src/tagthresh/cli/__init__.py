"""The command line: parse, call, print; no maths here.

Results go to standard output (one JSON object with ``--json``), everything else to standard error.
Exit codes: 0 done; 2 bad usage or bad input, in one line; 1 a bug (or, for ``reproduce``, a figure
that is off).

`entry` runs `app`, which lists the commands, one per file. What they share:

options, bounds, cluster
    Declarations of options; those that limit the thresholds of fit; where clips are counted.
reading, shards
    Files of clips, with the options that say how to read them: whole, or in parts.
results, writing, printing
    Where results go, with the options that say so; files to write; the standard streams.
parsing, errors
    Values given as text; errors that name options and files.

A group of options is a dataclass, which a command takes as one argument.
"""

from tagthresh.cli.entry import main

__all__ = ["main"]
