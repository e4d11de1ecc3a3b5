"""What points at a thing, by property: the first few, how many, and where all are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from graph.terms import Iri
from server.standing import NO, UNKNOWN
from server.tabulating import tables_of
from server.views import Fact, Link

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from server.describing import Describer, Outgoing, Within
    from server.listing import Lister, Pointing
    from server.standing import Calendar


class Limits(NamedTuple):
    """What is looked at: what graphs `within` say, and what is not over on a day."""

    within: Within = None
    day: date | None = None


EVERYTHING: Final = Limits()
#: From so many properties on, half as many things of each are shown.
MANY: Final = 6


class Pointer:
    """Makes facts of what points at a thing, so many things of each at the most."""

    def __init__(
        self,
        describer: Describer,
        lister: Lister,
        calendar: Calendar,
        bound: int,
        limits: Limits = EVERYTHING,
    ) -> None:
        """Look at what the limits let through."""
        self._describer = describer
        self._vocabulary = describer.vocabulary
        self._lister = lister
        self._calendar = calendar
        self._bound = bound
        self._within, self._day = limits

    def facts(self, iri: Iri, outgoing: Outgoing) -> tuple[Fact, ...]:
        """Return what points at a thing and is not among its own values."""
        shown = [self._describer.name("ovl:contradictionAbout")]
        pointing = {
            path: found
            for path, found in self._lister.pointing(iri, self._within).items()
            if path not in shown
            and not self._vocabulary.inverses(path) & outgoing.keys()
        }
        bound = self._bound // 2 if len(pointing) >= MANY else self._bound
        facts = [self._fact(iri, path, pointing[path], bound) for path in pointing]
        return tuple(sorted(facts, key=self._rank))

    def notes(self, things: Iterable[Iri]) -> dict[Iri, tuple[Link, ...]]:
        """Return of things which of them are not sure to hold on the day asked for."""
        if self._day is None:
            return {}
        note = Link(self._describer.text("entity.unsure"))
        return {
            thing: (note,)
            for thing in things
            if self._calendar.standing(thing, self._day) == UNKNOWN
        }

    def name(self, path: Iri) -> Link:
        """Return what a property is called from the other end."""
        key, name = self._key(path), self._describer.link(path).text
        if key in self._describer.texts:
            text = self._describer.text(key)
        else:
            text = self._describer.text("entity.incoming_fallback", property=name)
        return Link(text, self._describer.term_href(path), None, path.value)

    def _fact(self, iri: Iri, path: Iri, found: Pointing, bound: int) -> Fact:
        held = [thing for thing in found.things if not self._is_over(thing)]
        hidden = len(found.things) - len(held)
        shown = held[:bound]
        short = self._vocabulary.labels.short
        words = {"of": short(iri), "by": short(path)}
        return Fact(
            name=self.name(path),
            anchor="van-" + self._vocabulary.labels.anchor(path),
            total=found.total - hidden,
            tables=tables_of(
                self._describer, shown, iri, self._within, self.notes(shown)
            ),
            all=self._describer.links.page("/backlinks", **words),
            csv=self._describer.links.page("/backlinks.csv", **words),
            hidden=hidden,
            sampled=not found.is_whole,
        )

    def _is_over(self, thing: Iri) -> bool:
        day = self._day
        return day is not None and self._calendar.standing(thing, day) == NO

    def _key(self, path: Iri) -> str:
        return "incoming." + self._vocabulary.labels.short(path).replace(":", "-")

    def _rank(self, fact: Fact) -> tuple[int, str]:
        """Order as the texts do; what has no text comes last."""
        keys = [key for key in self._describer.texts if key.startswith("incoming.")]
        key = self._key(Iri(fact.name.iri or ""))
        return (keys.index(key) if key in keys else len(keys)), fact.name.text
