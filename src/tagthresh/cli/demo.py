"""``tagthresh demo``."""

from __future__ import annotations

from tagthresh.cli import printing
from tagthresh.cli.options import Json, NewThresholds
from tagthresh.cli.reading import checked_output

SHORT = "Choose thresholds on real clips and judge them on others."
HELP = "Choose thresholds on half of some real clips and judge them on the other half."
EPILOG = (
    "\b\nExamples:\n  tagthresh demo && cat thresholds.json\n  tagthresh demo -o demo.json --json"
)


def run(output: NewThresholds = "thresholds.json", as_json: Json = False) -> None:
    """Run the main job on packaged data."""
    from tagthresh.datasets import demo as example
    from tagthresh.report import terminal

    printing.one_result("-o", output, as_json)
    checked_output("-o", output, (".json",), ())
    outcomes = example.run()
    best = outcomes[-1]
    printing.save(best.solution.thresholds, output)
    if as_json:
        methods = {o.name: {"fit": o.solution.score, "unseen": o.unseen.score()} for o in outcomes}
        printing.print_json({"methods": methods, "output": output})
    else:
        console = printing.tables_console(stderr=output == "-")
        console.print(example.ABOUT + "\n", highlight=False)
        console.print(terminal.outcomes(outcomes))
        console.print(terminal.gains(outcomes[0], best))
    printing.note("next: tagthresh fit --help")
