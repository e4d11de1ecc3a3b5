"""Lays out meetings as a calendar: a row a year, a cell a month, and what is missing.

A meeting stands in a month only if its source says which; what is known to the year, or
to several months, stands beside the months. Of a meeting that one source dates more
exactly than another, the exact date counts.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.terms import Iri
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
    spans = _spans(describer, answers)
    for item in reversed(answers):
        span = span_of(describer, item["period"], "sure")
        start = span.start or span.end
        if start is None or any(_holds(span, one) for one in spans[item["thing"]]):
            continue
        entry = _entry(describer, item, span)
        cell = years[start.year][_month(span)]
        if entry.name not in {other.name for other in cell if other.link == entry.link}:
            cell.append(entry)
    if not years:
        return []
    return [Year(n, years[n]) for n in range(max(years), min(years) - 1, -1)]


def inner_gaps(
    describer: Describer, answers: Sequence[Mapping[str, Term]]
) -> dict[Iri, Iri]:
    """Return the gaps that lie within a longer one, with that one."""
    gaps = [item for item in answers if item["style"].value == "gap"]
    spans = {gap: span for gap, (span, *_) in _spans(describer, gaps).items()}
    found: dict[Iri, Iri] = {}
    longer: Iri | None = None
    iris = [gap for gap in spans if isinstance(gap, Iri)]
    for gap in sorted(iris, key=lambda gap: _longest(spans[gap])):
        if longer and _holds(spans[longer], spans[gap]):
            found[gap] = longer
        else:
            longer = gap
    return found


def _spans(
    describer: Describer, answers: Sequence[Mapping[str, Term]]
) -> dict[Term, list[Span]]:
    """Return the times of each thing."""
    found: dict[Term, list[Span]] = defaultdict(list)
    for item in answers:
        found[item["thing"]].append(span_of(describer, item["period"], "sure"))
    return found


def _holds(span: Span, other: Span) -> bool:
    """Tell whether a span takes in another one that is shorter."""
    if not (span.start and span.end and other.start and other.end):
        return False
    edges = (span.start, span.end) != (other.start, other.end)
    return edges and span.start <= other.start and other.end <= span.end


def _longest(span: Span) -> tuple[date, int]:
    """Rank a span before those that may lie within it; one without an end is last."""
    start, end = span.start or date.max, span.end or date.max
    return start, -end.toordinal()


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
