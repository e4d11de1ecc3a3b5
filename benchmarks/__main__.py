"""Runs every benchmark and prints its ratios; `--full` at the sizes of the budgets."""

from __future__ import annotations

import click

from benchmarks import browsing, building, editing, gate, serving, starting

SHORT, LONG, LONGEST = 100_000, 1_000_000, 10_000_000


@click.command()
@click.option("--full", is_flag=True, help="Also 1M and 10M quads; takes an hour.")
def main(*, full: bool) -> None:
    """Compare with peers that are installed into `.cache/bench`."""
    gate.compare(SHORT)
    editing.compare(SHORT)
    out = building.compare(SHORT)
    starting.compare(out, SHORT)
    serving.compare(out, SHORT)
    browsing.compare(LONG)
    if full:
        gate.compare(LONG)
        editing.compare(LONG)
        serving.compare(building.compare(LONG), LONG)
        starting.compare(building.compare(LONGEST, peer=False), LONGEST)


main()
