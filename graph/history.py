"""All releases of a folder in the order of time, and what those held that are gone.

The ledger keeps what pruning would forget: each IRI that only pruned releases held,
with the last of them. So an IRI that was ever published is known for good.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import UnreadableReleaseError
from graph.lookup import find_line
from graph.manifest import NAME
from graph.releasing import Release

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LEDGER: Final = "pruned.tsv"


class Sighting(NamedTuple):
    """The last release that held an IRI; `kept` tells whether it can still be asked."""

    release: str
    moment: datetime
    kept: bool


class History:
    """The releases in a folder, read anew when the folder changes."""

    def __init__(self, folder: Path) -> None:
        """Look into a folder of releases."""
        self.folder = folder
        self._read: tuple[int, tuple[Release, ...]] = (-1, ())

    def releases(self) -> tuple[Release, ...]:
        """Return every release that can be read, the oldest first."""
        changed = self.folder.stat().st_mtime_ns if self.folder.is_dir() else 0
        if self._read[0] != changed:
            self._read = (changed, tuple(_found(self.folder)))
        return self._read[1]

    def get(self, identity: str) -> Release | None:
        """Return the release of an id, None if there is none."""
        found = (item for item in self.releases() if item.manifest.id == identity)
        return next(found, None)

    def last_sighting(
        self, iri: str, before: datetime | None = None
    ) -> Sighting | None:
        """Return the last release that held an IRI, of those published before."""
        for item in reversed(self.releases()):
            moment = item.manifest.moment
            if (before is None or moment < before) and item.describes(iri):
                return Sighting(item.manifest.id, moment, kept=True)
        pruned = self.pruned(iri)
        return pruned if pruned and (before is None or pruned.moment < before) else None

    def pruned(self, iri: str) -> Sighting | None:
        """Return what the ledger says of an IRI, which may be that of a release."""
        line = find_line(self.folder / LEDGER, f"{iri}\t".encode())
        if line is None:
            return None
        _, identity, moment = line.decode().split("\t")
        return Sighting(identity, datetime.fromisoformat(moment), kept=False)


def note(folder: Path, iris: Iterable[str], release: Release) -> None:
    """Add IRIs that only this release still held to the ledger; later entries win."""
    ledger = folder / LEDGER
    lines = ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else []
    known = {line.partition("\t")[0]: line for line in lines}
    about = f"\t{release.manifest.id}\t{release.manifest.published}"
    known |= {iri: iri + about for iri in iris}
    beside = folder / f".{LEDGER}-{os.getpid()}"
    with beside.open("wb") as out:
        out.writelines(sorted(f"{line}\n".encode() for line in known.values()))
        out.flush()
        os.fsync(out.fileno())
    beside.replace(ledger)


def _found(folder: Path) -> list[Release]:
    """Return the readable releases of a folder, the oldest first."""
    releases = []
    for place in folder.glob(f"[!.]*/{NAME}"):
        if place.parent.is_symlink():
            continue
        try:
            releases.append(Release(place.parent))
        except UnreadableReleaseError:
            continue
    return sorted(releases, key=lambda item: (item.manifest.moment, item.manifest.id))
