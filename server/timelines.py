"""Draws rows in time, as exactly as each date is known and no more.

A year is drawn as a year: what may lie anywhere in it is drawn apart from what is sure.
An end that is not known is drawn as such, for it is not the same as going on.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from server.drawing import (
    BAR_HEIGHT,
    CAP,
    LINE,
    ROW,
    WIDTH,
    Drawing,
    Part,
    Shape,
    line,
    rect,
    row,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Room for the years above the rows.
_TOP: Final = 28
#: Width of what lasts a day, so that it can be seen.
_LEAST: Final = 6.0
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_TICKS: Final = 12
_DAY_LENGTH: Final = 10
_MONTH_LENGTH: Final = 7
#: Styles of a span in the order of the legend.
KEYS: Final = ("sure", "vague", "shown", "named", "open", "gap")


class Span(NamedTuple):
    """A time on a row, as exactly as it is known.

    A start or end of None is not known, which is not the same as going on. The lengths
    are how much of each date is known: 10 of a day such as `2020-03-03`, 7 of a month,
    4 of a year. `style` is `sure` for a time that lasted from start to end, `shown` for
    one in which a source shows the thing at some moment, `gap` for what is missing;
    a `shown` day is drawn as `named`, a mark that stands out of a longer time.
    """

    start: date | None
    end: date | None
    style: str = "sure"
    start_length: int = 10
    end_length: int = 10


class TimelineRow(NamedTuple):
    """A row of a timeline: `label` is short, `note` says in words what is drawn."""

    label: str
    spans: tuple[Span, ...]
    note: str = ""
    href: str | None = None


def timeline(
    rows: Sequence[TimelineRow],
    title: str,
    first: date | None = None,
    last: date | None = None,
    mark: date | None = None,
) -> Drawing:
    """Draw rows in time, between two days if these are given, with a day marked."""
    shown = rows[:CAP]
    scale = _scale([span for item in shown for span in item.spans], first, last)
    height = _TOP + ROW * len(shown) + 8
    backdrop = [*_ticks(scale, height), *_mark(scale, mark, height)]
    parts = [_row_part(item, scale, _TOP + ROW * n) for n, item in enumerate(shown)]
    drawn = {shape.style for part in parts for shape in part.shapes}
    keys = tuple(key for key in KEYS if f"span {key}" in drawn)
    hidden = len(rows) - len(shown)
    return Drawing(title, height, tuple(backdrop), tuple(parts), keys, hidden)


class _Scale(NamedTuple):
    first: date
    last: date

    def x(self, day: date) -> float:
        """Return where a day stands; a day outside stands at the edge."""
        whole = max(1, (self.last - self.first).days)
        part = (day - self.first).days / whole
        return round(min(1.0, max(0.0, part)) * WIDTH, 1)

    def meets(self, span: Span) -> bool:
        """Tell whether a span is at least partly within."""
        return (span.start or self.first) <= self.last and (
            span.end or self.last
        ) >= self.first


def _scale(spans: Iterable[Span], first: date | None, last: date | None) -> _Scale:
    days = [day for span in spans for day in (span.start, span.end) if day]
    start = first or min(days, default=date(2000, 1, 1)).replace(month=1, day=1)
    end = last or max(days, default=start).replace(month=12, day=31)
    return _Scale(start, max(end, start + timedelta(days=1)))


def _ticks(scale: _Scale, height: int) -> list[Shape]:
    years = scale.last.year - scale.first.year + 1
    step = next((s for s in _STEPS if years / s <= _TICKS), _STEPS[-1])
    shapes = []
    for year in range(scale.first.year, scale.last.year + 1):
        day = date(year, 1, 1)
        if year % step == 0 and scale.first <= day:
            x = scale.x(day)
            shapes += [line("tick", x, 0, x, height)]
            if x < WIDTH - 40:
                shapes += [text("tick-label", x + 4, 14, str(year))]
    return shapes


def _mark(scale: _Scale, day: date | None, height: int) -> list[Shape]:
    if day is None or not scale.first <= day <= scale.last:
        return []
    x = scale.x(day)
    return [line("mark", x, 18, x, height)]


def _row_part(item: TimelineRow, scale: _Scale, top: float) -> Part:
    said = f"{item.label}: {item.note}" if item.note else item.label
    shapes = row(said if len(said) <= LINE else item.label, top)
    for span in sorted(item.spans, key=_is_moment):
        if scale.meets(span):
            shapes += _span_shapes(span, scale, top + 23)
    return Part(said, tuple(shapes), item.href)


def _span_shapes(span: Span, scale: _Scale, top: float) -> list[Shape]:
    """Return what is known of a span, and apart what is not known exactly."""
    if span.start is None or span.end is None:
        return _open_shapes(span, scale, top)
    if _is_moment(span):
        x = min(scale.x(span.start), WIDTH - _LEAST)
        return [rect("span named", x, top - 2, _LEAST, BAR_HEIGHT + 4)]
    if span.style != "sure":
        return [_piece(span.style, scale, span.start, span.end, top)]
    begun = _last_of(span.start, span.start_length)
    ending = _first_of(span.end, span.end_length)
    if begun > ending:
        return [_piece("vague", scale, span.start, span.end, top)]
    days = [span.start, begun, ending, span.end]
    pieces = zip(("vague", "sure", "vague"), pairwise(days), strict=True)
    return [
        _piece(style, scale, start, end, top)
        for style, (start, end) in pieces
        if start != end or style == "sure"
    ]


def _is_moment(span: Span) -> bool:
    """Tell whether a source shows the thing on one day."""
    return span.style == "shown" and span.start is not None and span.start == span.end


def _open_shapes(span: Span, scale: _Scale, top: float) -> list[Shape]:
    """Return the known end of a span, and a tail towards the end that is not known."""
    known = span.start or span.end
    if known is None:
        return [_piece("open", scale, scale.first, scale.last, top)]
    edges = (known, scale.last) if span.start else (scale.first, known)
    tail = _piece("open", scale, *edges, top)
    return [tail, _piece(span.style, scale, known, known, top)]


def _piece(style: str, scale: _Scale, start: date, end: date, top: float) -> Shape:
    x, until = scale.x(start), scale.x(end)
    width = max(_LEAST, until - x)
    return rect(f"span {style}", min(x, WIDTH - width), top, width, BAR_HEIGHT)


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
