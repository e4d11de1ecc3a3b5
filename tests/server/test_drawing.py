"""Drawings of ties: each box can be told from the others, and nothing runs."""

from __future__ import annotations

from itertools import pairwise

import html5lib
import pytest
from flask import Flask, render_template_string

from server.drawing import CAP, ROW, WIDTH, Edge, Node, network
from server.texts import Texts

PAGE = (
    '{% import "_drawings.html" as drawings %}'
    "<!doctype html><title>x</title>{{ drawings.drawing(item, t, counted) }}"
)


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


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Koning in Noord-Holland", "Koning in Noord-Holland"),
        ("i" * 200, "i" * 70 + "…"),
        ("W" * 200, "W" * 23 + "…"),
        ("桌" * 200, "桌" * 21 + "…"),
    ],
)
def test_a_name_is_cut_where_its_box_ends(words: str, wanted: str) -> None:
    """By the room of its letters; the whole name stands beside it."""
    drawing = network([Node("a", words)], [], "x")
    (part,) = drawing.parts

    assert part.shapes[1].text == wanted
    assert part.label == words


def test_nodes_above_the_cap_are_counted() -> None:
    """Nothing is left out in silence."""
    drawing = network([Node(str(n), str(n)) for n in range(CAP + 7)], [], "x")

    assert len(drawing.parts) + drawing.hidden == CAP + 7


def test_hostile_words_stay_words() -> None:
    """A label is text in the SVG, never an element or a script."""
    evil = '"><script>alert(1)</script><a href="javascript:x">'
    texts = Texts.read()
    app = Flask("server")
    with app.test_request_context():
        html = render_template_string(
            PAGE,
            item=network([Node("a", evil, "/doc/x")], [], evil),
            t=lambda key, **values: texts.text(key, "nl", **values),
            counted=lambda key, count: texts.counted(key, "nl", count),
        )
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)

    assert parser.errors == []
    assert tree.findall(".//script") == []
    assert [a.get("href") for a in tree.iter() if a.tag.endswith("a")] == ["/doc/x"]
