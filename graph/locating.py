"""Finds where a node is written: the file and the line that a message names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.namespaces import DEFAULT_BASE, rebase, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SUBJECT: Final = re.compile(r"^(<[^>]*>|[\w-]*:\S*)", re.MULTILINE)


class Place(NamedTuple):
    """A line of a file, counted from 1."""

    path: Path
    line: int

    def __str__(self) -> str:
        """Return the place as editors and compilers write it."""
        return f"{self.path}:{self.line}"


class Places:
    """Where each subject begins in a set of files, and what is written about it."""

    def __init__(self, files: Iterable[Path], base: str = DEFAULT_BASE) -> None:
        """Read the files; a block begins where a line begins with a term."""
        self._base = base
        self._blocks: dict[str, list[tuple[Place, str]]] = {}
        for path in files:
            self._index(path)

    def find(self, iri: str, path: str | None = None) -> Place | None:
        """Return where `iri` is described, at best the line of the property `path`."""
        names = {f"<{iri}>", shorten(iri, self._base)}
        blocks = [block for name in names for block in self._blocks.get(name, [])]
        for place, text in blocks if path else ():
            line = _line_of(text, {f"<{path}>", shorten(path or "", self._base)})
            if line is not None:
                return Place(place.path, place.line + line)
        return blocks[0][0] if blocks else None

    def _index(self, path: Path) -> None:
        text = rebase(path.read_text(encoding="utf-8"), self._base)
        starts = list(_SUBJECT.finditer(text))
        ends = [match.start() for match in starts[1:]] + [len(text)]
        for match, end in zip(starts, ends, strict=True):
            place = Place(path, text.count("\n", 0, match.start()) + 1)
            block = (place, text[match.start() : end])
            self._blocks.setdefault(match[1], []).append(block)


def _line_of(text: str, names: set[str]) -> int | None:
    """Return how many lines into a block one of the names is used as a property."""
    for number, line in enumerate(text.splitlines()):
        words = line.split()
        if names & set(words[:2]):
            return number
    return None
