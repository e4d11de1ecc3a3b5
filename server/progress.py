"""Shows on the terminal how far a build is: a bar for each step, with what is done."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from graph.gathering import Advance, Step

COLUMNS: Final = (
    SpinnerColumn(),
    TextColumn("{task.description:8}"),
    BarColumn(bar_width=24),
    TextColumn("{task.fields[done]:>24}"),
    TimeElapsedColumn(),
)


@contextmanager
def progress_bar(console: Console | None = None) -> Iterator[Step]:
    """Show the steps of a build as they run, on a terminal; give what enters a step.

    A step that is done shows the seconds that it kept a processor busy, and so does the
    whole; the clock beside it also counts what else the machine did.
    """
    chosen = console or Console(stderr=True)
    started = time.process_time()
    with Progress(*COLUMNS, console=chosen) as bar:

        def step(name: str) -> AbstractContextManager[Advance]:
            return _step(bar, name)

        yield step
    chosen.print(f"{time.process_time() - started:.2f} s CPU in all", highlight=False)


@contextmanager
def _step(bar: Progress, name: str) -> Iterator[Advance]:
    """Show a step while it runs; a total of 0 is one that nobody knows."""
    task = bar.add_task(name, total=None, done="")
    started = time.process_time()

    def advance(done: int, total: int, unit: str) -> None:
        bar.update(
            task, completed=done, total=total or None, done=_told(done, total, unit)
        )

    yield advance
    seconds = time.process_time() - started
    bar.update(task, completed=1, total=1, done=f"{seconds:.2f} s CPU")


def _told(done: int, total: int, unit: str) -> str:
    """Return what is done, of how much, in words."""
    if unit == "B":
        return f"{decimal(done)} of {decimal(total)}"
    return f"{done:,} of {total:,} {unit}" if total else f"{done:,} {unit}"
