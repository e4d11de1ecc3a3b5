"""What became of a thing from release to release, as their lists of changes tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from graph.lookup import find_line
from graph.manifest import CHANGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from graph.history import History
    from graph.interfaces import ServedRelease

#: Releases that are looked at, the latest first.
LOOKED_AT: Final = 50
FIRST: Final = "first"


class Event(NamedTuple):
    """What a release changed of a thing: `first`, `new`, `changed` or `gone`."""

    release: str
    moment: datetime
    state: str
    added: int = 0
    removed: int = 0


def events_of(history: History, release: ServedRelease, iri: str) -> list[Event]:
    """Return what became of a thing up to a release, the latest first."""
    until = release.manifest.moment
    known = [item for item in history.releases() if item.manifest.moment <= until]
    return list(_events(known[::-1][:LOOKED_AT], iri))


def _events(releases: Sequence[ServedRelease], iri: str) -> Iterator[Event]:
    for item in releases:
        changes, moment = item.path / CHANGES, item.manifest.moment
        if not changes.exists():
            if item.describes(iri):
                yield Event(item.manifest.id, moment, FIRST)
        elif line := _line(changes, f"<{iri}>\t".encode()):
            _, state, added, removed = line.decode().split("\t")
            yield Event(item.manifest.id, moment, state, int(added), int(removed))


def _line(changes: Path, start: bytes) -> bytes | None:
    """Return the line of a thing; the first line is a heading and not in order."""
    with changes.open("rb") as lines:
        next(lines, b"")
        first = next(lines, b"").rstrip(b"\n")
    return first if first.startswith(start) else find_line(changes, start)
