"""Tells whether a thing held on a day, as far as its dates are known.

Dates are compared as far as they are known: as day, month or year. What has no dates,
and what a date leaves open, is unknown: an unknown end is not the same as still going
on. What happened once holds from then on. `graph/fragments/dates-at.rq` says the same
in a query.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.terms import Iri

if TYPE_CHECKING:
    from datetime import date

    from server.naming import Labels

YES: Final = "yes"
NO: Final = "no"
UNKNOWN: Final = "unknown"
#: Properties that say when a thing holds, and the one that says when it happened.
_LASTING: Final = ("org:memberDuring", "ovl:validDuring")
_HAPPENING: Final = "ovl:dated"
_ATTESTED: Final = "ovl:attestedDuring"
#: How much of a date is known, by the end of the IRI of its precision.
_LENGTHS: Final = {"precisie-dag": 10, "precisie-maand": 7}
_YEAR: Final = 4
_KEPT: Final = 1 << 14


class Edge(NamedTuple):
    """An end of a period: its date, and how many characters of that are known."""

    day: str
    length: int


class Calendar:
    """When the things of one release held."""

    def __init__(self, labels: Labels) -> None:
        """Read from the store of `labels`."""
        self._store = labels.store
        self._name = labels.name
        self._edge = lru_cache(maxsize=_KEPT)(self._find_edge)

    def standing(self, thing: Iri, day: date) -> str:
        """Return YES, NO or UNKNOWN; of several periods the kindest counts."""
        at = day.isoformat()
        found = {
            self._within(period, at)
            for path in _LASTING
            for period in self._of(thing, path)
        }
        found |= {self._begun(period, at) for period in self._of(thing, _HAPPENING)}
        if self._is_attested(thing, at) or YES in found:
            return YES
        return NO if found == {NO} else UNKNOWN

    def _is_attested(self, thing: Iri, at: str) -> bool:
        """Tell whether a source shows a thing on the very day."""
        whole = Edge(at, len(at))
        return any(
            self._edge(period, "start") == self._edge(period, "end") == whole
            for period in self._of(thing, _ATTESTED)
        )

    def _within(self, period: Iri, at: str) -> str:
        parts = {self._begun(period, at), self._lasted(period, at)}
        return NO if NO in parts else YES if parts == {YES} else UNKNOWN

    def _begun(self, period: Iri, at: str) -> str:
        edge = self._edge(period, "start")
        if edge is None:
            return UNKNOWN
        now, then = at[: edge.length], edge.day[: edge.length]
        if now == then and edge.length < len(at):
            return UNKNOWN
        return YES if now >= then else NO

    def _lasted(self, period: Iri, at: str) -> str:
        edge = self._edge(period, "end")
        if edge is None:
            return UNKNOWN
        now, then = at[: edge.length], edge.day[: edge.length]
        if now == then and edge.length < len(at):
            return UNKNOWN
        return YES if now <= then else NO

    def _of(self, thing: Iri, path: str) -> list[Iri]:
        found = self._store.statements(thing, self._name(path), None, None)
        return [item.object for item in found if isinstance(item.object, Iri)]

    def _find_edge(self, period: Iri, end: str) -> Edge | None:
        day = self._one(period, f"dcat:{end}Date")
        if day is None:
            return None
        precision = (self._one(period, f"ovl:{end}Precision") or "").rpartition("/")[2]
        return Edge(day, _LENGTHS.get(precision, _YEAR))

    def _one(self, subject: Iri, path: str) -> str | None:
        found = self._store.statements(subject, self._name(path), None, None)
        return min((item.object.value for item in found), default=None)
