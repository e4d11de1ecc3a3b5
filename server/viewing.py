"""Puts together what the page of a thing shows.

First what describes it; then its facts, in the groups and the order of the shape of its
class; then what it says, if it is a document; then what points at it; at last what only
explains the data.
It may be narrowed to what one source says, and to what held on a day. A part that
cannot be made is named, and the rest stands.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from graph.terms import Iri
from server.answering import note_failure
from server.contradicting import contradictions_about, disputed
from server.folding import is_folded
from server.heading import parted
from server.listing import LOOKED_AT
from server.naming import in_query
from server.pointing import Limits, Pointer
from server.standing import NO
from server.tabulating import tables_of
from server.telling import told_by
from server.views import Fact, Group, Link, Offer, View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from graph.terms import Term
    from server.describing import Describer, Outgoing
    from server.listing import Lister
    from server.settings import Settings
    from server.standing import Calendar
    from server.views import Contradiction, Table
    from server.vocabulary import Place

    Part = TypeVar("Part")

LOG: Final = logging.getLogger(__name__)
#: Of what only explains the data, few are shown.
_EXPLAINING: Final = "ovl:statedInGraph"
#: What a thing is called elsewhere, which makes a group of its own.
_IDENTIFYING: Final = (
    "owl:sameAs",
    "skos:exactMatch",
    "skos:closeMatch",
    "skos:notation",
    "dcterms:identifier",
    "org:identifier",
)


class Asked(NamedTuple):
    """What a page is narrowed to: what a source says, and what held on a day."""

    source: str | None = None
    day: date | None = None


EVERYTHING: Final = Asked()


class Viewer:
    """Makes a view of a thing, narrowed to what is asked."""

    def __init__(
        self,
        describer: Describer,
        lister: Lister,
        calendar: Calendar,
        settings: Settings,
        asked: Asked,
    ) -> None:
        """Keep what describes, what lists and what dates."""
        self._describer = describer
        self._calendar = calendar
        self._bound = settings.values_on_page
        self._few = settings.links_on_page
        self._asked = asked
        self._name = describer.name
        self._vocabulary = describer.vocabulary
        self._within = describer.graphs_of(Iri(asked.source)) if asked.source else None
        limits = Limits(self._within, asked.day)
        self._pointer = Pointer(
            describer, lister, calendar, settings.links_on_page, limits
        )
        self._failed: list[str] = []

    def view(self, iri: Iri) -> View | None:
        """Return the view of a thing, or None if nothing is said about it."""
        everything = self._describer.outgoing(iri)
        if not everything:
            return None
        outgoing = everything
        if self._within is not None:
            outgoing = self._describer.outgoing(iri, self._within)
        groups = self._groups(iri, outgoing) if outgoing else ()
        incoming = self._part("incoming", lambda: self._pointer.facts(iri, outgoing))
        found = self._part("contradictions", lambda: self._contradictions(iri))
        facts = [fact for group in groups for fact in group.facts] + list(incoming)
        day, label = self._asked.day, self._describer.link(iri)
        lead, groups, explaining = parted(groups, label.text, self._name)
        return View(
            iri=iri.value,
            label=label,
            kinds=self._describer.kinds(iri),
            groups=groups,
            lead=lead,
            explaining=explaining,
            incoming=incoming,
            says=self._part("says", lambda: self._says(iri)),
            contradictions=found,
            disputed=disputed(facts, found),
            sources=self._part("sources", lambda: self._sources(everything)),
            standing=self._calendar.standing(iri, day) if day else "",
            failed=tuple(self._failed),
        )

    def _part(
        self, name: str, make: Callable[[], tuple[Part, ...]]
    ) -> tuple[Part, ...]:
        return attempt(name, make, self._failed) or ()

    def _contradictions(self, iri: Iri) -> tuple[Contradiction, ...]:
        """Return who disagrees; one source alone is not asked that."""
        whole = self._within is None
        return contradictions_about(self._describer, iri) if whole else ()

    def _says(self, iri: Iri) -> tuple[Fact, ...]:
        return told_by(self._describer, iri, self._few)

    def _groups(self, iri: Iri, outgoing: Outgoing) -> tuple[Group, ...]:
        classes = self._describer.classes(iri)
        elsewhere = {self._name(path) for path in _IDENTIFYING}
        placed: dict[Place, list[Fact]] = defaultdict(list)
        identifying: list[Fact] = []
        for path, found in outgoing.items():
            fact = self._fact(iri, classes, path, found)
            place = self._vocabulary.place(classes, path)
            (identifying if path in elsewhere else placed[place]).append(fact)
        groups: dict[Iri | None, list[Fact]] = defaultdict(list)
        for place in sorted(placed, key=_rank):
            groups[place.group] += sorted(
                placed[place], key=lambda f: (f.name.text, f.anchor)
            )
        _join_first(groups)
        made = [
            Group(self._describer.link(group) if group else None, tuple(facts))
            for group, facts in groups.items()
            if facts
        ]
        if identifying:
            name = Link(self._describer.text("entity.identifiers"))
            made.append(Group(name, tuple(sorted(identifying, key=lambda f: f.name))))
        return tuple(made)

    def _fact(
        self,
        iri: Iri,
        classes: Sequence[Iri],
        path: Iri,
        found: Mapping[Term, set[Iri]],
    ) -> Fact:
        held = {term: found[term] for term in found if not self._is_over(term)}
        bound = self._few if path == self._name(_EXPLAINING) else self._bound
        shown = self._first(held, bound)
        folded = bool(shown) and is_folded(self._describer, shown)
        values = () if folded else self._describer.values(iri, path, _only(held, bound))
        tables: tuple[Table, ...] = ()
        if folded:
            notes = self._pointer.notes(shown)
            tables = tables_of(self._describer, shown, iri, self._within, notes)
        said = f"{in_query(iri.value)} {in_query(path.value)} ?value"
        return Fact(
            name=self._describer.property_link(classes, path),
            anchor=self._vocabulary.labels.anchor(path),
            total=len(held),
            values=values,
            tables=tables,
            more=_query(said),
            stated=_query(f"GRAPH ?graph {{ {said} }}"),
            hidden=len(found) - len(held),
        )

    def _first(self, found: Mapping[Term, set[Iri]], bound: int) -> list[Iri]:
        """Return the first of values that are all things; nothing if one is not."""
        things = [term for term in found if isinstance(term, Iri)]
        if len(things) < len(found):
            return []
        if len(things) <= LOOKED_AT:
            things.sort(key=lambda thing: (self._describer.link(thing).text, thing))
        return things[:bound]

    def _is_over(self, term: Term) -> bool:
        """Tell whether a value is known not to hold on the day that is asked for."""
        day = self._asked.day
        return (
            day is not None
            and isinstance(term, Iri)
            and self._calendar.standing(term, day) == NO
        )

    def _sources(self, outgoing: Outgoing) -> tuple[Offer, ...]:
        """Return the documents that say something of a thing, and how many values."""
        counts: dict[Iri, int] = defaultdict(int)
        for values in outgoing.values():
            for graphs in values.values():
                documents = {self._describer.document_of(graph) for graph in graphs}
                for document in documents - {None}:
                    counts[document] += 1  # type: ignore[index]
        short = self._vocabulary.labels.short
        offers = [
            Offer(short(document), self._describer.link(document), total)
            for document, total in counts.items()
        ]
        return tuple(sorted(offers, key=lambda offer: offer.name.text))


def attempt(name: str, make: Callable[[], Part], failed: list[str]) -> Part | None:
    """Return a part of a page; one that fails is logged and its name kept."""
    try:
        return make()
    except Exception:
        LOG.exception("the part %s of a page failed", name)
        note_failure()
        failed.append(name)
        return None


def _only(found: Mapping[Term, set[Iri]], most: int) -> Mapping[Term, set[Iri]]:
    """Return so many values at the most, the same ones every time."""
    if len(found) <= most:
        return found
    return {term: found[term] for term in sorted(found, key=str)[:most]}


def _join_first(groups: dict[Iri | None, list[Fact]]) -> None:
    """Put facts that every thing has, and no shape places, at the end of a group."""
    first, *others = groups or [None]
    if first is None and others:
        groups[others[0]] += groups.pop(None)


def _rank(place: Place) -> tuple[float, str, float]:
    return place.group_order, str(place.group), place.order


def _query(pattern: str) -> str:
    return f"SELECT * WHERE {{ {pattern} }}"
