"""Runs a function as a command does: an error ends it with a remedy, not a trace."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from graph.errors import InvalidDataError, RegietafelError

if TYPE_CHECKING:
    from collections.abc import Callable


def run(act: Callable[..., object], *arguments: object) -> None:
    """Run a function; an error of the project is told and ends the process with 1."""
    try:
        act(*arguments)
    except InvalidDataError as error:
        from graph.reporting import as_text  # noqa: PLC0415  only here is it needed

        click.echo(as_text(error.report), err=True)
        _fail(error)
    except RegietafelError as error:
        _fail(error)


def _fail(error: RegietafelError) -> None:
    wrong = click.style("error", fg="red", bold=True)
    click.echo(f"{wrong}  {error.message}", err=True)
    click.echo(f"{click.style('mend ', bold=True)}  {error.mend}", err=True)
    sys.exit(1)
