"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from graph.engines import ENGINES
from graph.namespaces import DEFAULT_BASE
from server.settings import Settings

base_option = click.option(
    "--base", default=DEFAULT_BASE, show_default=True, help="Base of the graph's IRIs."
)
engine_option = click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    help="SHACL engine; by default the fastest that is installed.",
)
files_argument = click.argument(
    "files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False)
)
releases_option = click.option(
    "--releases",
    type=click.Path(path_type=Path, file_okay=False),
    default=Settings().releases,
    show_default=True,
    help="Folder that holds the releases.",
)
