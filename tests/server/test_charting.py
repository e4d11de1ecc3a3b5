"""Charts: what is known, and how exactly, can be told from their pieces."""

from __future__ import annotations

from datetime import date

import html5lib
import pytest
from flask import Flask, render_template_string

from server.charting import CAP, Bar, Chart, bars
from server.marking import marks_of
from server.texts import Texts
from server.timelines import Span, TimelineRow, Window, timeline
from server.views import Link, Passage, Source

PAGE = (
    '{% import "_charts.html" as charts %}'
    '<!doctype html><title>x</title>{{ charts.chart(item, t, "x") }}'
)


def styles(chart: Chart) -> list[str]:
    """Return the styles of the spans of a chart, in order."""
    strips = [strip for row in chart.rows for strip in row.strips]
    return [p.style.removeprefix("span ") for strip in strips for p in strip.pieces]


def drawn(*spans: Span) -> Chart:
    """Return a timeline of one row."""
    window = Window(date(2010, 1, 1), date(2020, 1, 1))
    return timeline([TimelineRow("Rij", spans)], "Tijd", window)


def test_what_is_known_to_the_day_is_drawn_as_sure() -> None:
    """One piece, as long as the time was."""
    chart = drawn(Span(date(2015, 1, 1), date(2017, 7, 2)))
    piece = chart.rows[0].strips[0].pieces[-1]

    assert styles(chart) == ["sure"]
    assert piece.x == pytest.approx(50, abs=0.1)
    assert piece.width == pytest.approx(25, abs=0.1)


def test_a_year_is_drawn_as_a_year() -> None:
    """What may lie anywhere in a year is not drawn as if it began on 1 January."""
    year = Span(date(2015, 1, 1), date(2015, 12, 31), "sure", 4, 4)
    longer = Span(date(2015, 1, 1), date(2017, 7, 2), "sure", 4, 10)

    assert styles(drawn(year)) == ["vague"]
    assert styles(drawn(longer)) == ["vague", "sure"]


def test_an_unknown_end_is_not_still_going_on() -> None:
    """The tail has a style of its own, told in the legend."""
    chart = drawn(Span(date(2015, 1, 1), None))

    assert styles(chart) == ["open", "sure"]
    assert chart.keys == ("sure", "open")
    assert styles(drawn(Span(None, None))) == ["open"]


def test_a_day_that_a_source_names_stands_out_of_a_longer_time() -> None:
    """It is drawn last, in a style of its own that the legend explains."""
    day = Span(date(2016, 3, 3), date(2016, 3, 3), "shown")
    longer = Span(date(2015, 1, 1), date(2017, 7, 2), "shown")
    chart = drawn(day, longer)

    assert styles(chart) == ["shown", "named"]
    assert chart.keys == ("shown", "named")


def test_a_day_that_is_derived_is_not_drawn_as_one_that_a_source_names() -> None:
    """It has a mark of its own."""
    chart = drawn(Span(date(2016, 3, 3), date(2016, 3, 3), "derived"))

    assert styles(chart) == ["derived"]
    assert chart.keys == ("derived",)


def test_the_last_day_of_a_term_is_a_mark() -> None:
    """As a day on which something was is; the legend tells the two apart."""
    due = Span(date(2016, 3, 3), date(2016, 3, 3), "due")
    day = Span(date(2015, 1, 1), date(2015, 1, 1))

    assert drawn(due, day).keys == ("day", "due")


def test_a_short_time_has_months_on_its_axis() -> None:
    """Where there are words for them; a longer one has years."""
    months = Texts.read().text("calendar.short_months", "nl").split(", ")
    year = Span(date(2015, 2, 1), date(2015, 12, 1))
    longer = Span(date(2013, 2, 1), date(2015, 12, 1))

    def axis(span: Span) -> list[str]:
        found = timeline([TimelineRow("Rij", (span,))], "Tijd", months=months)
        return [tick.words for tick in found.ticks]

    assert axis(year) == ["jan 2015", "apr 2015", "jul 2015", "okt 2015"]
    assert axis(longer) == ["2013", "2014", "2015"]


