"""``python -m tagthresh`` is the command line."""

from tagthresh.cli import main

main()
