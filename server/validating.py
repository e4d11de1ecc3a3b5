"""The command `regietafel validate`: what the gate finds, in the form asked for."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from graph.checking import check
from graph.engines import BOTH, ENGINES
from graph.findings import SEVERITIES, Report
from graph.keeping import choose
from graph.namespaces import shorten
from graph.reporting import as_text, as_turtle
from server.options import base_option, files_argument, releases_option

if TYPE_CHECKING:
    from pathlib import Path

OUT: Final = Console()


@click.command("validate")
@files_argument
@base_option
@click.option(
    "--engine",
    type=click.Choice([*ENGINES, BOTH]),
    help="SHACL engine, or both and their differences; by default the fastest.",
)
@click.option(
    "--format",
    "syntax",
    type=click.Choice(["text", "json", "turtle"]),
    default="text",
    show_default=True,
    help="Text to read, JSON, or W3C's validation report in Turtle.",
)
@click.option(
    "--changed-since",
    "since",
    metavar="RELEASE",
    help="Validate again only what changed since that release, or `current`.",
)
@releases_option
def validate_command(  # noqa: PLR0913, PLR0917  an argument for each option
    files: tuple[Path, ...],
    base: str,
    engine: str | None,
    syntax: str,
    since: str | None,
    releases: Path,
) -> None:
    """Check the whole graph against the shapes, or FILES within it.

    Ends with 1 where a violation, a warning without a waiver, a stale waiver or a
    difference between engines is left.
    """
    if since and engine == BOTH:
        raise click.UsageError("--changed-since takes one engine, not both.")
    release = choose(releases, since) if since else None
    report = check(files, base, engine, release)
    if syntax == "json":
        click.echo(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
    elif syntax == "turtle":
        click.echo(as_turtle(report, base), nl=False)
    else:
        _print_report(report, base)
    sys.exit(0 if report.passes else 1)


def _print_report(report: Report, base: str) -> None:
    """Print every finding, then a table of the shapes that found them, then a sum."""
    if text := as_text(report, base):
        click.echo(f"{text}\n", err=True)
    rows = Counter((item.severity, item.shape) for item in report.findings)
    if rows:
        table = Table("severity", "shape", Column("findings", justify="right"))
        for (severity, shape), count in rows.items():
            table.add_row(severity, escape(shorten(shape, base)), str(count))
        OUT.print(table)
    waived = report.count("Warning") - report.unwaived
    sums = ", ".join(f"{report.count(name)} {name}" for name in SEVERITIES)
    click.echo(f"{sums} ({waived} waived); validated by {report.engine}")
    if report.differences:
        click.echo(f"The engines differ in {len(report.differences)} result(s).")
    if report.note:
        click.echo(report.note)
