"""Large pages come back to a process that was forked, while nobody wants it."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph import paging
from graph.paging import LARGE, can_collapse, collapse

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 16 * LARGE
#: Linux does since 6.1; older ones and other systems leave these tests nothing to see.
able = pytest.mark.skipif(
    not can_collapse(), reason="this system cannot put pages together"
)


def large() -> int:
    """Return the kilobytes that this process has in large pages."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith("AnonHugePages:"))


@pytest.fixture
def memory() -> Iterator[mmap.mmap]:
    """Return private memory with something in it."""
    with mmap.mmap(-1, SIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as found:
        found.write(bytes(range(256)) * (SIZE // 256))
        yield found


@able
def test_what_a_forked_process_wrote_to_is_put_together(memory: mmap.mmap) -> None:
    """Writing to shared pages splits them; what is in them stays as it was."""
    collapse()
    whole = large()
    process = os.fork()
    if not process:
        memory[:: LARGE // 8] = b"x" * len(memory[:: LARGE // 8])
        split = large()
        before = memory[:]
        collapse()
        fits = split < whole - SIZE // 2048 < large() and memory[:] == before
        os._exit(0 if fits else 1)

    assert os.waitpid(process, 0)[1] == 0
    assert whole >= SIZE // 1024 - 2 * LARGE // 1024


@able
def test_who_is_wanted_stops(memory: mmap.mmap) -> None:
    """It looks before each page."""
    asked: list[int] = []

    def is_wanted() -> bool:
        asked.append(len(memory))
        return len(asked) > 2

    collapse(is_wanted)

    assert len(asked) == 3


def test_a_system_that_cannot_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked for there."""
    # Only the answer of such a system is put in place: none is at hand.
    monkeypatch.setattr(paging, "can_collapse", lambda: False)
    monkeypatch.setattr(paging, "_places", pytest.fail)

    collapse()
