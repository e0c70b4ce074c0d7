"""The command line: parse, call, print; no maths here.

Results go to standard output (one JSON object with ``--json``), everything else to standard error.
Exit codes: 0 done; 2 bad usage or bad input, told in one line; 1 a bug (or, for ``reproduce``, a
figure that is off). A command a file; what they share is in `options` (declarations), `text`
(values given as text), `data` (reading) and `streams` (printing).
"""

from tagthresh.cli.entry import main

__all__ = ["main"]
