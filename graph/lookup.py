"""Finds a line in a sorted file without reading the file.

A dataset's N-Quads, a release's `graphs.tsv` and the ledger are sorted by bytes, so a
few reads tell whether a release describes a thing, and no store need be open for that.
"""

from __future__ import annotations

import mmap
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def find_line(path: Path, start: bytes) -> bytes | None:
    """Return the first line of a sorted file that begins so, None if none does.

    A file that is not there has no such line.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    with path.open("rb") as file:
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with view:
            return _bisect(view, start)


def _bisect(view: mmap.mmap, start: bytes) -> bytes | None:
    low, high = 0, len(view)
    while low < high:
        begin = view.rfind(b"\n", 0, (low + high) // 2) + 1
        end = _end(view, begin)
        if view[begin:end] < start:
            low = end + 1
        else:
            high = begin
    line = view[low : _end(view, low)]
    return line if line.startswith(start) else None


def _end(view: mmap.mmap, begin: int) -> int:
    found = view.find(b"\n", begin)
    return len(view) if found < 0 else found


def subjects(dataset: Path, start: str = "") -> Iterator[str]:
    """Yield each IRI that sorted N-Quads describe and that begins so, in order."""
    wanted = f"<{start}".encode()
    with dataset.open("rb") as lines:
        for subject, _ in groupby(lines, key=_subject):
            if subject.startswith(wanted):
                yield subject[1:-1].decode()


def _subject(line: bytes) -> bytes:
    return line.partition(b" ")[0]
