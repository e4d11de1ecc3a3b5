"""Turns the statements about a thing into what its page shows."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeGuard

from graph.terms import Iri, Literal
from server.folding import is_folded, tables_of
from server.listing import Lister
from server.naming import in_query
from server.sourcing import Sourcing
from server.views import Fact, Group, Link, Value, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graph.terms import Term
    from server.links import Links
    from server.texts import Texts
    from server.views import Source
    from server.vocabulary import Place, Vocabulary

    Within = set[Iri] | None
    Outgoing = dict[Iri, dict[Term, set[Iri]]]

_MOMENT: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
#: A group of facts that holds this one comes after all that a reader looks for.
_TECHNICAL: Final = "ovl:statedInGraph"
#: Things in a document's graph that only serve other things there.
_SERVING: Final = (
    "oa:SpecificResource",
    "oa:TextPositionSelector",
    "dcterms:PeriodOfTime",
)


class Describer:
    """Describes things of one release in one language, for one request."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        links: Links,
        texts: Texts,
        language: str,
        bound: int,
    ) -> None:
        """Describe with this vocabulary; show at most `bound` values of a property."""
        self.name = vocabulary.labels.name
        self._vocabulary = vocabulary
        self._store = vocabulary.labels.store
        self._lister = Lister(vocabulary.labels, links.base)
        self._links = links
        self._texts = texts
        self._language = language
        self._bound = bound
        self._sourcing = Sourcing(vocabulary.labels, links, texts, language)

    def describe(self, iri: Iri) -> View | None:
        """Return the view of a thing, or None if nothing is said about it."""
        outgoing = self.outgoing(iri)
        if not outgoing:
            return None
        classes = self.classes(iri)
        groups = self._groups(iri, classes, outgoing)
        technical = self.name(_TECHNICAL).value
        return View(
            iri=iri.value,
            label=self.link(iri),
            kinds=self.kinds(iri),
            groups=tuple(g for g in groups if not g.holds(technical)),
            last_groups=tuple(g for g in groups if g.holds(technical)),
            incoming=self._incoming(iri, outgoing),
            says=self._says(iri),
        )

    def outgoing(self, iri: Iri, within: Within = None) -> Outgoing:
        """Return the values of each property of a thing, with the graphs saying so.

        Graphs that are not `within` are passed over; None is every graph.
        """
        found: Outgoing = defaultdict(lambda: defaultdict(set))
        for item in self._store.statements(iri):
            if _is_within(item.graph, within):
                found[item.predicate][item.object].add(item.graph)
        return found

    def classes(self, iri: Iri) -> list[Iri]:
        """Return the classes of a thing, the project's own first."""
        found = self._store.statements(iri, self.name("rdf:type"))
        classes = {item.object for item in found if isinstance(item.object, Iri)}
        return sorted(classes, key=lambda c: (not self._links.is_local(c.value), c))

    def kinds(self, iri: Iri) -> tuple[Link, ...]:
        """Return the classes of a thing by their labels; the project's own suffice."""
        classes = self.classes(iri)
        own = [c for c in classes if self._links.is_local(c.value)] or classes
        return tuple(self.term_link(item) for item in own)

    def text(self, key: str) -> str:
        """Return a text of the pages in the language of the page."""
        return self._texts.text(key, self._language)

    def link(self, term: Term) -> Link:
        """Return a term by its label, leading to its page."""
        return self._sourcing.link(term)

    def property_link(self, classes: Sequence[Iri], path: Iri) -> Link:
        """Return a property as these classes call it, leading to its definition."""
        text, language = self._vocabulary.property_name(classes, path, self._language)
        shown = language if language != self._language else None
        return Link(text, self._term_href(path), shown, path.value)

    def term_link(self, term: Term) -> Link:
        """Return a class or a property by its label, leading to its definition."""
        link = self.link(term)
        return link._replace(href=self._term_href(term)) if link.iri else link

    def document_of(self, graph: Iri) -> Iri | None:
        """Return the document that a graph was read from."""
        return self._sourcing.document_of(graph)

    def values(self, subject: Iri, found: Mapping[Term, set[Iri]]) -> tuple[Value, ...]:
        """Return the values of a property, in order, each with its sources."""
        values = [self._value(subject, term, graphs) for term, graphs in found.items()]
        return tuple(sorted(values, key=_value_rank))

    def pointing(
        self, thing: Iri, path: Iri, within: Within = None
    ) -> tuple[Value, ...]:
        """Return what points at a thing by a property, each with its sources."""
        found: dict[Iri, set[Iri]] = defaultdict(set)
        for item in self._store.statements(None, path, thing):
            if _is_within(item.graph, within) and isinstance(item.subject, Iri):
                found[item.subject].add(item.graph)
        values = [self._value(thing, subject, found[subject]) for subject in found]
        return tuple(sorted(values, key=_value_rank))

    def sources_of_thing(self, iri: Iri, within: Within = None) -> tuple[Source, ...]:
        """Return who says that a thing is what it is."""
        found = self._store.statements(iri, self.name("rdf:type"))
        graphs = {s.graph for s in found if _is_within(s.graph, within)}
        return self._sourcing.of(iri, graphs)

    def _term_href(self, term: Term) -> str | None:
        """Return where a term is defined: on the ontology's page where it knows it."""
        if not isinstance(term, Iri) or self._links.is_local(term.value):
            return self._links.href(term.value)
        if not self._vocabulary.defines(term):
            return self._links.href(term.value)
        page = self._links.page("/def/overleg")
        return f"{page}#{self._vocabulary.labels.anchor(term)}"

    def _value(self, subject: Iri, term: Term, graphs: Iterable[Iri]) -> Value:
        name = term.value.removeprefix(self._links.base + "id/periode/")
        return Value(
            link=self.link(term),
            note=self._open_end(name) if name != term.value else "",
            sources=self._sourcing.of(subject, graphs),
            moment=name if _MOMENT.fullmatch(name) and _is_time(term) else None,
        )

    def _open_end(self, period: str) -> str:
        """Return in words which end of a period is not known, by its name."""
        if period.endswith("_"):
            return self.text("period.end_unknown")
        if period.startswith("_"):
            return self.text("period.start_unknown")
        return ""

    def _groups(
        self, iri: Iri, classes: Sequence[Iri], outgoing: Outgoing
    ) -> tuple[Group, ...]:
        placed: dict[Place, list[Fact]] = defaultdict(list)
        for path, found in outgoing.items():
            place = self._vocabulary.place(classes, path)
            placed[place].append(self._fact(iri, classes, path, found))
        groups: dict[Iri | None, list[Fact]] = defaultdict(list)
        for place in sorted(placed, key=_place_rank):
            groups[place.group] += sorted(placed[place], key=lambda f: f.name.text)
        _join_first(groups)
        return tuple(
            Group(self.link(group) if group else None, tuple(facts))
            for group, facts in groups.items()
        )

    def _fact(
        self,
        iri: Iri,
        classes: Sequence[Iri],
        path: Iri,
        found: Mapping[Term, set[Iri]],
    ) -> Fact:
        things = [term for term in found if isinstance(term, Iri)]
        shown = sorted(things, key=lambda t: self.link(t).text)[: self._bound]
        folded = len(things) == len(found) and is_folded(self, shown)
        return Fact(
            name=self.property_link(classes, path),
            anchor=self._vocabulary.labels.anchor(path),
            total=len(found),
            values=() if folded else self.values(iri, found)[: self._bound],
            tables=tables_of(self, shown, iri) if folded else (),
            more=_all_query(f"{in_query(iri.value)} {in_query(path.value)} ?value"),
        )

    def _incoming(self, iri: Iri, outgoing: Outgoing) -> tuple[Fact, ...]:
        facts = [
            self._incoming_fact(iri, path, total)
            for path, total in self._lister.counts_pointing(iri).items()
            if not self._vocabulary.inverses(path) & outgoing.keys()
        ]
        return tuple(sorted(facts, key=self._incoming_rank))

    def _incoming_fact(self, iri: Iri, path: Iri, total: int) -> Fact:
        things = self._lister.pointing(iri, path, self._bound)
        return Fact(
            name=self._incoming_name(path),
            anchor="van-" + self._vocabulary.labels.anchor(path),
            total=total,
            tables=tables_of(self, things, iri),
            more=_all_query(f"?thing {in_query(path.value)} {in_query(iri.value)}"),
        )

    def _incoming_name(self, path: Iri) -> Link:
        key = self._incoming_key(path)
        if key in self._texts:
            text = self.text(key)
        else:
            name = self.link(path).text
            text = self._texts.text(
                "entity.incoming_fallback", self._language, property=name
            )
        return Link(text, self._term_href(path), None, path.value)

    def _incoming_key(self, path: Iri) -> str:
        return "incoming." + self._vocabulary.labels.short(path).replace(":", "-")

    def _incoming_rank(self, fact: Fact) -> tuple[int, str]:
        keys = [key for key in self._texts if key.startswith("incoming.")]
        key = self._incoming_key(Iri(fact.name.iri or ""))
        return (keys.index(key) if key in keys else len(keys)), fact.name.text

    def _says(self, iri: Iri) -> tuple[Fact, ...]:
        """Return what the graphs that were read from a document tell of, by class."""
        found = self._store.statements(None, self.name("prov:hadPrimarySource"), iri)
        graphs = {item.subject for item in found if isinstance(item.subject, Iri)}
        by_class: dict[Iri, set[Iri]] = defaultdict(set)
        for thing in (item for graph in graphs for item in self._things_in(graph)):
            by_class[self.classes(thing)[0]].add(thing)
        serving = {self.name(prefixed) for prefixed in _SERVING}
        facts = [
            self._told(cls, sorted(things), graphs)
            for cls, things in by_class.items()
            if cls not in serving
        ]
        return tuple(sorted(facts, key=lambda fact: fact.name.text))

    def _things_in(self, graph: Iri) -> Iterator[Iri]:
        kind = self.name("rdf:type")
        for item in self._store.statements(None, kind, None, graph):
            if isinstance(item.subject, Iri):
                yield item.subject

    def _told(self, cls: Iri, things: Sequence[Iri], graphs: set[Iri]) -> Fact:
        return Fact(
            name=self.link(cls),
            anchor="zegt-" + self._vocabulary.labels.anchor(cls),
            total=len(things),
            tables=tables_of(self, things[: self._bound], within=graphs),
        )


def _join_first(groups: dict[Iri | None, list[Fact]]) -> None:
    """Put facts that every thing has, and no shape places, at the end of a group."""
    first, *others = groups
    if first is None and others:
        groups[others[0]] += groups.pop(None)


def _is_within(graph: Iri | None, within: Within) -> TypeGuard[Iri]:
    """Tell whether a graph is a named one, and one of those that are looked at."""
    return graph is not None and (within is None or graph in within)


def _is_time(term: Term) -> bool:
    return isinstance(term, Iri) or (
        isinstance(term, Literal)
        and term.datatype.endswith(("#date", "#gYear", "#gYearMonth"))
    )


def _value_rank(value: Value) -> tuple[bool, str, str]:
    return value.link.language is not None, value.link.iri or "", value.link.text


def _place_rank(place: Place) -> tuple[float, str, float]:
    return place.group_order, str(place.group), place.order


def _all_query(pattern: str) -> str:
    return f"SELECT * WHERE {{ {pattern} }}"
