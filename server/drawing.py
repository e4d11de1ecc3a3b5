"""Draws ties between things: lays out shapes that a template makes SVG of.

`network` takes plain values and gives a `Drawing`, the same one every time;
`_drawings.html` escapes its texts. One unit is a CSS pixel at the drawing's own width.
Boxes are high enough to be aimed at (WCAG 2.5.8), and what is not drawn because of a
cap is counted in `hidden`, never silently left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Width of every drawing; a narrow window scrolls it within its frame.
WIDTH: Final = 760
#: Height of a row of boxes.
ROW: Final = 44
#: More nodes than this are left to the table beside the drawing.
CAP: Final = 60
#: Width of a box of a network, and that of the words which fit in it.
_BOX: Final = 332
_BOX_WORDS: Final = _BOX - 16
#: Widths of letters in Noto Sans, the widest of the fonts that pages ask for.
_WIDTHS: Final = {
    **dict.fromkeys("ijlI.,:;'’!| ", 4.3),
    **dict.fromkeys("frt()[]-–“”", 5.9),
    **dict.fromkeys("mwMW…—@%", 13.0),
}
#: Signs from here on are as wide as they are high.
_SQUARE: Final = "\u2e80"


class Shape(NamedTuple):
    """One shape: `kind` is an element of SVG, `style` a class of the style sheet."""

    kind: str
    style: str
    at: dict[str, float | str]
    text: str = ""


class Part(NamedTuple):
    """Shapes that are one thing to a reader: its name in full, and where it leads."""

    label: str
    shapes: tuple[Shape, ...]
    href: str | None = None


@dataclass(frozen=True)
class Drawing:
    """What is drawn, and what the drawing as a whole is called.

    `hidden` is how many nodes were left out.
    """

    title: str
    height: int
    backdrop: tuple[Shape, ...]
    parts: tuple[Part, ...]
    hidden: int = 0
    width: int = WIDTH


class Tie(NamedTuple):
    """Something that a thing has to do with, and how often."""

    label: str
    href: str | None
    number: int


@dataclass(frozen=True)
class Ego:
    """A thing between what it belongs to and what it met; `hidden` were left out."""

    centre: str
    belongs: tuple[Tie, ...]
    met: tuple[Tie, ...]
    hidden: int = 0


class Node(NamedTuple):
    """A node of a network."""

    key: str
    label: str
    href: str | None = None


class Edge(NamedTuple):
    """A tie between two nodes, by their keys; `weight` makes it thicker."""

    source: str
    target: str
    label: str = ""
    weight: int = 1


def ego(centre: str, belongs: Sequence[Tie], met: Sequence[Tie]) -> Ego:
    """Draw a thing with its ties, half of the cap to each side."""
    shown = belongs[: CAP // 2], met[: CAP // 2]
    hidden = len(belongs) + len(met) - sum(map(len, shown))
    return Ego(centre, tuple(shown[0]), tuple(shown[1]), hidden)


def network(nodes: Sequence[Node], edges: Sequence[Edge], title: str) -> Drawing:
    """Draw ties from left to right; a node that nothing leaves from stands right."""
    known = {node.key: node for node in nodes}
    ties = [e for e in edges if e.source in known and e.target in known]
    sources = {edge.source for edge in ties}
    sides = (
        [node for node in nodes if node.key in sources][: CAP // 2],
        [node for node in nodes if node.key not in sources][: CAP // 2],
    )
    rows = max(1, *(len(side) for side in sides))
    height = ROW * rows + 8
    boxes = {
        node.key: (4.0 + (WIDTH - _BOX - 8) * n, _row_top(place, len(side), rows))
        for n, side in enumerate(sides)
        for place, node in enumerate(side)
    }
    drawn = [e for e in ties if e.source in boxes and e.target in boxes]
    lines = tuple(_edge(boxes[e.source], boxes[e.target], e) for e in drawn)
    parts = tuple(_box(known[key], *place) for key, place in boxes.items())
    return Drawing(title, height, lines, parts, len(known) - len(boxes))


def _row_top(place: int, count: int, rows: int) -> float:
    """Return where a box stands if a side's boxes are spread over all rows."""
    return round(ROW * (rows - count) / 2 + ROW * place + 4, 1)


def _box(node: Node, x: float, y: float) -> Part:
    shapes = (
        rect("box", x, y, _BOX, ROW - 8),
        text("label", x + 10, y + 23, cut(node.label, _BOX_WORDS)),
    )
    return Part(node.label, shapes, node.href)


def _edge(source: tuple[float, float], target: tuple[float, float], tie: Edge) -> Shape:
    """Return a curve from the right of a box to the left of another one.

    Between two boxes of one side it bends out to the middle and back.
    """
    x, y = source[0] + _BOX, source[1] + ROW / 2 - 4
    same = source[0] == target[0]
    end = target[0] + (_BOX if same else 0)
    bottom = target[1] + ROW / 2 - 4
    middle = x + 60 if same else (x + end) / 2
    path = f"M{x} {y}C{middle} {y} {middle} {bottom} {end} {bottom}"
    width = float(min(8, tie.weight))
    return Shape("path", "edge", {"d": path, "stroke-width": width}, tie.label)


def rect(style: str, x: float, y: float, width: float, height: float) -> Shape:
    """Return a rectangle by its upper left corner and its size."""
    at = {"x": x, "y": y, "width": width, "height": height}
    return Shape("rect", style, {key: round(value, 1) for key, value in at.items()})


def text(style: str, x: float, y: float, words: str) -> Shape:
    """Return words that start at a point of their baseline."""
    return Shape("text", style, {"x": round(x, 1), "y": round(y, 1)}, words)


def cut(words: str, room: float) -> str:
    """Return words as far as they fit in a width, whatever letters they have."""
    if sum(map(_width, words)) <= room:
        return words
    ends = accumulate(map(_width, words), initial=_width("…"))
    fitting = sum(1 for end in ends if end <= room) - 1
    return words[:fitting].rstrip() + "…"


def _width(letter: str) -> float:
    """Return about how wide a letter is, rather too wide than too narrow."""
    if letter >= _SQUARE:
        return 14.0
    return _WIDTHS.get(letter) or (10.3 if letter.isupper() else 8.2)
