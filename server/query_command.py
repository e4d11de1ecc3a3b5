"""The command `regietafel query`: answers a query on the current release."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph.formats import CSV, JSON, TURTLE
from graph.guarding import guard
from graph.including import ask_on, include
from graph.namespaces import shorten
from graph.releasing import current_release
from server.options import releases_option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from graph.formats import Format
    from graph.terms import Term

OUT: Final = Console()


@click.command("query")
@click.argument("query")
@click.option(
    "--format",
    "syntax",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How the answer is printed; triples are always Turtle.",
)
@click.option(
    "--at",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day that ?at stands for in the query, as yyyy-mm-dd.",
)
@releases_option
def query_command(
    query: str, syntax: str, day: datetime | None, releases: Path
) -> None:
    """Answer a SPARQL QUERY on the current release; `-` reads standard input.

    A line `# include: holder-at` in it stands for the patterns of that fragment, see
    graph/fragments.
    """
    release = current_release(releases)
    text = sys.stdin.read() if query == "-" else query
    text = include(text, release.manifest.base)
    text = ask_on(text, day.date(), release.manifest.base) if day else text
    guard(text)
    solutions = CSV if syntax == "csv" else JSON
    syntaxes: dict[str, Format | None] = {"solutions": solutions, "graph": TURTLE}
    begun = release.store.answer(text, syntaxes)
    if syntax == "table" and begun.kind == "solutions":
        _print_table(release.store.select(text), release.manifest.base)
        return
    out = sys.stdout.buffer
    begun.write(out)
    out.write(b"\n")


def _print_table(solutions: Sequence[dict[str, Term]], base: str) -> None:
    names = list(dict.fromkeys(name for row in solutions for name in row))
    table = Table(*names, caption=f"{len(solutions)} solution(s)")
    for row in solutions:
        cells = [shorten(row[n].value, base) if n in row else "" for n in names]
        table.add_row(*map(escape, cells))
    OUT.print(table)
