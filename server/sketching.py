"""Makes drawings of what a query of a page answered.

A row of a timeline has a `thing`, a `period` and a `style`, and is about `row` (and
`as`); a bar has a `row` (and `as` and `at`), a `number` or none, and may have a `unit`
and belong to a `series`; a tie of a network leads `to` something, a `number` of times.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final

from graph.terms import Iri, Literal
from server.charting import Bar, bars
from server.drawing import Ego, Tie, ego
from server.marking import in_order
from server.texts import number
from server.timelines import Span, TimelineRow, timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.terms import Term
    from server.charting import Chart
    from server.describing import Describer
    from server.timelines import Window
    from server.views import Source

    Answer = Mapping[str, Term]
    Answers = Sequence[Answer]

#: How much of a date is known, by the last word of its precision's IRI.
_LENGTHS: Final = {"dag": 10, "maand": 7, "kwartaal": 7, "jaar": 4}

#: A half-year as the names of periods write it, and as the query of quotas does.
_HALF: Final = re.compile(
    r"(?P<first>\d{4})(?:-I|-01-01_(?P=first)-06-30)"
    r"|(?P<second>\d{4})(?:-II|-07-01_(?P=second)-12-31)"
)
_YEAR: Final = re.compile(r"\d{4}")


#: The ways in which words tell of a period, in their order.
_WAYS: Final = ("known", "on", "within", "derived")
#: What a bar may be about.
_PARTS: Final = ("row", "as", "at")


def span_of(describer: Describer, period: Term, style: str) -> Span:
    """Return when a period was, as exactly as its dates are known."""
    start, start_length = _end(
        describer, period, "dcat:startDate", "ovl:startPrecision"
    )
    end, end_length = _end(describer, period, "dcat:endDate", "ovl:endPrecision")
    if style == "happened":
        style = "sure" if start == end else "shown"
    if style == "due":
        start, start_length = end, end_length
    return Span(start, end, style, start_length, end_length)


def within(describer: Describer, answers: Answers, window: Window) -> Answers:
    """Return the answers whose period is in a window; one without a period stays."""
    return [
        item
        for item in answers
        if "period" not in item
        or window.holds(span_of(describer, item["period"], "sure"))
    ]


def draw_timeline(
    describer: Describer, answers: Answers, title: str, window: Window
) -> Chart | None:
    """Draw what answers say of times, a row for each thing they are about."""
    grouped: dict[tuple[Term, Term | None], list[Answer]] = defaultdict(list)
    for item in answers:
        if "period" in item:
            grouped[item["row"], item.get("as")].append(item)
    rows = [_timeline_row(describer, key, items) for key, items in grouped.items()]
    rows.sort(key=_by_time)
    months = describer.text("calendar.short_months").split(", ")
    return timeline(rows, title, window, months) if rows else None


def draw_bars(
    describer: Describer, answers: Answers, title: str, _window: Window
) -> Chart | None:
    """Draw numbers; series that differ are named and told apart."""
    series = list(dict.fromkeys(item["series"] for item in answers if "series" in item))
    told = series if len(series) > 1 else []
    named = _telling(answers)
    labels = _labels(describer, answers)
    rows = [_bar(describer, item, told, named, labels) for item in answers]
    names = [describer.link(item).text for item in told]
    return bars(rows, title, names, _unit(describer, answers)) if rows else None


def draw_company(describer: Describer, answers: Answers, centre: Iri) -> Ego | None:
    """Draw what somebody belonged to and with whom they sat; None if with nobody.

    How many memberships tell of the same belonging says nothing of it.
    """
    ties: dict[str, list[Tie]] = defaultdict(list)
    for item in answers:
        link, way = describer.link(item["to"]), item["way"].value
        times = int(item["number"].value) if way == "with" else 1
        ties[way].append(Tie(link.text, link.href, times))
    if not ties["with"]:
        return None
    return ego(describer.link(centre).text, ties["in"], ties["with"])


def _end(
    describer: Describer, period: Term, day: str, precision: str
) -> tuple[date | None, int]:
    """Return one end of a period, and how much of it is known."""
    found = _one(describer, period, day)
    try:
        moment = date.fromisoformat(found.value) if found else None
    except ValueError:
        moment = None
    exactly = _one(describer, period, precision)
    word = exactly.value.rpartition("-")[2] if exactly else "dag"
    return moment, _LENGTHS.get(word, 4)


def _one(describer: Describer, subject: Term, prefixed: str) -> Term | None:
    found = describer.store.statements(subject, describer.name(prefixed), None, None)
    return min((item.object for item in found), key=str, default=None)


def _timeline_row(
    describer: Describer, key: tuple[Term, Term | None], items: Sequence[Answer]
) -> TimelineRow:
    labels = [
        _row_name(describer, items[0]["thing"], term)
        for term in key
        if term is not None
    ]
    found = [
        (span_of(describer, item["period"], item["style"].value), item)
        for item in items
    ]
    found.sort(key=lambda pair: _begin(pair[0]))
    spans = tuple(span for span, _ in found)
    items = [item for _, item in found]
    href = describer.link(items[0]["thing"]).href
    said = _sources(describer, items)
    note = _note(describer, items)
    return TimelineRow(", ".join(labels), spans, note, href, said)


def _row_name(describer: Describer, thing: Term, term: Term) -> str:
    """Return what a row is about; a term by what it is called of the thing."""
    due = describer.name("ovl:due")
    if term == due:
        return describer.property_link(describer.classes(thing), due).text
    return describer.link(term).text


def _sources(describer: Describer, items: Sequence[Answer]) -> tuple[Source, ...]:
    """Return who says what answers tell."""
    things = {item["thing"] for item in items if "thing" in item}
    said = {
        source
        for thing in things
        if isinstance(thing, Iri)
        for source in describer.sources_of_thing(thing)
    }
    return in_order(said)


def _note(describer: Describer, items: Sequence[Answer]) -> str:
    """Return when something was in words: a year as a year, an unknown end as such."""
    told: dict[str, list[str]] = defaultdict(list)
    for item in items:
        told[_way(describer, item)].append(_when(describer, item))
    return "; ".join(
        describer.text(f"timeline.{way}", periods="; ".join(dict.fromkeys(told[way])))
        for way in _WAYS
        if way in told
    )


def _way(describer: Describer, item: Answer) -> str:
    """Return in which way a period is told: what it says of its thing."""
    style = item["style"].value
    if style != "shown":
        return style if style == "derived" else "known"
    start, end = (
        _one(describer, item["period"], name)
        for name in ("dcat:startDate", "dcat:endDate")
    )
    return "on" if start == end else "within"


def _when(describer: Describer, item: Answer) -> str:
    """Return a period in words; of a term nobody asks when it began."""
    is_due = item["style"].value == "due"
    period = item["period"]
    return describer.link(period).text if is_due else describer.period(period)


def _by_time(row: TimelineRow) -> tuple[str, str]:
    return min(map(_begin, row.spans), default=date.max).isoformat(), row.label


def _begin(span: Span) -> date:
    """Return the first day of a span that is known."""
    return span.start or span.end or date.max


def _telling(answers: Answers) -> list[str]:
    """Return by which parts bars are told apart, leaving out what all of them share."""
    found = {part: {item.get(part) for item in answers} for part in _PARTS}
    parts = [part for part, values in found.items() if values != {None}]
    return [part for part in parts if len(found[part]) > 1] or parts


def _unit(describer: Describer, answers: Answers) -> str:
    """Return what all numbers count, in words; nothing if they count several things."""
    found = {item["unit"].value for item in answers if "unit" in item}
    return describer.text(f"drawing.unit.{found.pop()}") if len(found) == 1 else ""


def _bar(
    describer: Describer,
    item: Answer,
    series: Sequence[Term],
    named: Sequence[str],
    labels: Mapping[Term, str],
) -> Bar:
    place = series.index(item["series"]) if item.get("series") in series else None
    value = _number(item.get("number"))
    return Bar(
        ", ".join(labels[item[part]] for part in named if part in item),
        value,
        describer.text("bars.unknown")
        if value is None
        else number(value, describer.language),
        describer.link(item["thing"]).href if "thing" in item else None,
        place,
        _sources(describer, [item]),
    )


def _labels(describer: Describer, answers: Answers) -> dict[Term, str]:
    """Return what bars are about; a year among half-years says that it holds two."""
    about = {item[part] for item in answers for part in _PARTS if part in item}
    halved = any(_HALF.fullmatch(_period_name(describer, row)) for row in about)
    year = "bars.halves" if halved else "bars.year"
    return {row: _label(describer, row, year) for row in about}


def _label(describer: Describer, row: Term, year: str) -> str:
    """Return what a bar is about; a half-year or a year by its own name."""
    name = _period_name(describer, row)
    if found := _HALF.fullmatch(name):
        half = "1" if found["first"] else "2"
        named = found["first"] or found["second"]
        return describer.text(f"bars.half.{half}", year=named)
    if name != row.value and _YEAR.fullmatch(name):
        return describer.text(year, year=name)
    return describer.link(row).text


def _period_name(describer: Describer, row: Term) -> str:
    """Return the last word of a period's IRI; of anything else its value."""
    return row.value.removeprefix(f"{describer.links.base}id/periode/")


def _number(term: Term | None) -> int | None:
    """Return a whole number, or None for what is none."""
    try:
        return int(term.value) if isinstance(term, Literal) else None
    except ValueError:
        return None
