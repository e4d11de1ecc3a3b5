"""Finds who says a thing: the document, the heading and the paragraph.

A value is said by the named graphs it stands in. Where its subject has evidence in such
a graph, the evidence tells the place; else the register tells the document.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graph.terms import Iri, Literal
from server.views import Link, Passage, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.terms import Term
    from server.links import Links
    from server.naming import Labels
    from server.texts import Texts

#: Kind of source by the start of a graph's path under the base; the first that fits.
_KINDS: Final = (
    ("graph/bron/", "document"),
    ("graph/afgeleid", "derived"),
    ("graph/begrippen/", "vocabulary"),
    ("def/", "vocabulary"),
    ("graph/", "reference"),
)
#: The order in which sources are named.
_RANK: Final = ("document", "reference", "derived", "vocabulary", "preview")


class Sourcing:
    """The sources of one release, worded in one language."""

    def __init__(
        self, labels: Labels, links: Links, texts: Texts, language: str
    ) -> None:
        """Read from the store of `labels`, and word what is read in a language."""
        self._store = labels.store
        self._name = labels.name
        self._labels = labels
        self._links = links
        self._texts = texts
        self._language = language
        self._known: dict[tuple[Term, Iri], Source] = {}

    def of(self, subject: Term, graphs: Iterable[Iri]) -> tuple[Source, ...]:
        """Return the sources of statements about a subject in these graphs."""
        found = {self._source(subject, graph) for graph in graphs}
        return tuple(sorted(found, key=_rank))

    def document_of(self, graph: Iri) -> Iri | None:
        """Return the document that a graph was read from."""
        found = self._one(graph, "prov:hadPrimarySource")
        return found if isinstance(found, Iri) else None

    def link(self, term: Term) -> Link:
        """Return a term by its label, leading to its page."""
        text, language = self._labels.of(term, self._language)
        shown = language if language != self._language else None
        if not isinstance(term, Iri):
            return Link(text, None, shown)
        return Link(text, self._links.href(term.value), shown, term.value)

    def _source(self, subject: Term, graph: Iri) -> Source:
        key = (subject, graph)
        if key not in self._known:
            self._known[key] = self._find(subject, graph)
        return self._known[key]

    def _find(self, subject: Term, graph: Iri) -> Source:
        confidence = self._one(subject, "ovl:confidence", graph)
        return Source(
            kind=self._kind(graph),
            graph=self.link(graph),
            passages=self._passages(subject, graph),
            confidence=self.link(confidence) if confidence else None,
        )

    def _kind(self, graph: Iri) -> str:
        path = graph.value.removeprefix(self._links.base)
        kind = next((kind for start, kind in _KINDS if path.startswith(start)), None)
        if kind is None or (kind == "document" and not self.document_of(graph)):
            return "preview"
        return kind

    def _passages(self, subject: Term, graph: Iri) -> tuple[Passage, ...]:
        """Return the places that a subject is evidenced by, document by document."""
        places: dict[Term, list[Link]] = defaultdict(list)
        evidence = self._name("ovl:evidence")
        for item in self._store.statements(subject, evidence, None, graph):
            document = self._one(item.object, "oa:hasSource") or item.object
            places[document] += self._place(item.object)
        read = self.document_of(graph)
        if not places and read:
            places[read] = []
        passages = [self._passage(key, found) for key, found in places.items()]
        return tuple(sorted(passages, key=lambda passage: passage.document.text))

    def _passage(self, document: Term, places: list[Link]) -> Passage:
        return Passage(
            document=self.link(document),
            places=tuple(sorted(set(places), key=lambda place: place.text)),
            original=self._page(document),
        )

    def _place(self, place: Term) -> list[Link]:
        """Return the heading, paragraph and note of a place, as one link to it."""
        words = [
            f"‘{heading}’" if (heading := self._one(place, "ovl:heading")) else "",
            self._paragraph(self._one(place, "ovl:paragraph")),
            str(self._one(place, "ovl:placeNote") or ""),
        ]
        text = ", ".join(word for word in words if word)
        return [Link(text, self._links.href(place.value))] if text else []

    def _paragraph(self, number: Term | None) -> str:
        if number is None:
            return ""
        return self._texts.text("source.paragraph", self._language, number=number)

    def _page(self, document: Term) -> str | None:
        page = self._one(document, "foaf:page")
        return self._links.href(page.value) if isinstance(page, Iri) else None

    def _one(
        self, subject: Term, prefixed: str, graph: Iri | None = None
    ) -> Term | None:
        """Return one value of a property, the same one every time, or None."""
        where = graph or ...
        found = self._store.statements(subject, self._name(prefixed), None, where)
        values = {item.object for item in found}
        preferred = [
            v for v in values if isinstance(v, Literal) and v.language == self._language
        ]
        return min(preferred or values, key=str, default=None)


def _rank(source: Source) -> tuple[int, str]:
    return _RANK.index(source.kind), source.name.text
