"""The constraints that no shape can hold, and the table of all of them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pytest
from rdflib import OWL, Graph, URIRef
from rdflib.namespace import SH

from graph.namespaces import expand
from graph.paths import ROOT, source_files
from graph.terms import Iri
from graph.validation import shapes_text

if TYPE_CHECKING:
    from graph.releasing import Release
    from graph.terms import Statement

DOCUMENT: Final = ROOT / "docs" / "constraints.md"
ROW: Final = re.compile(
    r"^\| (C\d\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]*) ?\|$",
    re.MULTILINE,
)
KINDS: Final = {True: "SPARQL", False: "core"}
SEVERITIES: Final = ("Violation", "Warning", "Info")
NONE: Final = "–"


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, ...]]:
    """Return the rows of the table of constraints."""
    return [
        tuple(cell.strip() for cell in row)
        for row in ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    ]


@pytest.fixture(scope="module")
def shapes() -> Graph:
    """Return the shapes graph."""
    return Graph().parse(data=shapes_text(), format="turtle")


def shapes_in(cell: str) -> list[URIRef]:
    """Return the shapes that a cell of the table names."""
    return [URIRef(expand(f"ovlsh:{name}")) for name in re.findall(r"`([\w-]+)`", cell)]


def test_the_table_has_every_constraint_once(rows: list[tuple[str, ...]]) -> None:
    """C01 to C40, in order."""
    assert [row[0] for row in rows] == [f"C{number:02}" for number in range(1, 41)]


def test_the_table_says_what_the_shapes_are(
    rows: list[tuple[str, ...]], shapes: Graph
) -> None:
    """Each shape it names is there, of the kind and with the severities it tells."""
    for number, _, named, kinds, severities, _ in rows:
        found = shapes_in(named)
        missing = [shape for shape in found if (shape, None, None) not in shapes]
        by = {KINDS[(shape, SH.target, None) in shapes] for shape in found}
        levels = {str(shapes.value(shape, SH.severity)) for shape in found}
        known = [name for name in SEVERITIES if str(SH[name]) in levels]

        assert missing == [], number
        assert kinds == (", ".join(sorted(by)) or NONE), number
        assert severities == (", ".join(known) or NONE), number


def test_a_constraint_without_a_shape_names_the_test_that_holds_it(
    rows: list[tuple[str, ...]],
) -> None:
    """And every test that the table names is there."""
    for number, _, named, _, _, note in rows:
        assert shapes_in(named) or "tests/" in note, number
        for path in re.findall(r"tests/[\w/]+\.py", note):
            assert (ROOT / path).exists(), number


def test_every_graph_has_an_entry_in_the_register(release: Release) -> None:
    """Constraint C01: each named graph is described, and nothing else is as a graph."""
    bundles = {
        item.subject.value
        for item in release.store.statements(
            None, Iri(expand("rdf:type")), Iri(expand("prov:Bundle")), None
        )
    }

    assert set(release.store.graphs()) == bundles


def test_only_the_graph_of_links_equates_things() -> None:
    """Constraint C35: owl:sameAs stands in no other file, so links can be left out."""
    files = {
        path.name
        for path, _ in source_files()
        if (None, OWL.sameAs, None) in Graph().parse(path, format="turtle")
    }

    assert files == {"koppelingen.ttl"}


def test_derived_graphs_repeat_nothing_that_a_source_states(release: Release) -> None:
    """Constraint C36: what a rule adds is new, but for what the IRI of a period says.

    A source's graph may write out a period that it mentions; rule 20 does so for all.
    """
    stated: dict[Statement, set[str]] = defaultdict(set)
    for item in release.store.statements():
        if item.graph:
            stated[item._replace(graph=None)].add(item.graph.value)
    derived, source = expand("afgeleid:"), expand("bron:")
    repeated = [
        item
        for item, graphs in stated.items()
        if not str(item.subject).startswith(f"<{expand('periode:')}")
        and any(graph.startswith(derived) for graph in graphs)
        and any(graph.startswith(source) for graph in graphs)
    ]

    assert repeated == []
