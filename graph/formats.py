"""The one table of syntaxes: what each holds, its media types and its extension."""

from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf


@dataclass(frozen=True)
class Format:
    """A syntax for RDF graphs, RDF datasets or query solutions.

    `media_type` is what is sent; `aliases` are accepted as well. `holds` says whether
    named graphs survive in it ("dataset"), or only triples ("graph"), or whether it is
    a syntax for the answers of SELECT and ASK ("solutions").
    """

    name: str
    label: str
    media_type: str
    extension: str
    holds: OneOf["graph", "dataset", "solutions"]
    aliases: tuple[str, ...] = ()


TURTLE: Final = Format("turtle", "Turtle", "text/turtle", "ttl", "graph")
TRIG: Final = Format("trig", "TriG", "application/trig", "trig", "dataset")
NTRIPLES: Final = Format(
    "ntriples", "N-Triples", "application/n-triples", "nt", "graph", ("text/plain",)
)
NQUADS: Final = Format(
    "nquads", "N-Quads", "application/n-quads", "nq", "dataset", ("text/x-nquads",)
)
JSONLD: Final = Format("jsonld", "JSON-LD", "application/ld+json", "jsonld", "dataset")
RDFXML: Final = Format(
    "rdfxml", "RDF/XML", "application/rdf+xml", "rdf", "graph", ("text/rdf+xml",)
)

JSON: Final = Format(
    "json",
    "JSON",
    "application/sparql-results+json",
    "srj",
    "solutions",
    ("application/json",),
)
XML: Final = Format(
    "xml",
    "XML",
    "application/sparql-results+xml",
    "srx",
    "solutions",
    ("application/xml", "text/xml"),
)
CSV: Final = Format("csv", "CSV", "text/csv", "csv", "solutions")
TSV: Final = Format("tsv", "TSV", "text/tab-separated-values", "tsv", "solutions")

RDF_FORMATS: Final = (TURTLE, JSONLD, NTRIPLES, TRIG, NQUADS, RDFXML)
RESULT_FORMATS: Final = (JSON, CSV, TSV, XML)


_BY_NAME: Final = {item.name: item for item in RDF_FORMATS + RESULT_FORMATS}


def by_name(name: str) -> Format:
    """Return the format of that name, such as `turtle`; KeyError if there is none."""
    return _BY_NAME[name]


def by_extension(extension: str) -> Format:
    """Return the format of a file extension without its dot; KeyError if unknown."""
    return {item.extension: item for item in RDF_FORMATS + RESULT_FORMATS}[extension]
