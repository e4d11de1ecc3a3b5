"""A release in the making: a folder beside the others that is renamed when whole.

Whatever ends a build, a full disk or a killed process, leaves the releases as they were
and at most a draft, which the next build removes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from graph.assembling import Origin, assemble
from graph.current import current_id, point, sync
from graph.errors import BusyReleasesError, UnreadableReleaseError
from graph.indexing import fits
from graph.manifest import digest_of, identity_of, read_manifest
from graph.releasing import Release
from graph.verifying import as_sentence, verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.findings import Report
    from graph.store import Store

_DRAFT: Final = ".building-"


class Draft:
    """A release in the making.

    The builder writes two files: `dataset`, the canonical N-Quads, sorted; and
    `merged`, the N-Triples of the default graph. `store` is what `gather` returned.
    """

    store: Store | None = None

    def __init__(self, releases: Path) -> None:
        """Make the folder of the draft."""
        self.releases = releases
        self.folder = releases / f"{_DRAFT}{os.getpid()}"
        self.dataset = self.folder / "dataset.nq"
        self.merged = self.folder / "merged.nt"
        self.folder.mkdir()

    def publish(self, report: Report | None, base: str) -> Path:
        """Make the draft a release and the current one; return its folder.

        A release of the same dataset is kept as it is, unless it is damaged or cannot
        be searched by this version. `report` is None for a release that did not pass
        the gate, such as a preview.
        """
        digest = digest_of(self.dataset)
        place = self.releases / identity_of(digest)
        if not place.exists() or verify(place) or not fits(place / "search.db"):
            origin = _origin(self.releases, place)
            assemble(self.folder, digest, report, base, origin, self._given())
            flush(self.folder)
            if damages := verify(self.folder, place.name):
                raise UnreadableReleaseError(self.folder, as_sentence(damages))
            self._take(place)
        point(self.releases, place.name)
        return place

    def _given(self) -> Store | None:
        """Hand over the store, so that its memory is free once it has been read."""
        store, self.store = self.store, None
        return store

    def _take(self, place: Path) -> None:
        """Put the draft in its place; what is damaged there goes."""
        damaged = place.with_name(f"{_DRAFT}{os.getpid()}-damaged")
        if place.exists():
            place.rename(damaged)
        self.folder.rename(place)
        shutil.rmtree(damaged, ignore_errors=True)


def publish(
    releases: Path, nquads: bytes, merged: bytes, report: Report | None, base: str
) -> Release:
    """Write a release and make it the current one; an equal one is kept as it is.

    `merged` are the triples of the default graph; `report` is None for a release that
    did not pass the gate, such as a preview.
    """
    with drafting(releases) as draft:
        draft.dataset.write_bytes(nquads)
        draft.merged.write_bytes(merged)
        return Release(draft.publish(report, base))


def _origin(releases: Path, place: Path) -> Origin:
    """Return when a release was first published, and the folder of the one before it.

    One that takes the place of a release keeps both, as far as they can still be told.
    """
    try:
        before = read_manifest(place)
        moment, parent = before.published, releases / (before.parent or "")
    except UnreadableReleaseError:
        moment = datetime.now(UTC).isoformat(timespec="microseconds")
        parent = releases / (current_id(releases) or "")
    known = parent != place and (parent / "dataset.nq").exists()
    return Origin(moment, parent if known else None)


@contextmanager
def drafting(releases: Path) -> Iterator[Draft]:
    """Give a draft, and remove what is left of it at the end.

    BusyReleasesError while another build or pruning is at work there.
    """
    releases.mkdir(parents=True, exist_ok=True)
    with alone(releases):
        _clear_remains(releases)
        draft = Draft(releases)
        try:
            yield draft
        finally:
            shutil.rmtree(draft.folder, ignore_errors=True)


@contextmanager
def alone(releases: Path) -> Iterator[None]:
    """Keep others from writing to a folder of releases; BusyReleasesError if they are.

    The system lets go of the lock when the process ends, however it ends.
    """
    descriptor = os.open(releases, os.O_RDONLY)
    try:
        _lock(descriptor, releases)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, releases: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BusyReleasesError(releases) from None


def flush(folder: Path) -> None:
    """Flush every file and folder to disk before the release is named."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def _clear_remains(releases: Path) -> None:
    """Remove what builds left behind that were killed."""
    for path in releases.glob(f"{_DRAFT}*"):
        shutil.rmtree(path, ignore_errors=True)
