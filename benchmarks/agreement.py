"""The two SHACL engines on generated graphs, as the build validates them.

What is derived is validated with what is stated, so both are compared on exactly the
triples that a release of the graph would hold. `python -m benchmarks.agreement` prints
each difference, of which there must be none.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.generate import write
from benchmarks.measuring import show
from graph.engines import BOTH
from graph.ephemeral import temporary_folder
from graph.findings import SEVERITIES
from graph.gathering import gather, instead
from graph.namespaces import DEFAULT_BASE
from graph.validation import validate

if TYPE_CHECKING:
    from graph.findings import Report

#: Quads, and the share of the things that have a defect.
GRAPHS: Final = ((10_000, 0.0), (10_000, 0.01), (10_000, 0.4), (100_000, 0.01))
#: Differences that are printed of each graph.
_SHOWN: Final = 5


def compared(quads: int, errors: float, folder: Path) -> Report:
    """Return what both engines find in a generated graph, and where they differ."""
    data = folder / f"{quads}-{errors}.nq"
    with data.open("w", encoding="utf-8", newline="\n") as file:
        write(file, quads, errors)
    made = folder / data.stem
    made.mkdir()
    gather(made, instead([data], DEFAULT_BASE), DEFAULT_BASE)
    return validate(made / "merged.nt", engine=BOTH, files=())


def _told(quads: int, errors: float) -> bool:
    """Print how far the engines agree on a graph; tell whether they do."""
    started = time.process_time()
    with temporary_folder() as folder:
        report = compared(quads, errors, folder)
    counts = ", ".join(f"{report.count(name)} {name}" for name in SEVERITIES)
    rows: list[tuple[str, object]] = [
        ("found", counts),
        ("found by one engine alone, none allowed", len(report.differences)),
        ("CPU time of all", f"{time.process_time() - started:.0f} s"),
    ]
    rows += [("only " + one, result) for one, result in report.differences[:_SHOWN]]
    show(f"agreement, {quads:,} quads, {errors:.0%} errors", rows)
    return not report.differences


@click.command()
@click.option("--quads", type=click.IntRange(min=1000), help="Of one graph, not all.")
@click.option("--errors", type=click.FloatRange(0, 1), default=0.01, show_default=True)
def main(quads: int | None, errors: float) -> None:
    """Compare the engines; ends with 1 where they differ."""
    chosen = [(quads, errors)] if quads else GRAPHS
    differing = [graph for graph in chosen if not _told(*graph)]
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
