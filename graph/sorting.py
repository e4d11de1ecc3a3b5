"""Sorts lines that do not fit in memory: sorted runs on disk, merged as they are read.

Bytes are compared as they are, so the order depends on no locale and no machine.
"""

from __future__ import annotations

import heapq
from contextlib import ExitStack
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Bytes of lines that are held in memory before they are written to disk.
ROOM: Final = 256 << 20
#: More files are not read side by side; a system allows a process some hundreds.
_AT_ONCE: Final = 128


class Runs:
    """Lines to be sorted, each kept once; a file for writing that takes any pieces."""

    def __init__(self, folder: Path, room: int = ROOM) -> None:
        """Spill to a folder, which is made, when `room` bytes are held."""
        self._folder = folder
        self._room = room
        self._pieces: list[bytes] = []
        self._held = 0
        self._spilled: list[Path] = []
        self._made = 0
        folder.mkdir()

    def write(self, data: bytes) -> int:
        """Take the next piece of text; lines may go on in the next."""
        self._pieces.append(data)
        self._held += len(data)
        if self._held > self._room:
            self._spill()
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is held is read with the rest."""

    def lines(self) -> Iterator[bytes]:
        """Yield every line, sorted and once."""
        held = self._sorted(b"".join(self._pieces))
        self._pieces.clear()
        while len(self._spilled) > _AT_ONCE:
            first, self._spilled = self._spilled[:_AT_ONCE], self._spilled[_AT_ONCE:]
            self._keep(merged(first))
            for path in first:
                path.unlink()
        return merged(self._spilled, held) if self._spilled else iter(held)

    def _spill(self) -> None:
        text = b"".join(self._pieces)
        whole = text.rfind(b"\n") + 1
        self._pieces = [text[whole:]]
        self._held = len(text) - whole
        if whole:
            self._keep(self._sorted(text[:whole]))

    def _keep(self, lines: Iterable[bytes]) -> None:
        """Write sorted lines to a file of their own."""
        self._made += 1
        path = self._folder / f"run-{self._made}"
        with path.open("wb") as file:
            file.writelines(lines)
        self._spilled.append(path)

    @staticmethod
    def _sorted(text: bytes) -> list[bytes]:
        lines = text.splitlines(keepends=True)
        lines.sort()
        return [line for line, _ in groupby(lines)]


def merged(files: Iterable[Path], *more: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of sorted files, and of other sorted lines, sorted and once."""
    with ExitStack() as stack:
        opened = [stack.enter_context(path.open("rb")) for path in files]
        last = b""
        for line in heapq.merge(*opened, *more):
            if line != last:
                yield line
                last = line
