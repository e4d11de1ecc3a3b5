"""Writes what a release is made of: store, dumps, tables, index, reports, manifest."""

from __future__ import annotations

import sqlite3
import zlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, NamedTuple

from backports import zstd

from graph.bulk import BulkStore
from graph.cataloguing import catalogue, count
from graph.diffing import diff
from graph.dumping import write_dumps
from graph.formats import NQUADS, NTRIPLES
from graph.indexing import build_index
from graph.manifest import (
    CHANGES,
    GRAPHS,
    NAME,
    Manifest,
    as_text,
    digests_of,
    identity_of,
)
from graph.paths import VERSION
from graph.reporting import as_turtle
from graph.store import Store
from graph.tabling import write_tables
from graph.waiting import interruptible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graph.findings import Report

#: What a store leaves beside its data: a log with names of machines and paths.
_NOT_DATA: Final = ("LOG*", "LOCK")


class Origin(NamedTuple):
    """When a release is published (ISO 8601), and the folder of the one before."""

    published: str
    parent: Path | None


def assemble(  # noqa: PLR0913, PLR0917  all that a release is made of
    folder: Path,
    digest: str,
    report: Report | None,
    base: str,
    origin: Origin,
    store: Store | None = None,
) -> Manifest:
    """Complete a draft that holds `dataset.nq` and `merged.nt`; return its manifest.

    A folder `store` that it holds already is kept. `digest` is the SHA-256 of the
    dataset; `report` is None where no gate was passed. `store` holds in memory what is
    asked here, where queries take less than half the time, and is let go of before the
    one on disk is loaded.
    """
    counts = _write_made(
        folder, store or _write_store(folder), report, identity_of(digest), base
    )
    if store:
        del store
        _write_store(folder)
    dataset = folder / "dataset.nq"
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    known = {dataset.name: digest}
    digests = known | digests_of([path for path in files if path != dataset], folder)
    if origin.parent:
        write_changes(origin.parent / dataset.name, dataset, folder)
    others = {path for path in folder.rglob("*") if path.is_file()} - set(files)
    manifest = Manifest(
        id=identity_of(digest),
        rdfc10=digest,
        base=base,
        validated=report is not None,
        engine=report.engine if report else None,
        ontology=VERSION,
        counts=counts,
        tools=tools(),
        files=digests,
        parts=digests_of(sorted(others), folder),
        published=origin.published,
        parent=origin.parent.name if origin.parent else None,
    ).sealed()
    (folder / NAME).write_text(manifest.text(), encoding="utf-8")
    return manifest


def _write_store(folder: Path) -> Store:
    """Complete the store: all quads, and the merged triples as its default graph."""
    if not (folder / "store").exists():
        _create_store(folder)
    (folder / "merged.nt").unlink()
    for pattern in _NOT_DATA:
        for path in (folder / "store").glob(pattern):
            path.unlink()
    return Store.read_only(folder / "store")


def _create_store(folder: Path) -> None:
    """Load the quads, then the merged triples; at once they take twice the memory."""
    store = BulkStore(folder / "store")
    for name, syntax in (("dataset.nq", NQUADS), ("merged.nt", NTRIPLES)):
        store.take(folder / name, syntax)
    interruptible(store.settle)


def _write_made(
    folder: Path, store: Store, report: Report | None, identity: str, base: str
) -> dict[str, int]:
    """Write all that follows from the dataset and the report; return its counts."""
    build_index(folder / "search.db", store, base)
    findings = report.as_json() if report else {}
    (folder / "report.json").write_text(as_text(findings), encoding="utf-8")
    if report:
        text = as_turtle(report, base)
        (folder / "report.ttl").write_text(text, encoding="utf-8")
    sizes = write_dumps(folder / "dataset.nq", folder, base)
    _write_sizes(sizes, folder)
    write_tables(store, folder, base)
    description = catalogue(store, folder, identity, base, sizes)
    (folder / "void.ttl").write_bytes(description)
    return count(store, base, len(sizes))


def _write_sizes(sizes: Mapping[str, int], folder: Path) -> None:
    """Write the named graphs and their sizes, sorted."""
    lines = sorted(f"{name}\t{size}\n".encode() for name, size in sizes.items())
    (folder / GRAPHS).write_bytes(b"".join(lines))


def write_changes(old: Path, new: Path, folder: Path) -> None:
    """Write what changed since a release: a line an entity, with how much and how."""
    with (folder / CHANGES).open("w", encoding="utf-8") as out:
        out.write("entity\tstate\tadded\tremoved\n")
        for item in diff(old, new):
            counts = f"{len(item.added)}\t{len(item.removed)}"
            out.write(f"{item.entity}\t{item.state}\t{counts}\n")


def tools() -> dict[str, str]:
    """Return the versions of what the files depend on, besides the sources."""
    return {
        "backports.zstd": version("backports.zstd"),
        "pyoxigraph": version("pyoxigraph"),
        "rdflib": version("rdflib"),
        "sqlite": sqlite3.sqlite_version,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "zstd": zstd.zstd_version,
    }
