"""Pictures of a result: only what its columns allow, and all that they hold."""

from __future__ import annotations

import pytest

from graph.terms import Iri, Literal
from server.arranging import Arrangement, Cell
from server.charting import Chart, Strip
from server.drawing import Drawing
from server.picturing import picture, pictures_of
from server.results import Result
from server.views import Link

BASE = "https://data.test/"
XSD = "http://www.w3.org/2001/XMLSchema#"


def number(text: str) -> Literal:
    """Return an integer."""
    return Literal(text, None, f"{XSD}integer")


def day(text: str, kind: str = "date") -> Literal:
    """Return a date, or a part of one."""
    return Literal(text, None, f"{XSD}{kind}")


def thing(name: str) -> Iri:
    """Return a thing of the data."""
    return Iri(f"{BASE}id/persoon/{name}")


def period(name: str) -> Iri:
    """Return a period of the data."""
    return Iri(f"{BASE}id/periode/{name}")


def arranged(*rows: tuple[Iri | Literal | None, ...]) -> Arrangement:
    """Return rows with words for each term."""
    cells = tuple(
        tuple(Cell(t, Link(t.value, f"/{t.value}") if t else None) for t in row)
        for row in rows
    )
    return Arrangement(tuple("abcdef"[: len(rows[0])]), cells)


def offered(*rows: tuple[Iri | Literal | None, ...]) -> tuple[str, ...]:
    """Return the pictures of a result."""
    return pictures_of(Result(tuple("abcdef"[: len(rows[0])]), rows), BASE)


def strips_of(name: str, rows: Arrangement) -> list[Strip]:
    """Return what a picture of rows draws."""
    chart = picture(name, rows, BASE, "Beeld")
    assert isinstance(chart, Chart)
    return [strip for row in chart.rows for strip in row.strips]


def test_the_columns_decide() -> None:
    """Numbers, dates and two things each allow a picture; words alone allow none."""
    assert offered((thing("a"), number("3"))) == ("bars",)
    assert offered((thing("a"), day("2020-03-03"))) == ("timeline",)
    assert offered((thing("a"), period("2020_"))) == ("timeline",)
    assert offered((thing("a"), thing("b"))) == ("network",)
    assert offered((thing("a"), Literal("b"))) == ()
    assert offered((number("3"),)) == ()
    assert pictures_of(Result(("a",), ()), BASE) == ()


def test_one_odd_value_makes_a_column_words() -> None:
    """A bar of a word would be a lie."""
    assert offered((thing("a"), number("3")), (thing("b"), Literal("veel"))) == ()
    assert offered((thing("a"), number("NaN"))) == ()
    assert offered((thing("a"), day("eind 2017"))) == ()


def test_what_is_not_bound_has_no_bar() -> None:
    """It is named all the same."""
    rows = arranged((thing("a"), number("3")), (thing("b"), None))
    assert [strip.words for strip in strips_of("bars", rows)] == ["3", "–"]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (day("2020-03-03"), ["day"]),
        (day("2020", "gYear"), ["vague"]),
        (day("2020-02", "gYearMonth"), ["vague"]),
        (day("2020-03-03T10:00:00Z", "dateTime"), ["day"]),
        (period("2019_2020-04-08"), ["vague", "sure"]),
        (period("2019-01-01_"), ["open", "sure"]),
        (period("_2019-01-01"), ["open", "sure"]),
    ],
)
def test_a_time_is_drawn_as_exactly_as_it_is_known(
    value: Iri | Literal, wanted: list[str]
) -> None:
    """A year is a year, and an end that is not known is not an end."""
    (strip,) = strips_of("timeline", arranged((thing("a"), value)))

    assert [p.style.removeprefix("span ") for p in strip.pieces] == wanted


def test_a_day_is_called_a_day_in_the_legend() -> None:
    """Not a time that is known from start to end; a time of two days is."""
    rows = arranged((thing("a"), day("2020-03-03")))
    longer = arranged((thing("a"), day("2020-03-03"), day("2020-03-04")))
    charts = [picture("timeline", item, BASE, "Beeld") for item in (rows, longer)]

    assert [getattr(chart, "keys", ()) for chart in charts] == [("day",), ("sure",)]


@pytest.mark.parametrize(
    ("value", "where"),
    [("2020-02-01", "start"), ("2020-11-01", "end")],
)
def test_a_date_stands_at_its_mark(value: str, where: str) -> None:
    """On the side where there is room; long words stand below."""
    strips = strips_of("timeline", arranged((thing("a"), day(value))))
    (told,) = [strip.beside for strip in strips]
    both = arranged((thing("a"), day("2020-02-01"), day("2020-03-01")))

    assert told is not None
    assert told[0] == where
    assert told[1] == strips[0].pieces[0].x
    assert [strip.beside for strip in strips_of("timeline", both)] == [None]


def test_two_dates_are_a_start_and_an_end() -> None:
    """The row says both."""
    row = (thing("a"), day("2019-01-01"), day("2020-12-31"))
    (strip,) = strips_of("timeline", arranged(row))

    assert strip.words == "2019-01-01 – 2020-12-31"
    assert [p.width for p in strip.pieces] == [pytest.approx(100, abs=0.3)]


def test_a_network_holds_every_thing_once() -> None:
    """What stands in several rows is one node."""
    rows = arranged((thing("a"), thing("b")), (thing("a"), thing("c")))
    drawing = picture("network", rows, BASE, "Netwerk")
    assert isinstance(drawing, Drawing)

    assert len(drawing.parts) == 3
    assert len(drawing.backdrop) == 2


def test_impossible_dates_are_words() -> None:
    """Data may hold anything under the name of a date."""
    assert offered((thing("a"), day("2020-02-31"))) == ()
    assert offered((thing("a"), day("0000-01-01"))) == ()
    assert offered((thing("a"), day("99999-01-01"))) == ()
