"""A release is whole or not there, and its id depends on nothing but its content."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import platform
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.building import build, preview
from graph.errors import (
    NoReleaseError,
    UnreadableReleaseError,
    UnsearchableReleaseError,
)
from graph.formats import NQUADS
from graph.manifest import digests_of
from graph.merging import merge
from graph.paths import NOT_MERGED
from graph.releasing import Release, current_release
from graph.store import Store
from graph.terms import Iri
from graph.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from graph.manifest import Manifest

    Publish = Callable[[Path, Iterable[str]], Release]


def test_the_manifest_names_every_file_with_its_hash(release: Release) -> None:
    """Each file, those of the store too, is as the manifest says."""
    named = release.manifest.files | release.manifest.parts
    there = {
        path.relative_to(release.path).as_posix()
        for path in release.path.rglob("*")
        if path.is_file()
    }

    assert there == {*named, "manifest.json"}
    assert {"dataset.nq", "report.json", "search.db", "void.ttl"} <= set(named)
    for name, digest in named.items():
        assert hashlib.sha256((release.path / name).read_bytes()).hexdigest() == digest


def test_the_manifest_names_the_tools_and_the_parent(releases: Path) -> None:
    """What the bytes depend on is written down."""
    manifest = current_release(releases).manifest

    assert {"pyoxigraph", "rdflib", "sqlite", "zlib", "zstd"} <= set(manifest.tools)
    assert manifest.parent is None
    assert manifest.moment.tzinfo
    assert manifest.rdfc10.startswith(manifest.id)


def test_nothing_in_a_release_tells_of_the_machine(release: Release) -> None:
    """No path, and no name of the machine on a line, gets out with the files."""
    line = b"\n" + platform.node().encode() + b"\n"
    words = (str(release.path.parent).encode(), line)

    for path in release.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data += gzip.decompress(data) if path.suffix == ".gz" else b""
            assert not any(word in data for word in words), path


def test_the_id_is_a_hash_of_the_dataset(release: Release) -> None:
    """The id follows from the canonical N-Quads."""
    data = (release.path / "dataset.nq").read_bytes()

    assert hashlib.sha256(data).hexdigest().startswith(release.manifest.id)
    assert release.path.name == release.manifest.id


def test_the_default_graph_holds_each_merged_statement_once(release: Release) -> None:
    """Counting in the default graph never counts a statement of two sources twice."""
    base = release.manifest.base
    left_out = {base + name for name in NOT_MERGED}
    statements = list(release.store.statements(graph=None))
    wanted = {
        item._replace(graph=None)
        for item in release.store.statements()
        if item.graph and item.graph.value not in left_out
    }

    assert len(statements) == len(set(statements)) == len(wanted)
    assert set(statements) == wanted
    assert release.manifest.counts["statements"] == len(statements)


def test_the_same_sources_give_the_same_release(
    release: Release, tmp_path: Path
) -> None:
    """Another process, folder, time zone and hash seed make no difference."""
    code = (
        "import sys; from pathlib import Path; from graph.building import build;"
        "print(build(Path(sys.argv[1]))[0].manifest.id)"
    )
    environment = os.environ | {"TZ": "Pacific/Apia", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    other = Release(tmp_path / done.stdout.strip())

    assert other.manifest.reproducible() == release.manifest.reproducible()
    for name in other.manifest.files:
        assert (other.path / name).read_bytes() == (release.path / name).read_bytes()


def test_a_damaged_release_is_mended_by_building_it_again(
    tmp_path: Path, publish_lines: Publish
) -> None:
    """The remedy that the error names is one."""
    lines = ["<x:a> <x:b> <x:c> <x:g> ."]
    first = publish_lines(tmp_path, lines)
    (first.path / "graphs.tsv").write_text("lie", encoding="utf-8")

    again = publish_lines(tmp_path, lines)

    assert again.path == first.path
    assert verify(again.path) == []
    assert {path.name for path in tmp_path.iterdir()} == {"current", again.path.name}


def test_a_release_that_cannot_be_searched_is_mended_by_building_it_again(
    tmp_path: Path, publish_lines: Publish
) -> None:
    """As one of an older version; when it was published and after what stays true."""
    publish_lines(tmp_path, ["<x:a> <x:b> <x:d> <x:g> ."])
    lines = ["<x:a> <x:b> <x:c> <x:g> ."]
    first = publish_lines(tmp_path, lines)
    (first.path / "search.db").unlink()
    with closing(sqlite3.connect(first.path / "search.db")) as older, older:
        older.execute("CREATE TABLE entity (iri TEXT)")
    manifest = replace(
        first.manifest,
        files=digests_of([first.path / n for n in first.manifest.files], first.path),
    )
    sealed = manifest.sealed().text()
    (first.path / "manifest.json").write_text(sealed, encoding="utf-8")
    assert verify(first.path) == []
    with pytest.raises(UnsearchableReleaseError):
        Release(first.path).search("a", 1)

    again = publish_lines(tmp_path, lines)

    assert again.search("a", 1) == []
    assert again.manifest.published == first.manifest.published
    assert again.manifest.parent == first.manifest.parent
    assert verify(again.path) == []


def test_a_second_build_keeps_the_release(releases: Path, release: Release) -> None:
    """Building again writes nothing new."""
    before = (release.path / "manifest.json").stat().st_mtime_ns

    again = build(releases)[0]

    assert again.path == release.path
    assert (again.path / "manifest.json").stat().st_mtime_ns == before
    assert current_release(releases).manifest.id == release.manifest.id


def test_a_folder_without_releases_says_how_to_make_one(tmp_path: Path) -> None:
    """The remedy names the command."""
    with pytest.raises(NoReleaseError) as caught:
        current_release(tmp_path)

    assert "regietafel build" in caught.value.mend


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"id": 1, "other": 2}'])
def test_a_bad_manifest_is_told(tmp_path: Path, content: str) -> None:
    """A folder whose manifest is not one is no release."""
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")

    with pytest.raises(UnreadableReleaseError):
        Release(tmp_path)


def test_a_missing_store_is_told(tmp_path: Path, release: Release) -> None:
    """A manifest alone is not enough to answer from."""
    text = (release.path / "manifest.json").read_text(encoding="utf-8")
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableReleaseError):
        _ = Release(tmp_path).store


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    """The next build removes half a release of a process that is gone."""
    done = subprocess.run([sys.executable, "-c", ""], check=True)
    assert done.returncode == 0
    gone = tmp_path / ".building-999999999"
    gone.mkdir()
    source = tmp_path / "some.ttl"
    source.write_text("<x:a> <x:b> <x:c> .", encoding="utf-8")

    preview([source], tmp_path)

    assert not gone.exists()
    assert not list(tmp_path.glob(".*-*"))


def test_a_preview_says_that_it_is_not_validated(tmp_path: Path) -> None:
    """Files of any syntax are served as they are, and marked."""
    (tmp_path / "a.ttl").write_text("<x:a> <x:b> <x:c> .", encoding="utf-8")
    (tmp_path / "b.nq").write_text(
        '<x:a> <x:b> <x:c> <x:g> .\n<x:a> <x:b> "d" .\n<x:e> <x:b> _:f _:g .\n',
        encoding="utf-8",
    )

    found = preview([tmp_path / "a.ttl", tmp_path / "b.nq"], tmp_path / "out")

    manifest: Manifest = found.manifest
    assert not manifest.validated
    assert manifest.counts["statements"] == 3
    assert len(list(found.store.statements(graph=Iri("x:g")))) == 1
    assert found.report == {}


def test_labels_fall_back_to_the_other_language(release: Release) -> None:
    """A label is given in the language asked, else in another, else not at all."""
    lrt = f"{release.manifest.base}id/organisatie/lrt"

    assert release.label(lrt, "nl") == "Landelijke Regietafel Migratie en Integratie"
    assert release.label(lrt, "en")
    assert release.label(lrt, "fr")
    assert release.label("https://example.org/none", "nl") is None
    assert release.search("regietafel migratie", 5)[0].iri == lrt


def test_merging_keeps_each_triple_once_and_drops_what_is_left_out() -> None:
    """Two graphs that say the same give one triple; a graph may be left out."""
    store = Store.in_memory()
    store.load(
        b'<x:a> <x:b> "o <x:g> ." <x:g> .\n<x:a> <x:b> "o <x:g> ." <x:h> .\n'
        b"<x:a> <x:b> <x:c> <x:no> .\n",
        NQUADS,
        "x:",
    )

    merged = merge(store.canonical_nquads(), ["x:no"])

    assert merged == b'<x:a> <x:b> "o <x:g> ." .\n'


def test_the_report_is_kept_with_the_release(release: Release) -> None:
    """A release carries the report of the gate that let it pass."""
    assert release.report["counts"]["Violation"] == 0
    assert json.dumps(release.report)
    assert release.manifest.validated
