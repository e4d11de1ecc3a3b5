"""Drawings: what is known, and how exactly, can be told from the shapes."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import html5lib
import pytest
from flask import Flask, render_template_string

from server.drawing import (
    CAP,
    ROW,
    WIDTH,
    Bar,
    Drawing,
    Edge,
    Node,
    bars,
    network,
)
from server.texts import Texts
from server.timelines import Span, TimelineRow, timeline

PAGE = (
    '{% import "_drawings.html" as drawings %}'
    "<!doctype html><title>x</title>{{ drawings.drawing(item, t, counted) }}"
)


def styles(drawing: Drawing) -> list[str]:
    """Return the styles of the spans of a drawing, in order."""
    shapes = [shape for part in drawing.parts for shape in part.shapes]
    return [s.style.removeprefix("span ") for s in shapes if s.style[:4] == "span"]


def drawn(*spans: Span) -> Drawing:
    """Return a timeline of one row."""
    days = (date(2010, 1, 1), date(2020, 1, 1))
    return timeline([TimelineRow("Rij", spans)], "Tijd", *days)


def test_what_is_known_to_the_day_is_drawn_as_sure() -> None:
    """One piece, as long as the time was."""
    drawing = drawn(Span(date(2015, 1, 1), date(2017, 7, 2)))
    piece = drawing.parts[0].shapes[-1]

    assert styles(drawing) == ["sure"]
    assert piece.at["x"] == pytest.approx(WIDTH / 2, abs=1)
    assert piece.at["width"] == pytest.approx(WIDTH / 4, abs=1)


def test_a_year_is_drawn_as_a_year() -> None:
    """What may lie anywhere in a year is not drawn as if it began on 1 January."""
    year = Span(date(2015, 1, 1), date(2015, 12, 31), "sure", 4, 4)
    longer = Span(date(2015, 1, 1), date(2017, 7, 2), "sure", 4, 10)

    assert styles(drawn(year)) == ["vague"]
    assert styles(drawn(longer)) == ["vague", "sure"]


def test_an_unknown_end_is_not_still_going_on() -> None:
    """The tail has a style of its own, told in the legend."""
    drawing = drawn(Span(date(2015, 1, 1), None))

    assert styles(drawing) == ["open", "sure"]
    assert drawing.keys == ("sure", "open")
    assert styles(drawn(Span(None, None))) == ["open"]


def test_a_day_that_a_source_names_stands_out_of_a_longer_time() -> None:
    """It is drawn last, in a style of its own that the legend explains."""
    day = Span(date(2016, 3, 3), date(2016, 3, 3), "shown")
    longer = Span(date(2015, 1, 1), date(2017, 7, 2), "shown")
    drawing = drawn(day, longer)

    assert styles(drawing) == ["shown", "named"]
    assert drawing.keys == ("shown", "named")


def test_a_row_whose_words_do_not_fit_shows_its_name_whole() -> None:
    """Its dates are in its accessible name and in the table."""
    span = Span(date(2015, 1, 1), date(2016, 1, 1))
    note = "; ".join(["3 maart 2015"] * 20)
    long, short = timeline(
        [TimelineRow("Naam", (span,), note), TimelineRow("Kort", (span,), "2015")], "x"
    ).parts

    assert [s.text for s in long.shapes if s.kind == "text"] == ["Naam"]
    assert long.label == f"Naam: {note}"
    assert [s.text for s in short.shapes if s.kind == "text"] == ["Kort: 2015"]


def test_what_lies_outside_is_not_drawn() -> None:
    """A row keeps its words, for the table has them too."""
    drawing = drawn(Span(date(1990, 1, 1), date(1991, 1, 1)))

    assert styles(drawing) == []
    assert drawing.parts[0].label == "Rij"


def test_rows_above_the_cap_are_counted() -> None:
    """Nothing is left out in silence."""
    span = Span(date(2015, 1, 1), date(2016, 1, 1))
    rows = [TimelineRow(str(n), (span,)) for n in range(CAP + 7)]
    numbers = [Bar(str(n), n, str(n)) for n in range(CAP + 7)]
    nodes = [Node(str(n), str(n)) for n in range(CAP + 7)]

    assert timeline(rows, "x").hidden == 7
    assert bars(numbers, "x").hidden == 7
    drawing = network(nodes, [], "x")
    assert len(drawing.parts) + drawing.hidden == CAP + 7


def test_bars_stand_on_zero_and_a_missing_number_has_none() -> None:
    """Negative numbers go to the left; what is not known has words and no bar."""
    drawing = bars(
        [
            Bar("a", -10, "-10"),
            Bar("b", 10, "10"),
            Bar("c", None, "?"),
            Bar("d", float("inf"), "INF"),
        ],
        "x",
    )
    low, high, none, endless = (
        [s for s in part.shapes if s.style.startswith("bar")] for part in drawing.parts
    )

    assert low[0].at["x"] == 0
    assert high[0].at["x"] == low[0].at["width"]
    assert none == endless == []


def test_boxes_of_a_network_never_overlap() -> None:
    """Each box has a row of its own, and each tie two boxes."""
    nodes = [Node(str(n), f"Knoop {n}") for n in range(9)]
    edges = [Edge("0", str(n), "kent", n) for n in range(1, 8)]
    drawing = network(nodes, [*edges, Edge("0", "weg")], "x")
    boxes = [part.shapes[0].at for part in drawing.parts]
    tops = sorted(float(box["y"]) for box in boxes if float(box["x"]) > WIDTH / 2)

    assert len(drawing.backdrop) == 7
    assert all(b - a >= ROW for a, b in pairwise(tops))
    assert network([], [], "leeg").parts == ()


def test_the_same_values_give_the_same_drawing() -> None:
    """A release is cached and compared by its bytes."""
    spans = (Span(date(2015, 1, 1), None), Span(date(2011, 5, 1), date(2012, 5, 1)))

    assert drawn(*spans) == drawn(*spans)


def test_hostile_words_stay_words() -> None:
    """A label is text in the SVG, never an element or a script."""
    evil = '"><script>alert(1)</script><a href="javascript:x">'
    row = TimelineRow(evil, (Span(date(2015, 1, 1), None),), evil, "/doc/x")
    texts = Texts.read()
    app = Flask("server")
    with app.test_request_context():
        html = render_template_string(
            PAGE,
            item=timeline([row], evil),
            t=lambda key, **values: texts.text(key, "nl", **values),
            counted=lambda key, count: texts.counted(key, "nl", count),
        )
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)

    assert parser.errors == []
    assert tree.findall(".//script") == []
    assert [a.get("href") for a in tree.iter() if a.tag.endswith("a")] == ["/doc/x"]
