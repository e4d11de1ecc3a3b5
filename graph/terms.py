"""RDF terms and statements as plain values that no library owns.

See RDF 1.1 Concepts, https://www.w3.org/TR/rdf11-concepts/#section-rdf-graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
LANG_STRING: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


@dataclass(frozen=True, order=True, slots=True)
class Iri:
    """An IRI."""

    value: str

    def __str__(self) -> str:
        """Return the IRI in N-Triples form."""
        return f"<{self.value}>"


@dataclass(frozen=True, order=True, slots=True)
class BlankNode:
    """A blank node, known by the label its document gave it."""

    value: str

    def __str__(self) -> str:
        """Return the blank node in N-Triples form."""
        return f"_:{self.value}"


@dataclass(frozen=True, order=True, slots=True)
class Literal:
    """A literal; `datatype` is always set, `language` only on language-tagged text."""

    value: str
    language: str | None = None
    datatype: str = XSD_STRING

    def __str__(self) -> str:
        """Return the text alone, as a reader wants it."""
        return self.value


Term = Iri | BlankNode | Literal


def as_json(term: Term) -> dict[str, str]:
    """Return a term as SPARQL's JSON results write it, with nothing lost."""
    if isinstance(term, Iri):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    more = {"xml:lang": term.language} if term.language else {}
    return {
        "type": "literal",
        "value": term.value,
        "datatype": term.datatype,
    } | more


def from_json(value: Mapping[str, str]) -> Term:
    """Return the term that `as_json` wrote; KeyError if it wrote no such thing."""
    if value["type"] == "uri":
        return Iri(value["value"])
    if value["type"] == "bnode":
        return BlankNode(value["value"])
    return Literal(value["value"], value.get("xml:lang"), value["datatype"])


class Statement(NamedTuple):
    """A triple and the named graph that states it; None is the default graph."""

    subject: Term
    predicate: Iri
    object: Term
    graph: Iri | None = None
