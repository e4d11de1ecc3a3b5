"""What the page of the ontology shows: every class and property, own and reused.

Of each term: what it means, what it joins, how often the release uses it, and the
shapes that say what must hold for it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.terms import Iri
from server.naming import in_query
from server.views import Link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.terms import Statement, Term
    from server.describing import Describer
    from server.naming import Text
    from server.site import Site

CLASSES: Final = ("owl:Class", "rdfs:Class")
PROPERTIES: Final = (
    "owl:ObjectProperty",
    "owl:DatatypeProperty",
    "owl:AnnotationProperty",
    "rdf:Property",
)
#: What a use of a term is, by the sort of term.
_USES: Final = {"classes": "?thing a {}", "properties": "?thing {} ?value"}
_TARGETS: Final = ("sh:targetClass", "sh:targetSubjectsOf", "sh:targetObjectsOf")
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
    """A class or a property as the ontology's page shows it.

    `uses` counts the things of a class, or the statements with a property, each once.
    """

    anchor: str
    name: str
    label: Text
    definition: Text | None
    uses: int
    uses_query: str
    shapes: tuple[Link, ...]
    facts: tuple[tuple[Link, tuple[Link, ...]], ...]

    @property
    def vocabulary(self) -> str:
        """Return the prefix of the vocabulary that the term is of."""
        return self.name.partition(":")[0]


@dataclass(frozen=True)
class Section:
    """Terms of one sort: `key` names the sort, `own` whether they are the project's."""

    key: str
    own: bool
    terms: tuple[Definition, ...]

    @property
    def place(self) -> str:
        """Return where the section stands on its page."""
        return f"{self.key}-{'own' if self.own else 'reused'}"


def vocabulary_view(site: Site, graph: Iri) -> list[Section]:
    """Return the terms of an ontology by sort, the project's own first."""
    define = _Definer(site, graph)
    sections = [
        Section(key, own, define.terms(key, kinds, own=own))
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
        self._shapes = _shapes_of_terms(site)
        self._counts = site.term_uses

    def terms(
        self, key: str, kinds: Iterable[str], *, own: bool
    ) -> tuple[Definition, ...]:
        """Return the terms of one sort and of these kinds, in the order of labels."""
        found = {
            item.subject
            for kind in kinds
            for item in self._statements(None, "rdf:type", self._labels.name(kind))
            if isinstance(item.subject, Iri)
            and item.subject.value.startswith(self._own) is own
        }
        terms = (self._term(key, iri) for iri in found)
        return tuple(sorted(terms, key=lambda t: (t.label.text.casefold(), t.name)))

    def _term(self, key: str, iri: Iri) -> Definition:
        used = _USES[key].format(in_query(iri.value))
        return Definition(
            anchor=self._labels.anchor(iri),
            name=self._labels.short(iri),
            label=self._labels.of(iri, self._language),
            definition=self._labels.all(iri, "skos:definition", self._language),
            uses=self._counts[key].get(iri.value, 0),
            uses_query=f"SELECT * WHERE {{ {used} }}",
            shapes=tuple(sorted(map(self._shape, self._shapes.get(iri, ())))),
            facts=tuple(self._facts(iri)),
        )

    def _shape(self, shape: Iri) -> Link:
        """Return a shape by its name, leading to its place among the shapes."""
        text, language = self._labels.of(shape, self._language)
        page = self._describer.links.page("/def/overleg-shapes")
        shown = language if language != self._language else None
        return Link(text, f"{page}#{self._labels.anchor(shape)}", shown, shape.value)

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


def _shapes_of_terms(site: Site) -> dict[Term, set[Iri]]:
    """Return the node shapes of each term: of a class, or with a rule on a property."""
    labels, store = site.vocabulary.labels, site.release.store
    found: dict[Term, set[Iri]] = defaultdict(set)
    for prefixed in _TARGETS:
        for item in store.statements(None, labels.name(prefixed)):
            if isinstance(item.subject, Iri):
                found[item.object].add(item.subject)
    paths = {
        item.subject: item.object
        for item in store.statements(None, labels.name("sh:path"))
    }
    for item in store.statements(None, labels.name("sh:property")):
        if isinstance(item.subject, Iri) and item.object in paths:
            found[paths[item.object]].add(item.subject)
    return found
