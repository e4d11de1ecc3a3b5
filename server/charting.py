"""Charts: rows of words, with what lasts or what is counted drawn beside them.

A chart is a table whose cells hold a strip of SVG: the words wrap, the strip takes the
room there is, and nothing is cut or has to be scrolled to. Places on a strip are
percentages of its width, so that one drawing fits every window. Rows that are not shown
because of a cap are counted in `hidden`, never silently left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.views import Source

#: More rows than this are not drawn.
CAP: Final = 60
#: Styles of bars there are, for series that are told apart.
STYLES: Final = 4
#: Characters of words that half a strip has room for, also in a narrow window.
_SHORT: Final = 18
_HALF: Final = 50.0


class Piece(NamedTuple):
    """A rectangle on a strip: where it starts, and how wide it is, in percent.

    A width of 0 is drawn as wide as can just be seen.
    """

    style: str
    x: float
    width: float


class Strip(NamedTuple):
    """What is drawn on a line of a row, the same in words, and who says so.

    `series` is the place of its series among those of the chart, None where there is
    only one.
    """

    pieces: tuple[Piece, ...]
    words: str
    href: str | None = None
    series: int | None = None
    sources: tuple[Source, ...] = ()

    @property
    def beside(self) -> tuple[str, float] | None:
        """Return how short words are set beside the only piece, and where, in percent.

        They start where it ends or end where it starts; None where they have no room.
        """
        if len(self.pieces) != 1 or len(self.words) > _SHORT:
            return None
        start, width = self.pieces[0].x, self.pieces[0].width
        if start + width <= _HALF:
            return "start", start + width
        return ("end", start) if start >= _HALF else None


class ChartRow(NamedTuple):
    """What a row is about, and the strips that tell of it."""

    label: str
    strips: tuple[Strip, ...]
    href: str | None = None


class Tick(NamedTuple):
    """A line across all strips, in percent, and what it is called."""

    x: float
    words: str = ""


class Series(NamedTuple):
    """What bars belong to, and who says so of most of them, or of all.

    Bars that belong to nothing have a series without a name.
    """

    name: str
    sources: tuple[Source, ...] = ()
    is_all: bool = True


@dataclass(frozen=True)
class Chart:
    """What is drawn, and what the chart as a whole is called.

    `keys` are the styles that stand in it, for the legend; `series` what its bars
    belong to; `unit` what they count, in words; `marks` a moment that is looked at.
    """

    title: str
    rows: tuple[ChartRow, ...]
    kind: str = "bars"
    ticks: tuple[Tick, ...] = ()
    marks: tuple[Tick, ...] = ()
    keys: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    unit: str = ""
    hidden: int = 0

    @property
    def is_sourced(self) -> bool:
        """Tell whether the strips say who says so."""
        return any(strip.sources for row in self.rows for strip in row.strips)


class Bar(NamedTuple):
    """A number: `words` is its value in words, and all there is where it has none."""

    label: str
    value: float | None
    words: str
    href: str | None = None
    series: int | None = None
    sources: tuple[Source, ...] = ()


def bars(
    numbers: Sequence[Bar], title: str, series: Sequence[str] = (), unit: str = ""
) -> Chart:
    """Draw numbers as bars from zero; those of one label stand on one row."""
    places: list[int | None] = [*range(len(series))] or [None]
    told = {place: _series(series, place, numbers) for place in places}
    rows: dict[tuple[str, str | None], list[Bar]] = {
        _row_of(bar, series): [] for bar in numbers
    }
    for bar in sorted(numbers, key=lambda bar: bar.series or 0):
        is_told = bar.series in told and bar.sources == told[bar.series].sources
        untold = bar._replace(sources=()) if is_told else bar
        rows[_row_of(bar, series)].append(untold)
    shown = list(rows.items())[:CAP]
    sizes = [size for bar in numbers if (size := _size(bar)) is not None]
    low, high = min([0.0, *sizes]), max([0.0, *sizes])
    room = (high - low) or 1.0
    made = tuple(_bar_row(label, found, low, room) for (label, _), found in shown)
    known = tuple(item for item in told.values() if item.name or item.sources)
    hidden = len(rows) - len(shown)
    return Chart(title, made, series=known, unit=unit, hidden=hidden)


def _row_of(bar: Bar, series: Sequence[str]) -> tuple[str, str | None]:
    """Return on which row a bar stands: that of its label, if there are series."""
    return bar.label, None if series else bar.href


def _series(names: Sequence[str], place: int | None, numbers: Sequence[Bar]) -> Series:
    """Return a series with who says so of most of its bars; else each says its own."""
    said = Counter(bar.sources for bar in numbers if bar.series == place)
    name = "" if place is None else names[place]
    sources, most = said.most_common(1)[0] if said else ((), 0)
    if most * 2 <= said.total() or (place is None and len(numbers) == 1):
        return Series(name)
    return Series(name, sources, len(said) == 1)


def _bar_row(label: str, found: Sequence[Bar], low: float, room: float) -> ChartRow:
    """Return the bars of one label; a row that has only one leads where that does."""
    href = found[0].href if len(found) == 1 else None
    return ChartRow(label, tuple(_strip(bar, low, room) for bar in found), href)


def _strip(bar: Bar, low: float, room: float) -> Strip:
    """Return a bar as a strip; one without a number has none but its words."""
    size = _size(bar)
    pieces: tuple[Piece, ...] = ()
    if size is not None:
        start = (min(0.0, size) - low) / room * 100
        width = abs(size) / room * 100
        style = f"bar series-{(bar.series or 0) % STYLES}"
        pieces = (Piece(style, round(start, 1), round(width, 1)),)
    return Strip(pieces, bar.words, bar.href, bar.series, bar.sources)


def _size(bar: Bar) -> float | None:
    """Return the value of a bar if it has one that can be drawn."""
    return bar.value if bar.value is not None and isfinite(bar.value) else None
