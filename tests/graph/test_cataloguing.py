"""The description of a release counts what is there."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from rdflib import DCAT, DCTERMS, RDF, VOID, Graph, Literal, URIRef

from graph.cataloguing import LINKING
from graph.namespaces import expand
from graph.paths import TABLES
from graph.terms import Iri

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
    linksets = set(graph.subjects(RDF.type, VOID.Linkset))
    assert {
        str(item) for item in graph.objects(name, VOID.subset) if item not in linksets
    } == set(release.store.graphs())


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


def test_every_download_has_its_checksum_and_its_format(
    release: Release, described: tuple[Graph, URIRef]
) -> None:
    """By SHA-256, as anybody can compute it from the file."""
    graph, name = described

    for item in graph.objects(name, DCAT.distribution):
        content = (release.path / str(item).rpartition("/")[2]).read_bytes()
        checksum = graph.value(item, iri("spdx:checksum"))
        value = graph.value(checksum, iri("spdx:checksumValue"))

        assert str(value) == hashlib.sha256(content).hexdigest()
        assert graph.value(item, DCAT.mediaType) is not None
        assert (item, DCAT.accessURL, item) in graph


def test_links_are_counted_by_property_and_by_where_they_lead(
    release: Release, described: tuple[Graph, URIRef]
) -> None:
    """Each linkset's number is that of the links it tells of, and none is left out."""
    graph, name = described
    counted = 0
    for links in graph.subjects(RDF.type, VOID.Linkset):
        space = graph.value(graph.value(links, VOID.objectsTarget), VOID.uriSpace)
        rows = release.store.select(
            "SELECT (COUNT(*) AS ?n) "
            f"{{ ?s <{graph.value(links, VOID.linkPredicate)}> ?o "
            f'FILTER (STRSTARTS(STR(?o), "{space}")) }}'
        )
        counted += int(rows[0]["n"].value)

        assert graph.value(links, VOID.subjectsTarget) == name
        assert graph.value(links, VOID.triples) == Literal(int(rows[0]["n"].value))
    every = " ".join(f"<{iri(linking)}>" for linking in LINKING)
    rows = release.store.select(
        f"SELECT (COUNT(*) AS ?n) {{ VALUES ?p {{ {every} }} ?s ?p ?o "
        f'FILTER (!STRSTARTS(STR(?o), "{release.manifest.base}")) }}'
    )

    assert counted == int(rows[0]["n"].value) > 20


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        (VOID.distinctSubjects, "DISTINCT ?s"),
        (VOID.distinctObjects, "DISTINCT ?o"),
        (VOID.properties, "DISTINCT ?p"),
    ],
)
def test_it_counts_each_end_once(
    release: Release, described: tuple[Graph, URIRef], path: URIRef, counted: str
) -> None:
    """Distinct subjects, objects and properties, as a query counts them."""
    graph, name = described
    rows = release.store.select(f"SELECT {counted} {{ ?s ?p ?o }}")

    assert graph.value(name, path) == Literal(len(rows))


def test_it_is_as_new_as_its_newest_graph(
    release: Release, described: tuple[Graph, URIRef]
) -> None:
    """So a record that was renewed cannot look older than what it holds."""
    graph, name = described
    made = [
        datetime.fromisoformat(str(item.object))
        for item in release.store.statements(None, Iri(iri("prov:generatedAtTime")))
    ]
    modified = datetime.fromisoformat(str(graph.value(name, DCTERMS.modified)))

    assert modified == max(made)


def test_it_covers_what_is_dated(
    release: Release, described: tuple[Graph, URIRef]
) -> None:
    """From the first day that anything has to the last."""
    graph, name = described
    period = graph.value(name, DCTERMS.temporal)
    days = {
        str(edge.object)
        for item in release.store.statements(None, Iri(iri("ovl:dated")), None, None)
        for edge in release.store.statements(item.object, None, None, None)
        if edge.predicate.value in {str(DCAT.startDate), str(DCAT.endDate)}
    }

    assert str(graph.value(period, DCAT.startDate)) == min(days)
    assert str(graph.value(period, DCAT.endDate)) == max(days)


def test_every_download_says_in_two_languages_what_it_holds(
    described: tuple[Graph, URIRef],
) -> None:
    """A table in the words of its query, a dump with its form."""
    graph, name = described
    for item in graph.objects(name, DCAT.distribution):
        words = list(graph.objects(item, DCTERMS.description))
        languages = {x.language for x in words if isinstance(x, Literal)}

        assert languages == {"nl", "en"}
        assert len({str(text) for text in words}) == 2


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (
            DCAT.Dataset,
            (
                "dcterms:accessRights dcterms:creator dcterms:identifier "
                "dcterms:publisher dcterms:title dcterms:description "
                "dcat:contactPoint dcat:theme dcterms:conformsTo "
                "dcterms:language dcat:landingPage foaf:page dcterms:spatial "
                "dcterms:temporal dcterms:accrualPeriodicity dcterms:modified "
                "dcat:keyword dcat:version dcat:distribution"
            ),
        ),
        (
            DCAT.Distribution,
            (
                "dcat:accessURL dcat:downloadURL dcterms:license dcat:accessService "
                "dcterms:conformsTo dcterms:title dcterms:description dcterms:format "
                "dcat:mediaType dcat:byteSize spdx:checksum"
            ),
        ),
        (
            DCAT.DataService,
            (
                "dcterms:accessRights dcterms:creator dcterms:description "
                "dcterms:identifier dcterms:license dcterms:publisher dcterms:title "
                "dcat:contactPoint dcat:endpointDescription dcat:endpointURL "
                "dcat:servesDataset dcat:theme dcat:keyword dcterms:language"
            ),
        ),
        (
            DCAT.Catalog,
            (
                "dcterms:creator dcterms:description dcterms:publisher dcterms:title "
                "dcat:contactPoint dcat:dataset dcat:service"
            ),
        ),
    ],
    ids=lambda item: str(item).rpartition("#")[2] if "#" in str(item) else "",
)
def test_it_has_what_dcat_ap_nl_asks_for(
    described: tuple[Graph, URIRef], kind: URIRef, wanted: str
) -> None:
    """What DCAT-AP-NL 3 requires and recommends; at most one contact and identifier."""
    graph, _ = described
    things = list(graph.subjects(RDF.type, kind))

    assert things
    for thing in things:
        missing = [p for p in wanted.split() if not graph.value(thing, iri(p))]
        contacts = list(graph.objects(thing, DCAT.contactPoint))
        assert missing == []
        assert len(list(graph.objects(thing, DCTERMS.identifier))) <= 1
        assert all(graph.value(contact, iri("vcard:fn")) for contact in contacts)
        assert len(contacts) <= 1


def iri(name: str) -> URIRef:
    """Return the IRI of a prefixed name."""
    return URIRef(expand(name))
