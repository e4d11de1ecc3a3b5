"""Runs a function as a command does: an error ends it with a remedy, not a trace."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape

from graph.errors import InvalidDataError, RegietafelError
from graph.reporting import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

ERR: Final = Console(stderr=True)


def run(act: Callable[..., object], *arguments: object) -> None:
    """Run a function; an error of the project is told and ends the process with 1."""
    try:
        act(*arguments)
    except InvalidDataError as error:
        ERR.print(as_text(error.report), markup=False, highlight=False, soft_wrap=True)
        _fail(error)
    except RegietafelError as error:
        _fail(error)


def _fail(error: RegietafelError) -> None:
    told = (("bold red", "error", error.message), ("bold", "mend ", error.mend))
    for style, name, text in told:
        ERR.print(
            f"[{style}]{name}[/]  {escape(text)}", highlight=False, soft_wrap=True
        )
    sys.exit(1)
