"""Short marks of sources, for where many stand below each other.

A mark names a document by its kind and its date, and leads to the place in it. Who
follows it reads the whole title there, and where to find the original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from server.views import Link, Passage, Source


class Mark(NamedTuple):
    """A passage or a graph in a few words; `kind` is that of its source."""

    kind: str
    link: Link
    is_passage: bool = False


class Marks(NamedTuple):
    """The first marks of some sources, and how many there are beside them."""

    shown: tuple[Mark, ...]
    left_out: int


def in_order(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return sources by kind and name; those that are called alike, always alike."""
    return tuple(sorted(sources, key=lambda x: (x.kind, x.name.text, repr(x))))


def marks_of(sources: Iterable[Source], most: int) -> Marks:
    """Return short marks of sources, each document once; what it says itself first.

    Graphs that name no document are marked where there is no document to name.
    """
    found: dict[str | None, Mark] = {}
    order = sorted(sources, key=lambda source: source.kind == "derived")
    for source in order:
        for key, mark in _marks(source):
            found.setdefault(key, mark)
    documents = tuple(mark for mark in found.values() if mark.is_passage)
    marks = documents or tuple(found.values())
    return Marks(marks[:most], max(0, len(marks) - most) + _left_out(order))


def _marks(source: Source) -> Iterator[tuple[str | None, Mark]]:
    """Yield the marks of a source, each with what it is about."""
    for passage in source.passages:
        yield passage.document.iri, Mark(source.kind, _place(passage), is_passage=True)
    if not source.passages:
        yield source.graph.iri, Mark(source.kind, source.graph)


def _place(passage: Passage) -> Link:
    """Return a passage in short: the place in the document where there is only one."""
    words, document = passage.short, passage.document
    if len(passage.places) != 1:
        return document._replace(text=words.text, language=words.language)
    place = passage.places[0]
    return place._replace(text=f"{words.text}, {place.text}", language=words.language)


def _left_out(sources: Iterable[Source]) -> int:
    """Return how many documents sources rest on that they do not name at all."""
    return sum(source.left_out for source in sources)
