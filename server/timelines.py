"""Draws rows in time, as exactly as each date is known and no more.

A year is drawn as a year: what may lie anywhere in it is drawn apart from what is sure.
An end that is not known is drawn as such, for it is not the same as going on.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from server.charting import CAP, Chart, ChartRow, Piece, Strip, Tick

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from server.views import Source

_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_TICKS: Final = 12
_DAY_LENGTH: Final = 10
_MONTH_LENGTH: Final = 7
#: Styles of a span in the order of the legend.
KEYS: Final = (
    "day",
    "sure",
    "vague",
    "shown",
    "named",
    "derived",
    "due",
    "open",
    "gap",
)
#: How a span of one day is drawn, by its style: a mark that can be seen.
_MOMENTS: Final = {"sure": "day", "shown": "named", "derived": "derived", "due": "due"}
#: Months between the ticks of a time of one year or two.
_MONTHS: Final = {1: 3, 2: 6}


class Span(NamedTuple):
    """A time on a row, as exactly as it is known.

    A start or end of None is not known, which is not the same as going on. The lengths
    are how much of each date is known: 10 of a day such as `2020-03-03`, 7 of a month,
    4 of a year. `style` is `sure` for a time that lasted from start to end, `shown` for
    one in which a source shows the thing at some moment, `derived` for one that no
    source gives, `due` for the last day of a term, `gap` for what is missing; a day is
    drawn as a mark that stands out.
    """

    start: date | None
    end: date | None
    style: str = "sure"
    start_length: int = 10
    end_length: int = 10


class Window(NamedTuple):
    """The part of time that is looked at, and a day in it that is marked."""

    first: date | None = None
    last: date | None = None
    mark: date | None = None

    def holds(self, span: Span) -> bool:
        """Tell whether a span is at least partly within."""
        late = self.last and span.start and span.start > self.last
        early = self.first and span.end and span.end < self.first
        return not late and not early


#: All of time, with no day marked.
ALWAYS: Final = Window()


class TimelineRow(NamedTuple):
    """A row of a timeline: `note` says in words what is drawn."""

    label: str
    spans: tuple[Span, ...]
    note: str = ""
    href: str | None = None
    sources: tuple[Source, ...] = ()


def timeline(
    rows: Sequence[TimelineRow],
    title: str,
    window: Window = ALWAYS,
    months: Sequence[str] = (),
) -> Chart:
    """Draw rows in a part of time, with a day in it marked.

    A short time has months on its axis if there are words for them.
    """
    shown = rows[:CAP]
    scale = _scale([span for item in shown for span in item.spans], window)
    made = tuple(_row(item, scale) for item in shown)
    drawn = {p.style for row in made for strip in row.strips for p in strip.pieces}
    return Chart(
        title,
        made,
        "timeline",
        ticks=tuple(_ticks(scale, months)),
        marks=tuple(_mark(scale, window.mark)),
        keys=tuple(key for key in KEYS if f"span {key}" in drawn),
        hidden=len(rows) - len(shown),
    )


class _Scale(NamedTuple):
    first: date
    last: date

    def x(self, day: date) -> float:
        """Return where a day stands, in percent; one outside stands at the edge."""
        whole = max(1, (self.last - self.first).days)
        part = (day - self.first).days / whole
        return round(min(1.0, max(0.0, part)) * 100, 1)

    def meets(self, span: Span) -> bool:
        """Tell whether a span is at least partly within."""
        return (span.start or self.first) <= self.last and (
            span.end or self.last
        ) >= self.first


def _scale(spans: Iterable[Span], window: Window) -> _Scale:
    days = [day for span in spans for day in (span.start, span.end) if day]
    start = window.first or min(days, default=date(2000, 1, 1)).replace(month=1, day=1)
    end = window.last or max(days, default=start).replace(month=12, day=31)
    return _Scale(start, max(end, start + timedelta(days=1)))


def _ticks(scale: _Scale, months: Sequence[str]) -> list[Tick]:
    years = scale.last.year - scale.first.year + 1
    if months and years in _MONTHS:
        return _month_ticks(scale, months, _MONTHS[years])
    step = next((s for s in _STEPS if years / s <= _TICKS), _STEPS[-1])
    first = scale.first
    starts = (
        date(year, 1, 1)
        for year in range(first.year, scale.last.year + 1)
        if year % step == 0
    )
    return [Tick(scale.x(day), str(day.year)) for day in starts if first <= day]


def _month_ticks(scale: _Scale, months: Sequence[str], step: int) -> list[Tick]:
    starts = (
        date(year, month, 1)
        for year in range(scale.first.year, scale.last.year + 1)
        for month in range(1, 13, step)
    )
    return [
        Tick(scale.x(day), f"{months[day.month - 1]} {day.year}")
        for day in starts
        if scale.first <= day <= scale.last
    ]


def _mark(scale: _Scale, day: date | None) -> list[Tick]:
    if day is None or not scale.first <= day <= scale.last:
        return []
    return [Tick(scale.x(day))]


def _row(item: TimelineRow, scale: _Scale) -> ChartRow:
    pieces = [
        piece
        for span in sorted(item.spans, key=_is_moment)
        if scale.meets(span)
        for piece in _pieces(span, scale)
    ]
    strip = Strip(tuple(pieces), item.note, sources=item.sources)
    return ChartRow(item.label, (strip,), item.href)


def _pieces(span: Span, scale: _Scale) -> list[Piece]:
    """Return what is known of a span, and apart what is not known exactly."""
    if span.start is None or span.end is None:
        return _open_pieces(span, scale)
    if _is_moment(span):
        return [Piece(f"span {_MOMENTS[span.style]}", scale.x(span.start), 0)]
    if span.style != "sure":
        return [_piece(span.style, scale, span.start, span.end)]
    begun = _last_of(span.start, span.start_length)
    ending = _first_of(span.end, span.end_length)
    if begun > ending:
        return [_piece("vague", scale, span.start, span.end)]
    days = [span.start, begun, ending, span.end]
    pairs = zip(("vague", "sure", "vague"), pairwise(days), strict=True)
    return [
        _piece(style, scale, start, end)
        for style, (start, end) in pairs
        if start != end or style == "sure"
    ]


def _is_moment(span: Span) -> bool:
    """Tell whether a span is one day, that stands out as a mark."""
    return span.style in _MOMENTS and span.start is not None and span.start == span.end


def _open_pieces(span: Span, scale: _Scale) -> list[Piece]:
    """Return the known end of a span, and a tail towards the end that is not known."""
    known = span.start or span.end
    if known is None:
        return [_piece("open", scale, scale.first, scale.last)]
    edges = (known, scale.last) if span.start else (scale.first, known)
    return [_piece("open", scale, *edges), _piece(span.style, scale, known, known)]


def _piece(style: str, scale: _Scale, start: date, end: date) -> Piece:
    x = scale.x(start)
    return Piece(f"span {style}", x, round(scale.x(end) - x, 1))


def _last_of(day: date, length: int) -> date:
    """Return the last day that a date known to its month or year may stand for."""
    if length >= _DAY_LENGTH:
        return day
    month = day.month if length >= _MONTH_LENGTH else 12
    first = day.replace(month=month, day=28)
    return (first + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _first_of(day: date, length: int) -> date:
    """Return the first day that a date known to its month or year may stand for."""
    if length >= _DAY_LENGTH:
        return day
    return day.replace(month=day.month if length >= _MONTH_LENGTH else 1, day=1)
