"""Pictures of a result: which its columns allow, and what each shows.

Numbers allow bars, dates a timeline, and two columns of things a network. The table
stands beside every picture and holds the same.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from graph.terms import Iri, Literal
from server.arranging import is_number
from server.charting import Bar, bars
from server.drawing import Edge, Node, network
from server.timelines import Span, TimelineRow, timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from graph.terms import Term
    from server.arranging import Arrangement, Cell
    from server.charting import Chart
    from server.drawing import Drawing
    from server.results import Result

#: A day, a month or a year, as XML Schema and the names of periods write them.
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T[0-9:.]+)?Z?")
_DATES: Final = ("#date", "#dateTime", "#gYear", "#gYearMonth")
_LAST_MONTH: Final = 12


def pictures_of(result: Result, base: str) -> tuple[str, ...]:
    """Return the names of the pictures that the columns of a result allow."""
    if not result.rows:
        return ()
    kinds = _kinds(result.rows, base)
    return tuple(name for name, rule in _RULES.items() if rule(kinds))


def picture(name: str, arranged: Arrangement, base: str, title: str) -> Chart | Drawing:
    """Draw one of the pictures that `pictures_of` names."""
    rows = [tuple(cell.term for cell in row) for row in arranged.rows]
    return _DRAWN[name](arranged.rows, _kinds(rows, base), base, title)


def _kinds(rows: Iterable[tuple[Term | None, ...]], base: str) -> list[str]:
    """Return what each column holds: `number`, `date`, `thing` or `text`."""
    return [
        _kind([t for t in column if t is not None], base)
        for column in zip(*rows, strict=True)
    ]


def _kind(terms: list[Term], base: str) -> str:
    if terms and all(isinstance(t, Literal) and is_number(t) for t in terms):
        return "number"
    if terms and all(_span(t, base) for t in terms):
        return "date"
    return "thing" if terms and all(isinstance(t, Iri) for t in terms) else "text"


def _span(term: Term | None, base: str) -> Span | None:
    """Return the time that a date or a period stands for, as exactly as it says."""
    if isinstance(term, Literal) and term.datatype.endswith(_DATES):
        return _between(term.value, term.value)
    periods = f"{base}id/periode/"
    if not isinstance(term, Iri) or not term.value.startswith(periods):
        return None
    start, mark, end = term.value.removeprefix(periods).partition("_")
    return _between(start, end if mark else start)


def _between(start: str, end: str) -> Span | None:
    """Return a span between two dates as written; what is empty is not known."""
    first, last = _DATE.fullmatch(start), _DATE.fullmatch(end)
    if (start and not first) or (end and not last) or not (first or last):
        return None
    try:
        return Span(
            _first_day(first) if first else None,
            _last_day(last) if last else None,
            "sure",
            min(10, len(start)) or 10,
            min(10, len(end)) or 10,
        )
    except ValueError:
        return None


def _first_day(found: re.Match[str]) -> date:
    year, month, day = (int(part) if part else 1 for part in found.groups())
    return date(year, month, day)


def _last_day(found: re.Match[str]) -> date:
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if day:
        return date(year, month, day)
    month = month or _LAST_MONTH
    nearly = date(year, month, 28).toordinal() + 4
    return date.fromordinal(nearly - date.fromordinal(nearly).day)


def _words(row: tuple[Cell, ...], kinds: list[str]) -> tuple[str, str | None]:
    """Return what a row is about, and where that leads."""
    for wanted in ("thing", "text", "date", "number"):
        for cell, kind in zip(row, kinds, strict=True):
            if kind == wanted and cell.link:
                return cell.link.text, cell.link.href
    return "–", None


def _bars(
    rows: tuple[tuple[Cell, ...], ...], kinds: list[str], base: str, title: str
) -> Chart:
    del base
    place = kinds.index("number")
    others = [k if n != place else "" for n, k in enumerate(kinds)]
    drawn = []
    for row in rows:
        label, href = _words(row, others)
        words = row[place].link
        drawn.append(Bar(label, row[place].number, words.text if words else "–", href))
    return bars(drawn, title)


def _timeline(
    rows: tuple[tuple[Cell, ...], ...], kinds: list[str], base: str, title: str
) -> Chart:
    places = [n for n, kind in enumerate(kinds) if kind == "date"]
    drawn = []
    for row in rows:
        label, href = _words(row, kinds)
        note = " – ".join(link.text for n in places if (link := row[n].link))
        spans = tuple(
            span for n in places[:1] if (span := _joined(row, places, base, n))
        )
        drawn.append(TimelineRow(label, spans, note, href))
    return timeline(drawn, title)


def _joined(
    row: tuple[Cell, ...], places: list[int], base: str, first: int
) -> Span | None:
    """Return the span of a row: its only date, or from its first to its second."""
    start = _span(row[first].term, base)
    if len(places) == 1:
        return start
    end = _span(row[places[1]].term, base)
    if start and end and start.start and end.end and start.start <= end.end:
        return start._replace(end=end.end, end_length=end.end_length)
    return start or end


def _network(
    rows: tuple[tuple[Cell, ...], ...], kinds: list[str], base: str, title: str
) -> Drawing:
    del base
    places = [n for n, kind in enumerate(kinds) if kind == "thing"]
    source, target = places[0], places[-1]
    nodes: dict[str, Node] = {}
    edges = []
    for row in rows:
        ends = [row[source], row[target]]
        for cell in ends:
            if cell.term and cell.link:
                key = cell.term.value
                nodes.setdefault(key, Node(key, cell.link.text, cell.link.href))
        if all(cell.term for cell in ends):
            tie = row[places[1]].link if len(places) > 2 else None  # noqa: PLR2004  a column between the two
            keys = [cell.term.value for cell in ends if cell.term]
            edges.append(Edge(keys[0], keys[1], tie.text if tie else ""))
    return network(list(nodes.values()), edges, title)


_RULES: Final[Mapping[str, Callable[[list[str]], bool]]] = {
    "bars": lambda kinds: "number" in kinds and len(kinds) > 1,
    "timeline": lambda kinds: "date" in kinds,
    "network": lambda kinds: kinds.count("thing") > 1,
}
_DRAWN: Final[Mapping[str, Callable[..., Chart | Drawing]]] = {
    "bars": _bars,
    "timeline": _timeline,
    "network": _network,
}
