"""Puts together what the page of a thing shows.

First its facts, in the groups and the order of the shape of its class; then what it
says, if it is a document; then what points at it; at last what only explains the data.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graph.terms import Iri
from server.folding import is_folded, tables_of
from server.naming import in_query
from server.views import Fact, Group, Link, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.terms import Term
    from server.describing import Describer, Outgoing
    from server.listing import Lister
    from server.vocabulary import Place

#: A group of facts that holds this one comes after all that a reader looks for.
_EXPLAINING: Final = "ovl:statedInGraph"
#: Things in a document's graph that only serve other things there.
_SERVING: Final = (
    "oa:SpecificResource",
    "oa:TextPositionSelector",
    "dcterms:PeriodOfTime",
)


class Viewer:
    """Makes views, with so many values of a property at the most."""

    def __init__(self, describer: Describer, lister: Lister, bound: int) -> None:
        """Keep what describes and what lists."""
        self._describer = describer
        self._lister = lister
        self._bound = bound
        self._name = describer.name
        self._vocabulary = describer.vocabulary
        self._store = describer.store

    def view(self, iri: Iri) -> View | None:
        """Return the view of a thing, or None if nothing is said about it."""
        outgoing = self._describer.outgoing(iri)
        if not outgoing:
            return None
        groups = self._groups(iri, outgoing)
        explaining = self._name(_EXPLAINING).value
        return View(
            iri=iri.value,
            label=self._describer.link(iri),
            kinds=self._describer.kinds(iri),
            groups=tuple(g for g in groups if not g.holds(explaining)),
            last_groups=tuple(g for g in groups if g.holds(explaining)),
            incoming=self._incoming(iri, outgoing),
            says=self._says(iri),
        )

    def _groups(self, iri: Iri, outgoing: Outgoing) -> tuple[Group, ...]:
        classes = self._describer.classes(iri)
        placed: dict[Place, list[Fact]] = defaultdict(list)
        for path, found in outgoing.items():
            place = self._vocabulary.place(classes, path)
            placed[place].append(self._fact(iri, classes, path, found))
        groups: dict[Iri | None, list[Fact]] = defaultdict(list)
        for place in sorted(placed, key=_rank):
            groups[place.group] += sorted(placed[place], key=lambda f: f.name.text)
        _join_first(groups)
        return tuple(
            Group(self._describer.link(group) if group else None, tuple(facts))
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
        things.sort(key=lambda thing: self._describer.link(thing).text)
        shown = things[: self._bound]
        folded = len(things) == len(found) and is_folded(self._describer, shown)
        values = () if folded else self._describer.values(iri, found)
        return Fact(
            name=self._describer.property_link(classes, path),
            anchor=self._vocabulary.labels.anchor(path),
            total=len(found),
            values=values[: self._bound],
            tables=tables_of(self._describer, shown, iri) if folded else (),
            more=_query(f"{in_query(iri.value)} {in_query(path.value)} ?value"),
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
            tables=tables_of(self._describer, things, iri),
            more=_query(f"?thing {in_query(path.value)} {in_query(iri.value)}"),
        )

    def _incoming_name(self, path: Iri) -> Link:
        """Return what a property is called from the other end."""
        key, name = self._incoming_key(path), self._describer.link(path).text
        if key in self._describer.texts:
            text = self._describer.text(key)
        else:
            text = self._describer.text("entity.incoming_fallback", property=name)
        return Link(text, self._describer.term_href(path), None, path.value)

    def _incoming_key(self, path: Iri) -> str:
        return "incoming." + self._vocabulary.labels.short(path).replace(":", "-")

    def _incoming_rank(self, fact: Fact) -> tuple[int, str]:
        """Order as the texts do; what has no text comes last."""
        keys = [key for key in self._describer.texts if key.startswith("incoming.")]
        key = self._incoming_key(Iri(fact.name.iri or ""))
        return (keys.index(key) if key in keys else len(keys)), fact.name.text

    def _says(self, iri: Iri) -> tuple[Fact, ...]:
        """Return what the graphs that were read from a document tell of, by class."""
        found = self._store.statements(None, self._name("prov:hadPrimarySource"), iri)
        graphs = {item.subject for item in found if isinstance(item.subject, Iri)}
        by_class: dict[Iri, set[Iri]] = defaultdict(set)
        for thing in (item for graph in graphs for item in self._things_in(graph)):
            by_class[self._describer.classes(thing)[0]].add(thing)
        serving = {self._name(prefixed) for prefixed in _SERVING}
        facts = [
            self._told(cls, sorted(things), graphs)
            for cls, things in by_class.items()
            if cls not in serving
        ]
        return tuple(sorted(facts, key=lambda fact: fact.name.text))

    def _things_in(self, graph: Iri) -> Iterator[Iri]:
        kind = self._name("rdf:type")
        for item in self._store.statements(None, kind, None, graph):
            if isinstance(item.subject, Iri):
                yield item.subject

    def _told(self, cls: Iri, things: Sequence[Iri], graphs: set[Iri]) -> Fact:
        shown = things[: self._bound]
        return Fact(
            name=self._describer.link(cls),
            anchor="zegt-" + self._vocabulary.labels.anchor(cls),
            total=len(things),
            tables=tables_of(self._describer, shown, within=graphs),
        )


def _join_first(groups: dict[Iri | None, list[Fact]]) -> None:
    """Put facts that every thing has, and no shape places, at the end of a group."""
    first, *others = groups
    if first is None and others:
        groups[others[0]] += groups.pop(None)


def _rank(place: Place) -> tuple[float, str, float]:
    return place.group_order, str(place.group), place.order


def _query(pattern: str) -> str:
    return f"SELECT * WHERE {{ {pattern} }}"
