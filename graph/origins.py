"""Tells which named graphs a rule reads: those that state what its patterns ask for.

A pattern of the rules names its property, or the class of a type, so a rule can only
read a graph that uses one of these. `tests/graph` compares this with what rdflib makes
of each rule.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graph.namespaces import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Graphs that are named at the most; above it a derived graph says how many there are.
NAMED: Final = 1_000
_TYPE: Final = "rdf:type"
_TYPING: Final = f"<{expand(_TYPE)}>".encode()
_NO_TERM: Final = re.compile(r'"[^"]*"|^\s*#.*$', re.MULTILINE)
_PREFIXED: Final = re.compile(r"(?<![\w:?$<-])[a-z][\w-]*:[A-Za-z_][\w-]*")
#: Where a query asks of a named graph, or lists what it may ask.
_ASKED: Final = re.compile(r"\b(?:GRAPH\s+\S+|VALUES\s[^{]*)\s*\{")
_TYPED_BY_VARIABLE: Final = re.compile(r"\sa\s+\?")


def terms_read(query: str, base: str) -> set[str]:
    """Return the IRIs that the patterns of a CONSTRUCT name, as `expand` has them.

    The class `rdf:type` is among them where a pattern asks for types of any kind.
    """
    patterns = _NO_TERM.sub("", query.partition("WHERE")[2])
    found = {expand(name, base) for name in _PREFIXED.findall(patterns)}
    if _TYPED_BY_VARIABLE.search(patterns):
        found.add(expand(_TYPE))
    return found


def terms_within_graphs(query: str, base: str) -> set[str]:
    """Return the IRIs that a query names where it asks of named graphs.

    They hold every property that it asks there, with `rdf:type` in any case.
    """
    text = _NO_TERM.sub("", query)
    asked = "".join(_block(text, found.end()) for found in _ASKED.finditer(text))
    return {expand(name, base) for name in (_TYPE, *_PREFIXED.findall(asked))}


def _block(text: str, start: int) -> str:
    """Return what stands before the brace that closes the one before `start`."""
    depth, end = 1, start
    while depth and end < len(text):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    return text[start:end]


class Uses:
    """Which properties and classes each named graph uses."""

    def __init__(self) -> None:
        """Begin with no graph."""
        self._graphs: dict[str, set[str]] = defaultdict(set)

    @classmethod
    def of(cls, lines: Iterable[bytes], without: Sequence[str] = ()) -> Uses:
        """Read what the named graphs of N-Quads use, except some graphs."""
        left_out = {f"<{name}>".encode() for name in without}
        found: set[tuple[bytes, bytes]] = set()
        for line in lines:
            _, predicate, rest = line.split(b" ", 2)
            graph = rest[:-3].rpartition(b" ")[2]
            found.add((predicate, graph))
            if predicate == _TYPING:
                found.add((rest.partition(b" ")[0], graph))
        uses = cls()
        for term, graph in found:
            if graph not in left_out:
                uses._graphs[_iri(term)].add(_iri(graph))
        return uses

    def add(self, graph: str, lines: Iterable[bytes]) -> None:
        """Take in what a derived graph states, as lines of N-Triples."""
        parts = [line.split(b" ", 2) for line in lines]
        terms = {predicate for _, predicate, _ in parts}
        terms |= {rest.partition(b" ")[0] for _, name, rest in parts if name == _TYPING}
        for term in terms:
            self._graphs[_iri(term)].add(graph)

    def graphs(self, terms: Iterable[str]) -> list[str]:
        """Return the graphs that use one of these terms, in order."""
        return sorted(set().union(*(self._graphs.get(term, set()) for term in terms)))


def _iri(term: bytes) -> str:
    return term[1:-1].decode()
