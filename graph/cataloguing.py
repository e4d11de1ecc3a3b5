"""Describes a release as a dataset: VoID's counts, and DCAT's list of its files.

See https://www.w3.org/TR/void/ and https://www.w3.org/TR/vocab-dcat-3/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.dumping import COMPRESSIONS
from graph.formats import CSV, RDF_FORMATS, TURTLE
from graph.namespaces import expand, prefixes
from graph.store import serialise
from graph.terms import Iri, Literal, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graph.store import Store
    from graph.terms import Term

    Fact = tuple[Iri, str, Term]

LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
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
TITLES: Final = {"nl": "Regietafel, uitgave {id}", "en": "Regietafel, release {id}"}
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#integer"
#: The parts of a dataset by class and by property, and how each is counted.
_PARTITIONS: Final = (
    ("void:classPartition", "void:class", "void:entities", "?s a ?part"),
    ("void:propertyPartition", "void:property", "void:triples", "?s ?part ?o"),
)


def count(store: Store, base: str) -> dict[str, int]:
    """Count the merged statements, the graphs, and the things people ask for."""
    found = {
        name: _count(store, f"?s a <{expand(cls, base)}>")
        for name, cls in COUNTED.items()
    }
    source = expand("prov:hadPrimarySource", base)
    return found | {
        "statements": _count(store, "?s ?p ?o"),
        "graphs": len(store.graphs()),
        "sources": _count(store, f"?s <{source}> ?o"),
    }


def _count(store: Store, pattern: str) -> int:
    found = store.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    return int(found[0]["n"].value)


def catalogue(
    store: Store, folder: Path, identity: str, base: str, sizes: Mapping[str, int]
) -> bytes:
    """Return the description of the release in a folder as Turtle."""
    dataset = Iri(f"{base}release/{identity}")
    facts = [
        *_about(dataset, identity, base),
        (dataset, "void:triples", _number(_count(store, "?s ?p ?o"))),
        (dataset, "void:entities", _number(count_things(folder / "dataset.nq", base))),
        *_partitions(store, dataset),
        *_graphs(dataset, sizes),
        *_distributions(dataset, folder),
    ]
    statements = (Statement(s, Iri(expand(p, base)), o) for s, p, o in facts)
    return serialise(statements, TURTLE, prefixes(base))


def count_things(dataset: Path, base: str) -> int:
    """Count the things that sorted N-Quads describe: subjects under `id/`."""
    start, last, found = f"<{base}id/".encode(), b"", 0
    with dataset.open("rb") as lines:
        for line in lines:
            subject = line.partition(b" ")[0]
            if subject != last and subject.startswith(start):
                found += 1
            last = subject
    return found


def _about(dataset: Iri, identity: str, base: str) -> Iterator[Fact]:
    for kind in ("void:Dataset", "dcat:Dataset"):
        yield dataset, "rdf:type", Iri(expand(kind))
    for language, title in TITLES.items():
        yield dataset, "dcterms:title", Literal(title.format(id=identity), language)
    yield dataset, "dcterms:identifier", Literal(identity)
    yield dataset, "dcterms:license", Iri(LICENCE)
    yield dataset, "void:uriSpace", Literal(f"{base}id/")
    yield dataset, "void:vocabulary", Iri(f"{base}def/overleg")
    yield dataset, "void:sparqlEndpoint", Iri(f"{dataset.value}/sparql")


def _partitions(store: Store, dataset: Iri) -> Iterator[Fact]:
    """Yield how often each class and each property is used."""
    for link, key, counted, pattern in _PARTITIONS:
        rows = store.select(
            f"SELECT ?part (COUNT(*) AS ?n) WHERE {{ {pattern} }} "
            "GROUP BY ?part ORDER BY ?part"
        )
        for number, row in enumerate((r for r in rows if "part" in r), start=1):
            part = Iri(f"{dataset.value}#{link.partition(':')[2]}-{number}")
            yield dataset, link, part
            yield part, key, row["part"]
            yield part, counted, _number(int(row["n"].value))


def _graphs(dataset: Iri, sizes: Mapping[str, int]) -> Iterator[Fact]:
    """Yield the named graphs as parts of the dataset, with their sizes."""
    for name, size in sizes.items():
        yield dataset, "void:subset", Iri(name)
        yield Iri(name), "void:triples", _number(size)


def _distributions(dataset: Iri, folder: Path) -> Iterator[Fact]:
    """Yield the files to download: the dumps and the tables."""
    known = {item.extension: item.media_type for item in (*RDF_FORMATS, CSV)}
    for path in sorted([*folder.glob("dataset.*.*"), *folder.glob("*.csv")]):
        address = Iri(f"{dataset.value}/{path.name}")
        _, extension, *rest = path.name.split(".")
        yield dataset, "dcat:distribution", address
        yield address, "rdf:type", Iri(expand("dcat:Distribution"))
        yield address, "dcterms:license", Iri(LICENCE)
        yield address, "dcat:downloadURL", address
        yield address, "dcat:mediaType", Iri(_MEDIA_TYPES + known[extension])
        yield address, "dcat:byteSize", _number(path.stat().st_size)
        if rest:
            compression = Iri(_MEDIA_TYPES + COMPRESSIONS[rest[0]])
            yield address, "dcat:compressFormat", compression
            yield dataset, "void:dataDump", address


def _number(value: int) -> Literal:
    return Literal(str(value), None, _INTEGER)
