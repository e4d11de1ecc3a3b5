"""A generated document: its graph, and the places and periods that it states.

Terms are text in the form of N-Quads from the start, so writing them costs nothing.
"""

from __future__ import annotations

import hashlib
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.namespaces import prefixes

if TYPE_CHECKING:
    from datetime import date

LICENCE: Final = "<https://creativecommons.org/publicdomain/zero/1.0/>"
_SPACES: Final = prefixes()
_TERMS: dict[str, str] = {}


class Thing(NamedTuple):
    """A thing and what is stated about it: pairs of a property and a value."""

    node: str
    facts: list[tuple[str, str]]


def term(name: str) -> str:
    """Return a prefixed name of the vocabulary as an IRI of N-Quads."""
    if name not in _TERMS:
        prefix, _, local = name.partition(":")
        _TERMS[name] = f"<{_SPACES[prefix]}{local}>"
    return _TERMS[name]


def iri(kind: str, name: str) -> str:
    """Return the IRI of a generated thing."""
    return f"{term(kind + ':')[:-1]}{name}>"


def text(words: str, language: str = "nl") -> str:
    """Return words as a literal in a language."""
    return f'"{words}"@{language}'


def typed(value: object, datatype: str) -> str:
    """Return a value as a literal of a datatype."""
    return f'"{value}"^^{term("xsd:" + datatype)}'


def digest(words: str) -> str:
    """Return a literal with the SHA-256 of some words."""
    return f'"{hashlib.sha256(words.encode()).hexdigest()}"'


class Document:
    """A source: its graph, and the places and periods that its statements use."""

    def __init__(self, name: str, kind: str, day: date, publisher: str) -> None:
        """Begin a document of a day; what it states is added to `things`."""
        self.name, self.node, self.things = name, iri("document", name), list[Thing]()
        self._periods: set[str] = set()
        self.places = count(1)
        self.add(
            self.node,
            ("rdf:type", term("ovl:Document")),
            *labels(f"Stuk {name}", f"Document {name}"),
            ("eli:work_type", iri("begrip", f"document-{kind}")),
            ("dcterms:language", term("taal:NLD")),
            ("dcterms:publisher", publisher),
            ("ovl:dated", self.period(day)),
            ("ovl:evidence", self.place("Briefhoofd")),
        )

    def add(self, node: str, *facts: tuple[str, str]) -> str:
        """State some facts of a thing."""
        self.things.append(Thing(node, [(term(p), o) for p, o in facts]))
        return node

    def place(self, heading: str) -> str:
        """Add a place in this document, and return it.

        Every fourth has its position in the text, as in the sources of the checkout.
        """
        number = next(self.places)
        selector = [] if number % 4 else [("oa:hasSelector", self._position(number))]
        return self.add(
            iri("vindplaats", f"{self.name}-{number}"),
            ("rdf:type", term("oa:SpecificResource")),
            ("oa:hasSource", self.node),
            *selector,
            ("ovl:paragraph", typed(number, "integer")),
            ("ovl:heading", text(heading)),
        )

    def _position(self, number: int) -> str:
        start, end = number * 400, number * 400 + 399
        position = iri("tekstpositie", f"{self.name}-{start}-{end}")
        return self.add(
            position,
            ("rdf:type", term("oa:TextPositionSelector")),
            ("oa:start", typed(start, "integer")),
            ("oa:end", typed(end, "integer")),
            ("ovl:passageDigest", digest(position)),
        )

    def period(self, start: date | None, end: date | None = None) -> str:
        """State a period, of one day if it has no end, and return it."""
        last = end or start
        name = f"{start or ''}_{end}" if end else f"{start}"
        node = iri("periode", name)
        if node not in self._periods:
            self._periods.add(node)
            ends = (("start", start), ("end", last))
            facts = [
                fact
                for which, day in ends
                if day
                for fact in (
                    (f"dcat:{which}Date", typed(day, "date")),
                    (f"ovl:{which}Precision", iri("begrip", "precisie-dag")),
                )
            ]
            self.add(node, ("rdf:type", term("dcterms:PeriodOfTime")), *facts)
        return node

    def register(self) -> Thing:
        """Return the entry of this document's graph in the register."""
        facts = [
            ("rdf:type", term("prov:Bundle")),
            ("rdf:type", term("prov:Entity")),
            ("rdf:type", term("void:Dataset")),
            ("dcterms:license", LICENCE),
            ("prov:hadPrimarySource", self.node),
            ("prov:wasGeneratedBy", iri("bewerking", "gegenereerd")),
            ("ovl:readingExtent", iri("begrip", "leeswijze-volledig")),
            ("ovl:sourceDigest", digest(self.name)),
        ]
        return Thing(iri("bron", self.name), [(term(p), o) for p, o in facts])


def labels(dutch: str, english: str) -> tuple[tuple[str, str], ...]:
    """Return the names of a thing in both languages."""
    return (
        ("skos:prefLabel", text(dutch)),
        ("skos:prefLabel", text(english, "en")),
    )
