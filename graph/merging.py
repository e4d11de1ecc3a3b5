"""Merges named graphs into one, each triple once.

A union of graphs made while a query runs counts a triple as often as it is stated, so
the merged graph is made with the release and becomes the store's default graph. See
https://www.w3.org/TR/rdf11-mt/#dfn-merge.
"""

from collections.abc import Collection


def merge(nquads: bytes, left_out: Collection[str] = ()) -> bytes:
    """Return the triples of canonical N-Quads as sorted N-Triples without repeats.

    `left_out` are the IRIs of graphs whose triples are not merged. Every line must name
    an IRI as its graph.
    """
    names = {name.encode() for name in left_out}
    triples = set()
    for line in nquads.splitlines():
        triple, _, graph = line.rpartition(b" <")
        if graph[:-3] not in names:
            triples.add(triple + b" .\n")
    return b"".join(sorted(triples))
