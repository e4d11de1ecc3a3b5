"""Checks a release against its manifest: every byte, and what the manifest claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graph.cataloguing import count
from graph.errors import UnreadableReleaseError
from graph.manifest import NAME, Manifest, digest_of, identity_of, read_manifest
from graph.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATASET = "dataset.nq"


class Damage(NamedTuple):
    """A file of a release, and what is wrong with it."""

    file: str
    reason: str


def verify(folder: Path, identity: str | None = None) -> list[Damage]:
    """Return all that is wrong with a release; `identity` is by default its folder."""
    try:
        manifest = read_manifest(folder)
    except UnreadableReleaseError as error:
        return [Damage(NAME, error.reason)]
    found = [
        *_false_names(manifest, identity or folder.name),
        *_wrong_files(folder, manifest),
        *_changed_bytes(folder, manifest),
    ]
    return found or list(_false_counts(folder, manifest))


def check_parts(folder: Path) -> Manifest:
    """Return the manifest of a release that seems whole, without reading its files.

    UnreadableReleaseError if the manifest is not to be trusted, if it is that of
    another release, or if a file is missing or not mentioned.
    """
    manifest = read_manifest(folder)
    found = [*_false_names(manifest, folder.name), *_wrong_files(folder, manifest)]
    if found:
        raise UnreadableReleaseError(folder, as_sentence(found))
    return manifest


def as_sentence(damages: list[Damage]) -> str:
    """Return what is wrong in one line."""
    return "; ".join(f"{item.file} {item.reason}" for item in damages)


def _false_names(manifest: Manifest, identity: str) -> Iterator[Damage]:
    """Find an id that is not that of the folder or of the dataset."""
    if manifest.id != identity:
        yield Damage(NAME, f"is that of release {manifest.id}")
    if manifest.id != identity_of(manifest.rdfc10):
        yield Damage(NAME, "has an id that does not follow from the dataset's hash")
    if manifest.files.get(DATASET) != manifest.rdfc10:
        yield Damage(NAME, "gives the dataset two different hashes")


def _wrong_files(folder: Path, manifest: Manifest) -> Iterator[Damage]:
    known = {*manifest.files, *manifest.parts, NAME}
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir()
    }
    yield from (Damage(name, "is missing") for name in sorted(known - there))
    yield from (
        Damage(name, "is not of this release") for name in sorted(there - known)
    )


def _changed_bytes(folder: Path, manifest: Manifest) -> Iterator[Damage]:
    for name, digest in sorted((manifest.files | manifest.parts).items()):
        path = folder / name
        if path.is_file() and digest_of(path) != digest:
            yield Damage(name, "differs from what was published")


def _false_counts(folder: Path, manifest: Manifest) -> Iterator[Damage]:
    """Find counts that the store does not bear out."""
    try:
        store = Store.read_only(folder / "store")
        counts = count(store, manifest.base, len(store.graphs()))
    except (OSError, RuntimeError) as error:
        yield Damage("store", f"cannot be opened ({error})")
        return
    if counts != manifest.counts:
        names = sorted(
            k for k in {*counts, *manifest.counts} if _differ(k, counts, manifest)
        )
        yield Damage(NAME, f"counts wrongly: {', '.join(names)}")


def _differ(name: str, counts: dict[str, int], manifest: Manifest) -> bool:
    return counts.get(name) != manifest.counts.get(name)
