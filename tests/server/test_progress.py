"""A build shows on the terminal how far it is."""

from __future__ import annotations

import io
import re
import time
from typing import Final

import pytest
from rich.console import Console

from server.progress import progress_bar

#: Seconds in which the bar, drawn ten times a second, is drawn at least once.
PATIENCE: Final = 30


@pytest.mark.parametrize(
    ("done", "total", "unit", "words"),
    [
        (1_500_000, 6_000_000, "B", "1.5 MB of 6.0 MB"),
        (3, 40, "rules", "3 of 40 rules"),
        (50_000, 0, "quads", "50,000 quads"),
    ],
)
def test_a_step_tells_what_is_done(
    done: int, total: int, unit: str, words: str
) -> None:
    """Of how much, where that is known; in the end what it cost."""
    out = io.StringIO()
    until = time.monotonic() + PATIENCE
    console = Console(file=out, force_terminal=True, width=120)
    with progress_bar(console) as step, step("derive") as advance:
        advance(done, total, unit)
        while words not in out.getvalue() and time.monotonic() < until:
            time.sleep(0.05)

    shown = out.getvalue()
    assert "derive" in shown
    assert words in shown
    assert re.search(r"\d+\.\d\d s CPU in all", shown)
