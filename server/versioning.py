"""The command `regietafel terms`: what changed in the ontology since its release."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph.paths import ONTOLOGY, released_versions
from graph.versioning import check_version, compare_terms, version_of

OUT: Final = Console()
_FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("terms")
@click.option(
    "--old",
    type=_FILE,
    help="Version to compare with; by default the last in ontology/releases.",
)
@click.option(
    "--new",
    type=_FILE,
    default=ONTOLOGY / "overleg.ttl",
    show_default="ontology/overleg.ttl",
    help="Version that is compared.",
)
def terms_command(old: Path | None, new: Path) -> None:
    """Tell which terms of the ontology changed, and check that its version says so.

    Ends with 1 where the version is too low for the changes, or higher than they ask.
    """
    before = old or released_versions()[-1]
    table = Table("term", "state", "raises", "what")
    for change in compare_terms(before, new):
        table.add_row(
            change.term, change.state, change.part.name.lower(), escape(change.what)
        )
    OUT.print(table)
    check_version(before, new)
    click.echo(
        f"{version_of(before)} to {version_of(new)}: the version says what changed"
    )
