"""Finds who says a thing: the document, the heading and the paragraph.

A value is said by the named graphs it stands in. Where its subject has evidence in such
a graph, the evidence tells the place; else the register tells the document. A value
that a rule derived rests on documents too: those that say it the other way round, else
those that describe its subject.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from graph.terms import Iri, Literal, Statement
from server.views import Link, Passage, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.terms import Term
    from server.links import Links
    from server.texts import Texts
    from server.vocabulary import Vocabulary

#: Kind of source by the start of a graph's path under the base; the first that fits.
_KINDS: Final = (
    ("graph/bron/", "document"),
    ("graph/afgeleid", "derived"),
    ("graph/begrippen/", "vocabulary"),
    ("def/", "vocabulary"),
    ("graph/", "reference"),
)
#: Sources and labels that are kept; a release never changes, so they stay true.
_KEPT: Final = 1 << 14
#: Documents behind a derived value that are named at once.
_BEHIND: Final = 2
#: The order in which sources are named.
_RANK: Final = ("document", "reference", "derived", "vocabulary", "preview")


class Sourcing:
    """The sources of one release, worded in one language."""

    def __init__(
        self, vocabulary: Vocabulary, links: Links, texts: Texts, language: str
    ) -> None:
        """Read from the store of a vocabulary, and word what is read in a language."""
        labels = vocabulary.labels
        self._inverses = vocabulary.inverses
        self._store = labels.store
        self._name = labels.name
        self._labels = labels
        self._links = links
        self._texts = texts
        self._language = language
        self._source = lru_cache(maxsize=_KEPT)(self._find)
        self._derived = lru_cache(maxsize=_KEPT)(self._find_derived)
        self.link = lru_cache(maxsize=_KEPT)(self._link)

    def of(self, statement: Statement, graphs: Iterable[Iri]) -> tuple[Source, ...]:
        """Return the sources of a statement, whose own graph is not looked at."""
        found = {
            self._derived(statement, graph)
            if self._kind(graph) == "derived"
            else self._source(statement.subject, graph)
            for graph in graphs
        }
        return tuple(sorted(found, key=_rank))

    def claimed(self, claim: Term, graphs: Iterable[Iri]) -> tuple[Source, ...]:
        """Return the graphs that a claim rests on, with the places that it names."""
        places: dict[Term | None, list[Link]] = defaultdict(list)
        for item in self._store.statements(claim, self._name("ovl:evidence")):
            document = self._one(item.object, "oa:hasSource")
            places[document] += self._place(item.object)
        found = []
        for graph in graphs:
            source, read = self._source(claim, graph), self.document_of(graph)
            passage = self._passage(read, places[read]) if read else None
            found.append(replace(source, passages=(passage,)) if passage else source)
        return tuple(sorted(found, key=_rank))

    def graphs_of(self, source: Iri) -> set[Iri]:
        """Return the graphs that were read from a document, or a graph itself."""
        path = self._name("prov:hadPrimarySource")
        found = {item.subject for item in self._store.statements(None, path, source)}
        graphs = {item for item in found if isinstance(item, Iri)}
        itself = next(self._store.statements(graph=source), None)
        return graphs or ({source} if itself else set())

    def document_of(self, graph: Iri) -> Iri | None:
        """Return the document that a graph was read from."""
        found = self._one(graph, "prov:hadPrimarySource")
        return found if isinstance(found, Iri) else None

    def written(self, thing: Iri) -> Passage | None:
        """Return where to read what a document or a place in one says."""
        document = self._one(thing, "oa:hasSource") or thing
        passage = self._passage(document, self._place(thing))
        return passage if passage.original else None

    def _link(self, term: Term) -> Link:
        """Return a term by its label, leading to its page."""
        text, language = self._labels.of(term, self._language)
        shown = language if language != self._language else None
        if not isinstance(term, Iri):
            return Link(text, None, shown)
        return Link(text, self._links.href(term.value), shown, term.value)

    def _find(self, subject: Term, graph: Iri) -> Source:
        confidence = self._one(subject, "ovl:confidence", graph)
        return Source(
            kind=self._kind(graph),
            graph=self.link(graph),
            passages=self._passages(subject, graph),
            confidence=self.link(confidence) if confidence else None,
        )

    def _find_derived(self, statement: Statement, graph: Iri) -> Source:
        """Return a derived graph as a source, with the documents behind a statement."""
        source = self._source(statement.subject, graph)
        behind = [
            passage
            for subject, stating in sorted(self._behind(statement))
            for passage in self._passages(subject, stating)
        ]
        merged = {(item.document, item.places): item for item in behind}
        passages = tuple(list(merged.values())[:_BEHIND])
        return replace(source, passages=passages, left_out=len(merged) - len(passages))

    def _behind(self, statement: Statement) -> set[tuple[Term, Iri]]:
        """Return what a derived statement rests on: things, and graphs on them."""
        subject, path, value, _ = statement
        found: set[tuple[Term, Iri]] = {
            (value, item.graph)
            for inverse in self._inverses(path)
            if isinstance(value, Iri)
            for item in self._store.statements(value, inverse, subject)
            if item.graph is not None and self._kind(item.graph) != "derived"
        }
        stated = self._store.statements(subject, self._name("ovl:statedInGraph"))
        return found or {
            (subject, item.object) for item in stated if isinstance(item.object, Iri)
        }

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
        return tuple(sorted(passages, key=lambda x: (x.document.text, repr(x))))

    def _passage(self, document: Term, places: list[Link]) -> Passage:
        return Passage(
            document=self.link(document),
            short=self._short(document),
            places=self._told_apart(places),
            original=self._page(document),
        )

    def _short(self, document: Term) -> Link:
        """Return a document by its kind and its date, else by who published it."""
        kind = self._one(document, "eli:work_type")
        if kind is None:
            return self.link(document)
        name = self.link(kind)
        dated = self._one(document, "ovl:dated")
        publisher = self._one(document, "dcterms:publisher")
        by = self.link(dated).text if dated else self._brief(publisher)
        words = [name.text[:1].upper() + name.text[1:], by]
        return Link(", ".join(filter(None, words)), None, name.language)

    def _brief(self, publisher: Term | None) -> str:
        """Return a publisher by its initials, if it is known by them."""
        if publisher is None:
            return ""
        path = self._name("skos:altLabel")
        known = (s.object.value for s in self._store.statements(publisher, path))
        return min(filter(str.isupper, known), default=self.link(publisher).text)

    def _place(self, place: Term) -> list[Link]:
        """Return the heading, paragraph and note of a place, as one link to it.

        A heading is quoted as its document has it; the rest is in the language of the
        page.
        """
        heading = self._one(place, "ovl:heading")
        words = [
            f"‘{heading}’" if heading else "",
            self._paragraph(self._one(place, "ovl:paragraph")),
            str(self._one(place, "ovl:placeNote") or ""),
        ]
        told = [word for word in words if word]
        language = heading.language if isinstance(heading, Literal) else None
        other = language if len(told) == 1 and language != self._language else None
        href = self._links.href(place.value)
        return [Link(", ".join(told), href, other, place.value)] if told else []

    def _told_apart(self, places: Iterable[Link]) -> tuple[Link, ...]:
        """Return places in order; those that are called alike by their characters."""
        ordered = sorted(set(places), key=lambda p: (p.text, p.href or ""))
        times = Counter(place.text for place in ordered)
        return tuple(
            place._replace(text=place.text + self._characters(Iri(place.iri or "")))
            if times[place.text] > 1
            else place
            for place in ordered
        )

    def _characters(self, place: Iri) -> str:
        """Return from which character to which a place is; nothing if not known."""
        selector = self._one(place, "oa:hasSelector")
        if selector is None:
            return ""
        first, last = (self._one(selector, f"oa:{end}") for end in ("start", "end"))
        words = {"first": first, "last": last}
        return ", " + self._texts.text("source.characters", self._language, **words)

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


def _rank(source: Source) -> tuple[int, str, str]:
    return _RANK.index(source.kind), source.name.text, repr(source)
