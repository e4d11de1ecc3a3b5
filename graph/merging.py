"""Merges named graphs into one, each triple once.

A union of graphs made while a query runs counts a triple as often as it is stated, so
the merged graph is made with the release and becomes the store's default graph. See
https://www.w3.org/TR/rdf11-mt/#dfn-merge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


def merge(nquads: bytes, left_out: Collection[str] = ()) -> bytes:
    """Return the triples of sorted N-Quads as sorted N-Triples without repeats."""
    return b"".join(merge_lines(nquads.splitlines(keepends=True), left_out))


def merge_lines(
    lines: Iterable[bytes], left_out: Collection[str] = ()
) -> Iterator[bytes]:
    """Yield the triples of sorted lines of N-Quads as lines of N-Triples, each once.

    `left_out` are the IRIs of graphs whose triples are not merged. Every line must name
    an IRI as its graph. In sorted N-Quads the lines of a triple stand together, because
    they begin alike, so one line is all that is kept.
    """
    names = {f"{name}> .\n".encode() for name in left_out}
    last = b""
    for line in lines:
        triple, _, graph = line.rpartition(b" <")
        if triple != last and graph not in names:
            yield triple + b" .\n"
            last = triple
