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

    from graph.store import Store

#: Graphs that are named at the most; above it a derived graph says how many there are.
NAMED: Final = 1_000
_TYPE: Final = "rdf:type"
_NO_TERM: Final = re.compile(r'"[^"]*"|^\s*#.*$', re.MULTILINE)
_PREFIXED: Final = re.compile(r"(?<![\w:?$<-])[a-z][\w-]*:[A-Za-z_][\w-]*")
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


class Uses:
    """Which properties and classes each named graph uses."""

    def __init__(self) -> None:
        """Begin with no graph."""
        self._graphs: dict[str, set[str]] = defaultdict(set)

    @classmethod
    def of(cls, store: Store, without: Sequence[str] = ()) -> Uses:
        """Read what the named graphs of a store use, except some graphs."""
        found = cls()
        for used in ("?s ?term ?o", f"?s <{expand(_TYPE)}> ?term"):
            rows = store.select(
                f"SELECT DISTINCT ?graph ?term {{ GRAPH ?graph {{ {used} }} }}"
            )
            for row in rows:
                if row["graph"].value not in without:
                    found._graphs[row["term"].value].add(row["graph"].value)
        return found

    def add(self, graph: str, lines: Iterable[bytes]) -> None:
        """Take in what a derived graph states, as lines of N-Triples."""
        typed = f"<{expand(_TYPE)}>".encode()
        parts = [line.split(b" ", 2) for line in lines]
        terms = {predicate for _, predicate, _ in parts}
        terms |= {rest.partition(b" ")[0] for _, name, rest in parts if name == typed}
        for term in terms:
            self._graphs[term.decode()[1:-1]].add(graph)

    def graphs(self, terms: Iterable[str]) -> list[str]:
        """Return the graphs that use one of these terms, in order."""
        return sorted(set().union(*(self._graphs.get(term, set()) for term in terms)))
