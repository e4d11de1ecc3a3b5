"""A release: an immutable folder with everything that is served, named by its content.

It is written beside its place, flushed to disk and renamed, so a release is either
whole or not there. Its id is a hash of the dataset in canonical form (RDFC-1.0): the
same sources give the same release.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from graph.errors import NoReleaseError, UnreadableReleaseError
from graph.namespaces import expand
from graph.paths import VERSION
from graph.search import Hit, SearchIndex, build_index
from graph.store import Store
from graph.terms import Iri, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from graph.validation import Report

CURRENT: Final = "current"
TOOLS: Final = ("pyoxigraph", "rdflib")
#: What is counted for people, by the class of the things counted.
COUNTED: Final = {
    "meetings": "ovl:Meeting",
    "organisations": "org:FormalOrganization",
    "bodies": "ovl:ConsultationBody",
    "persons": "foaf:Person",
    "offices": "org:Post",
    "agreements": "ovl:Agreement",
    "commitments": "ovl:ParliamentaryCommitment",
    "documents": "ovl:Document",
}


@dataclass(frozen=True)
class Manifest:
    """What a release says of itself.

    `files` gives the SHA-256 of each file but the store's, which is rebuilt from
    `dataset.nq`; `parts` those of the store.
    """

    id: str
    base: str
    validated: bool
    engine: str | None
    ontology: str
    counts: dict[str, int]
    tools: dict[str, str]
    files: dict[str, str]


class Release:
    """A release folder, open for reading."""

    def __init__(self, path: Path) -> None:
        """Read the manifest; UnreadableReleaseError if it cannot be."""
        self.path = path
        self.store_path = path / "store"
        try:
            text = (path / "manifest.json").read_text(encoding="utf-8")
            self.manifest = Manifest(**json.loads(text))
        except (OSError, ValueError, TypeError) as error:
            raise UnreadableReleaseError(path, f"bad manifest ({error})") from None

    @cached_property
    def store(self) -> Store:
        """Return the release's store, opened when it is first needed."""
        try:
            return Store.read_only(self.store_path)
        except OSError as error:
            raise UnreadableReleaseError(self.path, f"bad store ({error})") from None

    @cached_property
    def report(self) -> dict[str, Any]:
        """Return the gate's report as plain values."""
        report: dict[str, Any] = json.loads((self.path / "report.json").read_bytes())
        return report

    def label(self, iri: str, language: str) -> str | None:
        """Return a thing's label in a language, else in another, else None."""
        predicate = Iri(expand("skos:prefLabel"))
        found = self.store.statements(Iri(iri), predicate, graph=None)
        labels = {
            item.object.language: item.object.value
            for item in found
            if isinstance(item.object, Literal)
        }
        return labels.get(language) or next(iter(labels.values()), None)

    def search(self, text: str, limit: int, language: str = "nl") -> list[Hit]:
        """Return what is found by name, best first."""
        return SearchIndex(self.path / "search.db").search(text, limit, language)


def current_release(releases: Path) -> Release:
    """Return the release that is served now; NoReleaseError if there is none."""
    if not (releases / CURRENT).exists():
        raise NoReleaseError(releases)
    return Release((releases / CURRENT).resolve())


def release_id(nquads: bytes) -> str:
    """Return the id of the release of a canonical dataset."""
    return hashlib.sha256(nquads).hexdigest()[:16]


def publish(
    releases: Path, nquads: bytes, merged: bytes, report: Report | None, base: str
) -> Release:
    """Write a release and make it the current one; an equal one is kept as it is.

    `merged` are the triples of the default graph; `report` is None for a release that
    did not pass the gate, such as a preview.
    """
    identity = release_id(nquads)
    place = releases / identity
    releases.mkdir(parents=True, exist_ok=True)
    _clear_remains(releases)
    if not place.exists():
        building = releases / f".building-{os.getpid()}"
        try:
            _write(building, nquads, merged, report, base)
            _flush(building)
            building.rename(place)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    _point(releases, identity)
    return Release(place)


def _write(
    folder: Path, nquads: bytes, merged: bytes, report: Report | None, base: str
) -> None:
    folder.mkdir()
    (folder / "dataset.nq").write_bytes(nquads)
    everything = folder / "everything.nq"
    everything.write_bytes(nquads + merged)
    Store.create(folder / "store", everything)
    everything.unlink()
    store = Store.read_only(folder / "store")
    build_index(folder / "search.db", store.statements(graph=None), base)
    findings = report.as_json() if report else {}
    (folder / "report.json").write_text(_json(findings), encoding="utf-8")
    manifest = Manifest(
        id=release_id(nquads),
        base=base,
        validated=report is not None,
        engine=report.engine if report else None,
        ontology=VERSION,
        counts=_counts(store),
        tools={name: version(name) for name in TOOLS},
        files={
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.iterdir())
            if path.is_file()
        },
    )
    (folder / "manifest.json").write_text(_json(asdict(manifest)), encoding="utf-8")


def _counts(store: Store) -> dict[str, int]:
    """Count the merged statements, the graphs, and the things people ask for."""
    kind = Iri(expand("rdf:type"))
    source = Iri(expand("prov:hadPrimarySource"))
    counts = {
        name: sum(1 for _ in store.statements(None, kind, Iri(expand(cls)), None))
        for name, cls in COUNTED.items()
    }
    counts["statements"] = sum(1 for _ in store.statements(graph=None))
    counts["graphs"] = len(store.graphs())
    counts["sources"] = sum(1 for _ in store.statements(None, source, None, None))
    return counts


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _flush(folder: Path) -> None:
    """Flush every file and folder to disk before the release is named."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _point(releases: Path, identity: str) -> None:
    """Make a release the current one in one step."""
    link = releases / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(identity, target_is_directory=True)
    link.replace(releases / CURRENT)
    _flush_folder(releases)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clear_remains(releases: Path) -> None:
    """Remove what builds left behind that were killed."""
    for path in releases.glob(".building-*"):
        if not _is_running(int(path.name.partition("-")[2])):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
