"""What an operator does with releases: choose one, go back, and clear old ones away."""

from __future__ import annotations

import shutil
from itertools import chain
from typing import TYPE_CHECKING, Final

from graph.current import CURRENT, current_id, point
from graph.drafting import alone
from graph.errors import NoReleaseError, UnknownReleaseError, UnreadableReleaseError
from graph.history import History, note
from graph.lookup import subjects
from graph.verifying import as_sentence, verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.releasing import Release

#: How a folder is called from which a release is removed, in one step and for good.
_GONE: Final = ".pruned-"


def choose(folder: Path, word: str) -> Release:
    """Return the release that a word names: an id, its beginning, or `current`.

    UnknownReleaseError where it names none or several.
    """
    releases = History(folder).releases()
    if not releases:
        raise NoReleaseError(folder)
    known = [item.manifest.id for item in releases]
    wanted = current_id(folder) or "" if word == CURRENT else word
    found = [
        item for item in releases if wanted and item.manifest.id.startswith(wanted)
    ]
    if len(found) != 1:
        raise UnknownReleaseError(word, known)
    return found[0]


def rollback(folder: Path, word: str | None = None) -> Release:
    """Make an earlier release the current one, by default the parent of this one.

    Nothing is removed. UnreadableReleaseError if the earlier one is damaged.
    """
    current = choose(folder, CURRENT)
    chosen = choose(
        folder, word or current.manifest.parent or "(the first has no parent)"
    )
    if damages := verify(chosen.path):
        raise UnreadableReleaseError(chosen.path, as_sentence(damages))
    point(folder, chosen.manifest.id)
    return chosen


def prune(folder: Path, keep: int) -> list[Release]:
    """Remove all but the newest releases; the current one always stays.

    What only the removed ones held goes into the ledger first. Returns them.
    NoReleaseError if there is no such folder, and BusyReleasesError while a build or
    another pruning is at work there.
    """
    if not folder.is_dir():
        raise NoReleaseError(folder)
    with alone(folder):
        return _prune(folder, keep)


def _prune(folder: Path, keep: int) -> list[Release]:
    history, current = History(folder), current_id(folder)
    releases = history.releases()
    old = [
        item
        for item in releases[: max(0, len(releases) - keep)]
        if item.manifest.id != current
    ]
    removed = {item.manifest.id for item in old}
    kept = [item for item in releases if item.manifest.id not in removed]
    for item in old:
        note(folder, _only_in(item, kept), item)
        item.path.rename(folder / f"{_GONE}{item.manifest.id}")
    for path in folder.glob(f"{_GONE}*"):
        shutil.rmtree(path)
    return old


def _only_in(release: Release, kept: list[Release]) -> Iterator[str]:
    """Yield the IRIs of the data that no release holds which is kept, and its own."""
    base = release.manifest.base
    yield f"{base}release/{release.manifest.id}"
    for iri in chain(subjects(release.dataset, base), release.store.graphs()):
        if not any(other.describes(iri) for other in kept):
            yield iri
