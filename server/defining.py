"""What the page of the ontology shows: every class and property, own and reused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.terms import Iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.terms import Statement, Term
    from server.describing import Describer
    from server.naming import Text
    from server.site import Site
    from server.views import Link

CLASSES: Final = ("owl:Class", "rdfs:Class")
PROPERTIES: Final = (
    "owl:ObjectProperty",
    "owl:DatatypeProperty",
    "owl:AnnotationProperty",
    "rdf:Property",
)
#: What is shown of a term beside its label and its definition.
_SHOWN: Final = (
    "rdfs:subClassOf",
    "rdfs:subPropertyOf",
    "rdfs:domain",
    "rdfs:range",
    "owl:inverseOf",
    "skos:scopeNote",
)


@dataclass(frozen=True)
class Definition:
    """A class or a property as the ontology's page shows it."""

    anchor: str
    name: str
    label: Text
    definition: Text | None
    facts: tuple[tuple[Link, tuple[Link, ...]], ...]


@dataclass(frozen=True)
class Section:
    """Terms of one sort: `key` names the sort, `own` whether they are the project's."""

    key: str
    own: bool
    terms: tuple[Definition, ...]


def vocabulary_view(site: Site, graph: Iri) -> list[Section]:
    """Return the terms of an ontology by sort, the project's own first."""
    define = _Definer(site, graph)
    sections = [
        Section(key, own, define.terms(kinds, own=own))
        for own in (True, False)
        for key, kinds in (("classes", CLASSES), ("properties", PROPERTIES))
    ]
    return [section for section in sections if section.terms]


class _Definer:
    """Reads terms from the graph of an ontology."""

    def __init__(self, site: Site, graph: Iri) -> None:
        self._describer: Describer = site.describer()
        self._labels = site.vocabulary.labels
        self._store = site.release.store
        self._graph = graph
        self._language = site.language()
        self._own = f"{site.base}def/"

    def terms(self, kinds: Iterable[str], *, own: bool) -> tuple[Definition, ...]:
        """Return the terms of these kinds, by name."""
        found = {
            item.subject
            for kind in kinds
            for item in self._statements(None, "rdf:type", self._labels.name(kind))
            if isinstance(item.subject, Iri)
            and item.subject.value.startswith(self._own) is own
        }
        return tuple(sorted(map(self._term, found), key=lambda term: term.name.lower()))

    def _term(self, iri: Iri) -> Definition:
        return Definition(
            anchor=self._labels.anchor(iri),
            name=self._labels.short(iri),
            label=self._labels.of(iri, self._language),
            definition=self._labels.all(iri, "skos:definition", self._language),
            facts=tuple(self._facts(iri)),
        )

    def _facts(self, iri: Iri) -> Iterable[tuple[Link, tuple[Link, ...]]]:
        for prefixed in _SHOWN:
            path = self._labels.name(prefixed)
            values = {item.object for item in self._statements(iri, prefixed)}
            spoken = [
                v for v in values if getattr(v, "language", None) == self._language
            ]
            if values:
                links = sorted(map(self._describer.term_link, spoken or values))
                yield self._describer.property_link([], path), tuple(links)

    def _statements(
        self, subject: Term | None, prefixed: str, value: Term | None = None
    ) -> Iterable[Statement]:
        name = self._labels.name(prefixed)
        return self._store.statements(subject, name, value, self._graph)
