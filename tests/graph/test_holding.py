"""A release in memory answers as it does on disk, whatever a query names."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from graph.building import preview
from graph.formats import CSV, NTRIPLES
from graph.holding import HeldStore
from graph.including import include
from graph.namespaces import DEFAULT_BASE
from graph.paths import QUERIES
from graph.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from graph.interfaces import AskedStore
    from graph.releasing import Release

GRAPH = f"{DEFAULT_BASE}graph/register"
TABLE = f"<{DEFAULT_BASE}id/organisatie/lrt>"
NAMING = {
    "graph": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "graph in other letters": "ASK { gRaph ?g { ?s ?p ?o } }",
    "graph behind a number": "SELECT ?g { OPTIONAL { ?s ?p 1GRAPH ?g {} } }",
    "graph and another name": f"PREFIX x: <{GRAPH}> ASK {{ GRAPHx: {{ ?s ?p ?o }} }}",
    "from": f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}> {{ ?s ?p ?o }}",  # noqa: S608  SPARQL
    "from named": f"SELECT ?g FROM NAMED <{GRAPH}> {{ GRAPH ?g {{}} }}",  # noqa: S608  SPARQL
}
MERGED = {
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "describe": f"DESCRIBE {TABLE}",
    "path": f"SELECT ?x {{ {TABLE} (<x:no>|!<x:no>) ?x }}",
    "exists": f"ASK {{ FILTER EXISTS {{ {TABLE} ?p ?o }} }}",
}


@pytest.fixture(scope="module")
def held(release: Release) -> HeldStore:
    """Return the release with its merged graph in memory."""
    return HeldStore(release.store_path)


@pytest.fixture(scope="module")
def on_disk(release: Release) -> Store:
    """Return the release on disk."""
    return Store.read_only(release.store_path)


def answer(store: AskedStore, query: str, *dataset: list[str]) -> list[bytes]:
    """Return the lines of an answer, sorted."""
    written = BytesIO()
    syntaxes = {"solutions": CSV, "graph": NTRIPLES}
    store.answer(query, syntaxes, *dataset).write(written)
    return sorted(written.getvalue().splitlines())


@pytest.mark.parametrize("name", sorted(path.stem for path in QUERIES.glob("*.rq")))
def test_the_example_questions_have_the_same_answers(
    held: HeldStore, on_disk: Store, name: str
) -> None:
    """In any order, which none of them leaves open where it matters."""
    query = include((QUERIES / f"{name}.rq").read_text(encoding="utf-8"))

    assert answer(held, query) == answer(on_disk, query)


@pytest.mark.parametrize("query", (NAMING | MERGED).values(), ids=NAMING | MERGED)
def test_graphs_are_there_however_they_are_named(
    held: HeldStore, on_disk: Store, query: str
) -> None:
    """And what names none finds the merged triples."""
    found = answer(held, query)

    assert found == answer(on_disk, query)
    assert len(found) > 1 or found == [b"true"]


@pytest.mark.parametrize("dataset", [([GRAPH], []), ([], [GRAPH])])
def test_a_dataset_of_the_protocol_is_obeyed(
    held: HeldStore, on_disk: Store, dataset: tuple[list[str], list[str]]
) -> None:
    """Also where the query itself names no graph."""
    query = "SELECT * { ?s ?p ?o }"

    assert answer(held, query, *dataset) == answer(on_disk, query, *dataset)


def test_a_release_is_read_from_its_dataset(
    release: Release, on_disk: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thing by thing: nothing is copied from the store, where things lie apart.

    Both ways have the same answers, so the other one is taken away.
    """
    monkeypatch.delattr(Store, "merged")
    held = HeldStore(release.store_path)
    query = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(!ISBLANK(?s) && !ISBLANK(?o)) }"

    assert answer(held, query) == answer(on_disk, query)


def test_a_preview_is_held_as_it_was_merged(tmp_path: Path) -> None:
    """Its default graph has the files alone, and no ontology."""
    source = tmp_path / "some.ttl"
    source.write_text("<urn:a> <urn:b> <urn:c>, [] .", encoding="utf-8")
    release = preview([source], tmp_path / "out")

    found = answer(HeldStore(release.store_path), "SELECT ?s ?p { ?s ?p ?o }")

    assert found == [b"s,p", b"urn:a,urn:b", b"urn:a,urn:b"]


class GoneError(Exception):
    """Nobody wants the store any more."""


def test_reading_stops_where_nobody_wants_it(release: Release) -> None:
    """A server that ends amid reading leaves no process that reads on for nobody."""

    def leave() -> None:
        raise GoneError

    with pytest.raises(GoneError):
        HeldStore(release.store_path, leave)
