"""Describes the SPARQL service in RDF, for programs that ask what it can do.

See https://www.w3.org/TR/sparql11-service-description/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.examples import describe_examples
from graph.formats import RDF_FORMATS, RESULT_FORMATS
from graph.terms import Iri, Literal, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.site import Site

_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#integer"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
#: Names of the syntaxes at W3C, https://www.w3.org/ns/formats/.
_NAMES: Final = {
    "turtle": "Turtle",
    "trig": "TriG",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
}


def describe_service(site: Site) -> list[Statement]:
    """Return what the service is, speaks and holds, and examples to ask it."""
    name = site.vocabulary.labels.name
    endpoint = site.address() + "/sparql"
    service, dataset = Iri(f"{endpoint}#service"), Iri(f"{endpoint}#dataset")
    merged = Iri(f"{endpoint}#merged")
    facts: list[tuple[Iri, str, Iri | Literal]] = [
        (service, "rdf:type", name("sd:Service")),
        (service, "sd:endpoint", Iri(endpoint)),
        (service, "sd:supportedLanguage", name("sd:SPARQL11Query")),
        *((service, "sd:feature", name(item)) for item in _features(site)),
        (service, "sd:defaultDataset", dataset),
        *((service, "sd:resultFormat", item) for item in _formats()),
        (dataset, "rdf:type", name("sd:Dataset")),
        (dataset, "sd:defaultGraph", merged),
        (merged, "rdf:type", name("sd:Graph")),
        (merged, "void:triples", _number(site.release.manifest.counts["statements"])),
        *((merged, "dcterms:description", text) for text in _explanations()),
    ]
    for number, (graph, size) in enumerate(site.graph_sizes.items(), start=1):
        named, sized = (
            Iri(f"{endpoint}#named-{number}"),
            Iri(f"{endpoint}#graph-{number}"),
        )
        facts += [
            (dataset, "sd:namedGraph", named),
            (named, "rdf:type", name("sd:NamedGraph")),
            (named, "sd:name", Iri(graph)),
            (named, "sd:graph", sized),
            (sized, "rdf:type", name("sd:Graph")),
            (sized, "void:triples", _number(size)),
        ]
    described = (Statement(item, name(path), value) for item, path, value in facts)
    return [*described, *_examples(site, endpoint)]


def _examples(site: Site, endpoint: str) -> Iterator[Statement]:
    """Yield the example questions, to be asked at the address of this service."""
    graph = site.vocabulary.labels.name("graph:vragen").value
    for item in describe_examples(site.base, endpoint, graph):
        yield item._replace(graph=None)


def _formats() -> Iterator[Iri]:
    for item in RESULT_FORMATS + RDF_FORMATS:
        yield Iri(_FORMATS + _NAMES[item.name])


def _features(site: Site) -> tuple[str, ...]:
    """Return what the service does beyond answering from its release."""
    return ("sd:BasicFederatedQuery",) if site.workers.limits.services else ()


def _explanations() -> Iterator[Literal]:
    """Yield what the default graph holds, in words."""
    yield Literal("De gegevens van alle grafen samen, elk één keer.", "nl")
    yield Literal("The statements of all graphs together, each once.", "en")


def _number(value: int) -> Literal:
    return Literal(str(value), None, _INTEGER)
