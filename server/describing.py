"""Words the statements about a thing: its values, with labels, links and sources."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeGuard

from graph.terms import Iri, Literal, Statement
from server.delaying import days_late
from server.sourcing import Sourcing
from server.views import Link, Value
from server.wording import literal_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.terms import Term
    from server.links import Links
    from server.texts import Texts
    from server.views import Passage, Source
    from server.vocabulary import Vocabulary

    Within = set[Iri] | None
    Outgoing = dict[Iri, dict[Term, set[Iri]]]

#: Things whose classes are kept; a release never changes, so they stay true.
_KEPT: Final = 1 << 14
#: Properties whose periods have an end that counts and a start that nobody asks.
_UNTIL: Final = ("ovl:due",)
_MOMENT: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


class Describer:
    """Words things of one release in one language; keeps nothing of a request."""

    def __init__(
        self, vocabulary: Vocabulary, links: Links, texts: Texts, language: str
    ) -> None:
        """Read from the store of the vocabulary, and name things as it does."""
        self.name = vocabulary.labels.name
        self.vocabulary = vocabulary
        self.store = vocabulary.labels.store
        self.links = links
        self.texts = texts
        self.language = language
        self.classes = lru_cache(maxsize=_KEPT)(self._classes)
        self._until = {self.name(path) for path in _UNTIL}
        self._met_by = self.name("ovl:fulfilledBy")
        self._sourcing = Sourcing(vocabulary, links, texts, language)

    def outgoing(self, iri: Iri, within: Within = None) -> Outgoing:
        """Return the values of each property of a thing, with the graphs saying so.

        Graphs that are not `within` are passed over; None is every graph.
        """
        found: Outgoing = defaultdict(lambda: defaultdict(set))
        for item in self.store.statements(iri):
            if _is_within(item.graph, within):
                found[item.predicate][item.object].add(item.graph)
        return found

    def _classes(self, iri: Iri) -> list[Iri]:
        """Return the classes of a thing, the project's own first."""
        found = self.store.statements(iri, self.name("rdf:type"))
        classes = {item.object for item in found if isinstance(item.object, Iri)}
        return sorted(classes, key=lambda c: (not self.links.is_local(c.value), c))

    def kinds(self, iri: Iri) -> tuple[Link, ...]:
        """Return the classes of a thing by their labels; the project's own suffice."""
        classes = self.classes(iri)
        own = [c for c in classes if self.links.is_local(c.value)] or classes
        return tuple(self.term_link(item) for item in own)

    def text(self, key: str, **values: object) -> str:
        """Return a text of the pages in the language of the page."""
        return self.texts.text(key, self.language, **values)

    def link(self, term: Term) -> Link:
        """Return a term by its label, leading to its page."""
        return self._sourcing.link(term)

    def worded(self, term: Term) -> Link:
        """Return a term as `link` does, a day and a number as the language has them."""
        link = self.link(term)
        if not isinstance(term, Literal) or term.language:
            return link
        return link._replace(text=literal_words(term, self.language))

    def with_names(self, words: str) -> list[Link]:
        """Return words in which prefixed names are links by their labels."""
        labels = self.vocabulary.labels
        return [
            self.term_link(piece) if isinstance(piece, Iri) else Link(piece)
            for piece in labels.parted(words)
        ]

    @staticmethod
    def plain(text: str) -> Link:
        """Return words that lead nowhere."""
        return Link(text)

    def property_link(self, classes: Sequence[Iri], path: Iri) -> Link:
        """Return a property as these classes call it, leading to its definition."""
        text, language = self.vocabulary.property_name(classes, path, self.language)
        shown = language if language != self.language else None
        return Link(text, self.term_href(path), shown, path.value)

    def term_link(self, term: Term) -> Link:
        """Return a class or a property by its label, leading to its definition."""
        link = self.link(term)
        return link._replace(href=self.term_href(term)) if link.iri else link

    def term_href(self, term: Term) -> str | None:
        """Return where a term is defined: on the ontology's page where it knows it."""
        if not isinstance(term, Iri) or self.links.is_local(term.value):
            return self.links.href(term.value)
        if not self.vocabulary.defines(term):
            return self.links.href(term.value)
        page = self.links.page("/def/overleg")
        return f"{page}#{self.vocabulary.labels.anchor(term)}"

    def period(self, period: Term) -> str:
        """Return a period in words, and which end of it is not known."""
        name = period.value.removeprefix(self.links.base + "id/periode/")
        note = self._open_end(name) if name != period.value else ""
        return ", ".join(part for part in (self.link(period).text, note) if part)

    def graphs_of(self, source: Iri) -> set[Iri]:
        """Return the graphs that were read from a document, or a graph itself."""
        return self._sourcing.graphs_of(source)

    def written(self, thing: Iri) -> Passage | None:
        """Return where to read what a document or a place in one says."""
        return self._sourcing.written(thing)

    def document_of(self, graph: Iri) -> Iri | None:
        """Return the document that a graph was read from."""
        return self._sourcing.document_of(graph)

    def values(
        self, subject: Iri, path: Iri, found: Mapping[Term, set[Iri]]
    ) -> tuple[Value, ...]:
        """Return the values of a property, in order, each with its sources."""
        values = [
            self._value(Statement(subject, path, term), term, graphs)
            for term, graphs in found.items()
        ]
        return tuple(sorted(values, key=_rank))

    def moment(self, term: Term) -> str | None:
        """Return a day, a month or a year as HTML's `datetime`; None for the rest."""
        name = self._period_name(term)
        return name if _MOMENT.fullmatch(name) and _is_time(term) else None

    def sources_in(self, thing: Iri, graphs: Iterable[Iri]) -> tuple[Source, ...]:
        """Return what graphs say of a thing as sources."""
        kind = self.name("rdf:type")
        return self._sourcing.of(Statement(thing, kind, thing), graphs)

    def claimed(self, claim: Term, graphs: Iterable[Iri]) -> tuple[Source, ...]:
        """Return the graphs that a claim rests on as sources."""
        return self._sourcing.claimed(claim, graphs)

    def pointing(
        self, thing: Iri, path: Iri, within: Within = None
    ) -> tuple[Value, ...]:
        """Return what points at a thing by a property, each with its sources."""
        found: dict[Iri, set[Iri]] = defaultdict(set)
        for item in self.store.statements(None, path, thing):
            if _is_within(item.graph, within) and isinstance(item.subject, Iri):
                found[item.subject].add(item.graph)
        values = [
            self._value(Statement(subject, path, thing), subject, found[subject])
            for subject in found
        ]
        return tuple(sorted(values, key=_rank))

    def sources_of_thing(self, iri: Iri, within: Within = None) -> tuple[Source, ...]:
        """Return who says that a thing is what it is."""
        found = self.store.statements(iri, self.name("rdf:type"))
        return self.sources_in(
            iri, {s.graph for s in found if _is_within(s.graph, within)}
        )

    def _value(self, statement: Statement, term: Term, graphs: Iterable[Iri]) -> Value:
        """Return an end of a statement as a value, with who says so."""
        return Value(
            link=self.worded(term),
            note=self._note(statement, term),
            sources=self._sourcing.of(statement, graphs),
            moment=self.moment(term),
        )

    def _note(self, statement: Statement, term: Term) -> str:
        """Return what a value leaves open, or how late it came."""
        if statement.predicate == self._met_by:
            return self._late(statement)
        name = self._period_name(term)
        is_open = name != term.value and statement.predicate not in self._until
        return self._open_end(name) if is_open else ""

    def _late(self, statement: Statement) -> str:
        """Return in words how long after the term a document came, if it did."""
        labels = self.vocabulary.labels
        days = days_late(labels, statement.subject, statement.object)
        return self.texts.counted("period.late", self.language, days) if days else ""

    def _period_name(self, term: Term) -> str:
        return term.value.removeprefix(self.links.base + "id/periode/")

    def _open_end(self, period: str) -> str:
        """Return in words which end of a period is not known, by its name."""
        if period.endswith("_"):
            return self.text("period.end_unknown")
        if period.startswith("_"):
            return self.text("period.start_unknown")
        return ""


def _is_within(graph: Iri | None, within: Within) -> TypeGuard[Iri]:
    """Tell whether a graph is a named one, and one of those that are looked at."""
    return graph is not None and (within is None or graph in within)


def _is_time(term: Term) -> bool:
    return isinstance(term, Iri) or (
        isinstance(term, Literal)
        and term.datatype.endswith(("#date", "#gYear", "#gYearMonth"))
    )


def _rank(value: Value) -> tuple[bool, str, str]:
    return (
        value.link.language is not None,
        value.link.iri or "",
        value.moment or value.link.text,
    )
