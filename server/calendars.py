"""Lays out meetings as a calendar: a row a year, a cell a month, and what is missing.

A meeting stands in a month only if its source says which; what is known to the year, or
to several months, stands beside the months.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from server.sketching import span_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.terms import Term
    from server.describing import Describer
    from server.timelines import Span
    from server.views import Link

#: Where in a year something stands that no month holds.
LOOSE: Final = 0


class Entry(NamedTuple):
    """A meeting or a gap in a calendar: a short text, and the whole name."""

    link: Link
    name: str
    is_gap: bool


class Year(NamedTuple):
    """A year: entries by month, and those that no month holds under `LOOSE`."""

    year: int
    months: dict[int, list[Entry]]


def calendar(describer: Describer, answers: Sequence[Mapping[str, Term]]) -> list[Year]:
    """Return the years from the first to the last answer, the latest first."""
    years: dict[int, dict[int, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for item in answers:
        span = span_of(describer, item["period"], "sure")
        start = span.start or span.end
        if start is None:
            continue
        entry = _entry(describer, item, span)
        cell = years[start.year][_month(span)]
        if entry.name not in {other.name for other in cell if other.link == entry.link}:
            cell.append(entry)
    if not years:
        return []
    return [Year(n, years[n]) for n in range(max(years), min(years) - 1, -1)]


def _month(span: Span) -> int:
    """Return the month that a span lies in, or `LOOSE`."""
    start, end = span.start, span.end
    if start and end and (start.year, start.month) == (end.year, end.month):
        return start.month
    return LOOSE


def _entry(describer: Describer, item: Mapping[str, Term], span: Span) -> Entry:
    link = describer.link(item["thing"])
    is_gap = item["style"].value == "gap"
    if span.start == span.end and span.start and not is_gap:
        text = str(span.start.day)
    elif is_gap:
        text = describer.text("calendar.gap")
    elif _month(span):
        text = describer.text("calendar.some_day")
    else:
        text = describer.period(item["period"])
    return Entry(link._replace(text=text), link.text, is_gap)
