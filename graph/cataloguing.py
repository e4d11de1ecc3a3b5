"""Describes a release as a dataset: VoID's counts, and DCAT's list of its files.

What is the same for every release stands in `graph/catalogue.ttl`. See
https://www.w3.org/TR/void/ and https://docs.geostandaarden.nl/dcat/dcat-ap-nl30/.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from graph.dumping import COMPRESSIONS
from graph.formats import CSV, RDF_FORMATS, TURTLE, by_extension
from graph.manifest import digest_of
from graph.namespaces import expand, prefixes, rebase
from graph.paths import CATALOGUE, TABLES
from graph.reading import read_text
from graph.store import Store, serialise
from graph.terms import LANG_STRING, Iri, Literal, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

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
#: What stands in the catalogue for the id of the release.
PLACE: Final = "UITGAVE"
#: Properties that link things to those of other datasets.
LINKING: Final = (
    "owl:sameAs",
    "skos:exactMatch",
    "skos:closeMatch",
    "skos:broadMatch",
    "skos:narrowMatch",
    "skos:relatedMatch",
)
#: What a dump holds; a table says so itself.
_WHOLE: Final = {
    "nl": "De hele dataset, elk gegeven met de graaf waarin het staat",
    "en": "The whole dataset, each statement with the graph that it stands in",
}
_WORDS: Final = re.compile(r"^# (nl|en): (.+)$", re.MULTILINE)
#: The EU's file types, by extension.
_FILE_TYPES: Final = "http://publications.europa.eu/resource/authority/file-type/"
_FILE_TYPE: Final = {
    "csv": "CSV",
    "jsonld": "JSON_LD",
    "nq": "RDF_N_QUADS",
    "trig": "RDF_TRIG",
}
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_HEX: Final = f"{_XSD}hexBinary"
#: The parts of a dataset, by VoID's words for their number, for what each is of and for
#: its size, and what finds them.
_PARTITIONS: Final = (
    ("classes", "class", "entities", "?s a ?part"),
    ("properties", "property", "triples", "?s ?part ?o"),
)
#: What VoID counts of a dataset, and how.
_DISTINCT: Final = (
    ("void:distinctSubjects", "?s"),
    ("void:distinctObjects", "?o"),
)


def count(store: Store, base: str, graphs: int) -> dict[str, int]:
    """Count the merged statements and the things people ask for, beside the graphs."""
    found = {
        name: _count(store, f"?s a <{expand(cls, base)}>")
        for name, cls in COUNTED.items()
    }
    source = expand("prov:hadPrimarySource", base)
    return found | {
        "statements": _count(store, "?s ?p ?o"),
        "graphs": graphs,
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
        (dataset, "void:triples", _number(_count(store, "?s ?p ?o"))),
        (dataset, "void:entities", _number(count_things(folder / "dataset.nq", base))),
        *_totals(store, dataset),
        *_partitions(store, dataset),
        *_graphs(dataset, sizes),
        *_linksets(store, dataset, base),
        *_distributions(dataset, folder, base),
        *_changed(store, dataset, base),
        *_covered(store, dataset, base),
    ]
    computed = [Statement(s, Iri(expand(p, base)), o) for s, p, o in facts]
    return serialise([*_stated(identity, base), *computed], TURTLE, prefixes(base))


def _stated(identity: str, base: str) -> Iterator[Statement]:
    """Yield what the catalogue says of every release and of the service."""
    store = Store.in_memory()
    text = rebase(read_text(CATALOGUE), base).replace(PLACE, identity)
    store.load(text.encode(), TURTLE, base)
    return store.statements()


def _changed(store: Store, dataset: Iri, base: str) -> Iterator[Fact]:
    """Yield when the newest of the graphs was made."""
    made = expand("prov:generatedAtTime", base)
    found = store.select(f"SELECT (MAX(?t) AS ?newest) {{ ?graph <{made}> ?t }}")
    for row in found:
        if "newest" in row:
            yield dataset, "dcterms:modified", row["newest"]


def _covered(store: Store, dataset: Iri, base: str) -> Iterator[Fact]:
    """Yield from which day to which the things are that have a date."""
    dated, start, end = (
        expand(name, base) for name in ("ovl:dated", "dcat:startDate", "dcat:endDate")
    )
    rows = store.select(
        "SELECT (MIN(?start) AS ?first) (MAX(?end) AS ?last) "
        f"{{ ?thing <{dated}> ?period . ?period <{start}> ?start ; <{end}> ?end }}"
    )
    for row in (r for r in rows if "first" in r and "last" in r):
        period = Iri(f"{dataset.value}#covered")
        yield dataset, "dcterms:temporal", period
        yield period, "rdf:type", Iri(expand("dcterms:PeriodOfTime"))
        yield period, "dcat:startDate", row["first"]
        yield period, "dcat:endDate", row["last"]


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


def _totals(store: Store, dataset: Iri) -> Iterator[Fact]:
    """Yield how many subjects and objects there are, each once."""
    for path, variable in _DISTINCT:
        rows = store.select(f"SELECT (COUNT(DISTINCT {variable}) AS ?n) {{ ?s ?p ?o }}")
        yield dataset, path, _number(int(rows[0]["n"].value))


def _partitions(store: Store, dataset: Iri) -> Iterator[Fact]:
    """Yield how many classes and properties there are, and how often each is used."""
    for total, key, size, pattern in _PARTITIONS:
        found = store.select(
            f"SELECT ?part (COUNT(*) AS ?n) WHERE {{ {pattern} }} "
            "GROUP BY ?part ORDER BY ?part"
        )
        rows = [row for row in found if "part" in row]
        yield dataset, f"void:{total}", _number(len(rows))
        for number, row in enumerate(rows, start=1):
            part = Iri(f"{dataset.value}#{key}Partition-{number}")
            yield dataset, f"void:{key}Partition", part
            yield part, f"void:{key}", row["part"]
            yield part, f"void:{size}", _number(int(row["n"].value))


def _graphs(dataset: Iri, sizes: Mapping[str, int]) -> Iterator[Fact]:
    """Yield the named graphs as parts of the dataset, with their sizes."""
    for name, size in sizes.items():
        yield dataset, "void:subset", Iri(name)
        yield Iri(name), "void:triples", _number(size)


def _linksets(store: Store, dataset: Iri, base: str) -> Iterator[Fact]:
    """Yield how many links lead to each other dataset, by the property that links."""
    found: Counter[tuple[str, str]] = Counter()
    for linking in LINKING:
        for item in store.statements(None, Iri(expand(linking)), None, None):
            if isinstance(item.object, Iri) and not item.object.value.startswith(base):
                found[linking, _space(item.object.value)] += 1
    targets = sorted({space for _, space in found})
    for number, ((linking, space), total) in enumerate(sorted(found.items()), start=1):
        links = Iri(f"{dataset.value}#linkset-{number}")
        target = Iri(f"{dataset.value}#linked-{targets.index(space) + 1}")
        yield dataset, "void:subset", links
        yield links, "rdf:type", Iri(expand("void:Linkset"))
        yield links, "void:linkPredicate", Iri(expand(linking))
        yield links, "void:subjectsTarget", dataset
        yield links, "void:objectsTarget", target
        yield links, "void:triples", _number(total)
        yield target, "rdf:type", Iri(expand("void:Dataset"))
        yield target, "void:uriSpace", Literal(space)


def _space(iri: str) -> str:
    """Return the origin of an IRI, with its slash: where another dataset lies."""
    scheme, _, rest = iri.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/"


def _distributions(dataset: Iri, folder: Path, base: str) -> Iterator[Fact]:
    """Yield the files to download: the dumps and the tables."""
    known = {item.extension: item.media_type for item in (*RDF_FORMATS, CSV)}
    for path in sorted([*folder.glob("dataset.*.*"), *folder.glob("*.csv")]):
        address = Iri(f"{dataset.value}/{path.name}")
        _, extension, *rest = path.name.split(".")
        media_type = Iri(_MEDIA_TYPES + known[extension])
        yield dataset, "dcat:distribution", address
        yield address, "rdf:type", Iri(expand("dcat:Distribution"))
        yield address, "dcterms:title", Literal(path.name)
        for language, words in _described(path, rest).items():
            yield address, "dcterms:description", Literal(words, language, LANG_STRING)
        yield address, "dcterms:format", Iri(_FILE_TYPES + _FILE_TYPE[extension])
        yield address, "dcterms:license", Iri(LICENCE)
        yield address, "dcterms:conformsTo", Iri(f"{base}def/overleg")
        yield address, "dcat:accessURL", address
        yield address, "dcat:downloadURL", address
        yield address, "dcat:accessService", Iri(f"{base}sparql#service")
        yield address, "dcat:mediaType", media_type
        yield address, "dcat:byteSize", _number(path.stat().st_size)
        yield from _checksum(address, path)
        if rest:
            compression = Iri(_MEDIA_TYPES + COMPRESSIONS[rest[0]])
            yield address, "dcat:compressFormat", compression
            yield dataset, "void:dataDump", address


def _described(path: Path, compression: list[str]) -> dict[str, str]:
    """Return what a file holds, in each language; a table says so at its head."""
    if path.suffix == ".csv":
        return dict(_WORDS.findall(read_text(TABLES / f"{path.stem}.rq")))
    label = by_extension(path.name.split(".")[1]).label
    form = ", ".join([label, *compression])
    return {language: f"{words} ({form})" for language, words in _WHOLE.items()}


def _checksum(address: Iri, path: Path) -> Iterator[Fact]:
    """Yield the SHA-256 of a file as SPDX words it."""
    checksum = Iri(f"{address.value}#checksum")
    algorithm = Iri(expand("spdx:checksumAlgorithm_sha256"))
    yield address, "spdx:checksum", checksum
    yield checksum, "rdf:type", Iri(expand("spdx:Checksum"))
    yield checksum, "spdx:algorithm", algorithm
    yield checksum, "spdx:checksumValue", Literal(digest_of(path), None, _HEX)


def _number(value: int) -> Literal:
    return Literal(str(value), None, f"{_XSD}integer")