def test_what_lies_outside_is_not_drawn() -> None:
    """A row keeps its words."""
    chart = drawn(Span(date(1990, 1, 1), date(1991, 1, 1)))

    assert styles(chart) == []
    assert chart.rows[0].label == "Rij"


def test_rows_above_the_cap_are_counted() -> None:
    """Nothing is left out in silence."""
    span = Span(date(2015, 1, 1), date(2016, 1, 1))
    rows = [TimelineRow(str(n), (span,)) for n in range(CAP + 7)]
    numbers = [Bar(str(n), n, str(n)) for n in range(CAP + 7)]

    assert timeline(rows, "x").hidden == 7
    assert bars(numbers, "x").hidden == 7


def test_bars_stand_on_zero_and_a_missing_number_has_none() -> None:
    """Negative numbers go to the left; what is not known has words and no bar."""
    chart = bars(
        [
            Bar("a", -10, "-10"),
            Bar("b", 10, "10"),
            Bar("c", None, "?"),
            Bar("d", float("inf"), "INF"),
        ],
        "x",
    )
    low, high, none, endless = (row.strips[0].pieces for row in chart.rows)

    assert (low[0].x, low[0].width) == (0, 50)
    assert (high[0].x, high[0].width) == (50, 50)
    assert none == endless == ()


def test_numbers_of_one_label_stand_together_and_tell_their_series() -> None:
    """A label is there once; each bar says by a letter what it belongs to."""
    numbers = [Bar("2018", 3, "3", "/a", 0), Bar("2018", 4, "4", "/b", 1)]
    chart = bars([*numbers, Bar("2019", 5, "5", "/c", 0)], "x", ["Gezegd", "Verwacht"])
    page = rendered(chart)

    assert [row.label for row in chart.rows] == ["2018", "2019"]
    assert page.count('<th scope="row"') == 2
    assert 'rowspan="2"' in page
    assert "<b>B</b> Verwacht" in page
    assert '<abbr class="letter" title="Verwacht">B</abbr>' in page


@pytest.mark.parametrize("series", [["Gezegd"], []], ids=["series", "none"])
def test_a_source_of_most_bars_is_named_once(series: list[str]) -> None:
    """The bars that others speak of say so themselves."""
    most, other = (
        (Source("document", Link("Graaf"), (Passage(Link(name), Link(name)),)),)
        for name in ("De meeste", "Een ander")
    )
    place = 0 if series else None
    numbers = [
        Bar(str(year), year, str(year), None, place, other if year == 4 else most)
        for year in range(5)
    ]
    page = rendered(bars(numbers, "x", series))

    assert page.count("De meeste") == page.count("Een ander") == 1
    assert "Bron, waar geen andere staat" in page


def test_the_same_values_give_the_same_chart() -> None:
    """A release is cached and compared by its bytes."""
    spans = (Span(date(2015, 1, 1), None), Span(date(2011, 5, 1), date(2012, 5, 1)))

    assert drawn(*spans) == drawn(*spans)


def test_hostile_words_stay_words() -> None:
    """A label is text in the table, never an element or a script."""
    evil = '"><script>alert(1)</script><a href="javascript:x">'
    row = TimelineRow(evil, (Span(date(2015, 1, 1), None),), evil, "/doc/x")
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(rendered(timeline([row], evil)))

    assert parser.errors == []
    assert tree.findall(".//script") == []
    assert [a.get("href") for a in tree.iter() if a.tag.endswith("a")] == ["/doc/x"]


def rendered(chart: Chart) -> str:
    """Return a page with a chart."""
    texts = Texts.read()
    app = Flask("server")
    app.jinja_env.filters["marks"] = marks_of
    with app.test_request_context():
        return render_template_string(
            PAGE, item=chart, t=lambda key, **v: texts.text(key, "nl", **v)
        )
