"""The headers of the ontologies say what they are and which version they are."""

import re
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, VANN, XSD, Graph, Literal, Node, URIRef

from graph.namespaces import expand
from graph.paths import ONTOLOGY, SHAPES, VERSION

OVERLEG = URIRef(expand("def:overleg"))
IRIS = {
    "overleg": OVERLEG,
    "alignments": URIRef(expand("graph:uitlijningen")),
}
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


def header(stem: str) -> tuple[Graph, Node]:
    """Return a file of the ontology and the one ontology it declares."""
    graph = Graph().parse(ONTOLOGY / f"{stem}.ttl", format="turtle")
    (ontology,) = graph.subjects(RDF.type, OWL.Ontology)
    return graph, ontology


@pytest.mark.parametrize("stem", IRIS)
def test_header_has_the_expected_iri(stem: str) -> None:
    """A file declares one ontology, under the IRI the project gave it."""
    _, ontology = header(stem)

    assert ontology == IRIS[stem]


@pytest.mark.parametrize("stem", IRIS)
@pytest.mark.parametrize("term", [DCTERMS.title, DCTERMS.description], ids=["t", "d"])
def test_header_speaks_both_languages(stem: str, term: URIRef) -> None:
    """Title and description are given once in Dutch and once in English."""
    graph, ontology = header(stem)
    texts = graph.objects(ontology, term)
    languages = sorted(str(t.language) for t in texts if isinstance(t, Literal))

    assert languages == ["en", "nl"]


@pytest.mark.parametrize("stem", IRIS)
def test_header_names_its_makers_and_licence(stem: str) -> None:
    """Creator, publisher and licence are IRIs, each given once."""
    graph, ontology = header(stem)
    terms = (DCTERMS.creator, DCTERMS.publisher, DCTERMS.license)
    found = [list(graph.objects(ontology, term)) for term in terms]

    assert [len(values) for values in found] == [1, 1, 1]
    assert all(isinstance(value, URIRef) for (value,) in found)


@pytest.mark.parametrize("stem", IRIS)
def test_header_is_dated(stem: str) -> None:
    """Created and modified are days, and nothing was modified before it was created."""
    graph, ontology = header(stem)
    created = graph.value(ontology, DCTERMS.created, any=False)
    modified = graph.value(ontology, DCTERMS.modified, any=False)

    assert isinstance(created, Literal)
    assert isinstance(modified, Literal)
    assert created.datatype == modified.datatype == XSD.date
    assert created <= modified


@pytest.mark.parametrize("stem", IRIS)
def test_version_iri_is_the_iri_with_the_version(stem: str) -> None:
    """The version IRI is the ontology's IRI, a slash and the version."""
    graph, ontology = header(stem)
    version = graph.value(ontology, OWL.versionInfo, any=False)

    assert str(version) == VERSION
    assert graph.value(ontology, OWL.versionIRI, any=False) == URIRef(
        f"{ontology}/{VERSION}"
    )


def test_header_gives_prefix_and_namespace() -> None:
    """The header names the prefix and the namespace that the table of prefixes has."""
    graph, ontology = header("overleg")
    prefix = graph.value(ontology, VANN.preferredNamespacePrefix, any=False)
    namespace = graph.value(ontology, VANN.preferredNamespaceUri, any=False)

    assert expand(f"{prefix}:") == str(namespace)
    assert str(namespace) == f"{ontology}#"


def test_changelog_begins_with_the_version() -> None:
    """The newest entry of the changelog is this version, dated as the header is."""
    graph, ontology = header("overleg")
    changelog = (ONTOLOGY / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = RELEASE.findall(changelog)
    modified = graph.value(ontology, DCTERMS.modified, any=False)

    assert releases[0] == (VERSION, str(modified))
    assert releases == sorted(releases, reverse=True)


@pytest.mark.parametrize("path", sorted(SHAPES.glob("*.ttl")), ids=lambda p: p.stem)
def test_shapes_carry_the_version_of_the_ontology(path: Path) -> None:
    """A header among the shapes has the ontology's version."""
    graph = Graph().parse(path, format="turtle")
    versions = {
        str(version)
        for ontology in graph.subjects(RDF.type, OWL.Ontology)
        for version in graph.objects(ontology, OWL.versionInfo)
    }

    assert versions <= {VERSION}
