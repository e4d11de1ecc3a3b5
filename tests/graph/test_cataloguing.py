"""The description of a release counts what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import DCAT, RDF, VOID, Graph, Literal, URIRef

from graph.paths import TABLES

if TYPE_CHECKING:
    from graph.releasing import Release


@pytest.fixture(scope="module")
def described(release: Release) -> tuple[Graph, URIRef]:
    """Return the description, and the release's name in it."""
    graph = Graph().parse(release.path / "void.ttl")
    return graph, URIRef(f"{release.manifest.base}release/{release.manifest.id}")


def test_it_counts_statements_things_and_graphs(
    release: Release, described: tuple[Graph, URIRef]
) -> None:
    """As the dataset itself has them."""
    graph, name = described
    things = {
        item.subject
        for item in release.store.statements()
        if item.subject.value.startswith(f"{release.manifest.base}id/")
    }

    assert graph.value(name, VOID.triples) == Literal(
        release.manifest.counts["statements"]
    )
    assert graph.value(name, VOID.entities) == Literal(len(things))
    assert {str(item) for item in graph.objects(name, VOID.subset)} == set(
        release.store.graphs()
    )


@pytest.mark.parametrize(
    ("link", "counted"),
    [(VOID.propertyPartition, VOID.triples), (VOID.classPartition, VOID.entities)],
)
def test_it_counts_by_property_and_by_class(
    release: Release, described: tuple[Graph, URIRef], link: URIRef, counted: URIRef
) -> None:
    """The parts by property add up to the whole, those by class to all types."""
    graph, name = described
    parts = list(graph.objects(name, link))
    total = sum(int(str(graph.value(part, counted))) for part in parts)
    pattern = "?s ?p ?o" if counted == VOID.triples else f"?s <{RDF.type}> ?o"
    wanted = release.store.select(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")

    assert total == int(wanted[0]["n"].value)


def test_it_names_every_download_with_its_size(
    release: Release, described: tuple[Graph, URIRef]
) -> None:
    """Dumps and tables."""
    graph, name = described
    sizes = {
        str(item).rpartition("/")[2]: int(str(graph.value(item, DCAT.byteSize)))
        for item in graph.objects(name, DCAT.distribution)
    }

    assert len(sizes) == 6 + len(list(TABLES.glob("*.rq")))
    for file, size in sizes.items():
        assert (release.path / file).stat().st_size == size
