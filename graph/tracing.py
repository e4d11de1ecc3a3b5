"""Traces what a query reads, outwards from the node that it is about.

The answer of a query about `?this` can be told from a part of the graph when every
pattern is connected to `?this` through constant properties. Each part of the algebra,
https://www.w3.org/TR/sparql11-query/#sparqlAlgebra, is visited with the variables that
are certainly bound there, and the way by which each is reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rdflib import BNode, Variable
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from graph.errors import UntraceableError
from graph.steps import Chain, Either, Prefix, Step, from_query, inverted, steps

if TYPE_CHECKING:
    from collections.abc import Callable

    Reached = dict[object, Prefix]
    Read = tuple[Prefix, Step]

#: What stands for something in a pattern; a blank node does so without a name.
_NAMES: Final = (Variable, BNode)
_EXISTS: Final = ("Builtin_EXISTS", "Builtin_NOTEXISTS")


def trace(query: str) -> list[Read]:
    """Return what a SELECT of `?this` reads; UntraceableError if that is not bounded.

    Each read is a way from `?this` and the property that is read where it ends.
    """
    tracer = _Tracer()
    tracer.visit(translateQuery(parseQuery(query)).algebra, {Variable("this"): ()})
    return list(dict.fromkeys(tracer.reads))


class _Tracer:
    """Visits a query's algebra and collects what it reads."""

    def __init__(self) -> None:
        self.reads: list[Read] = []
        self._visits: dict[str, Callable[[CompValue, Reached], Reached]] = {
            "AggregateJoin": self._inner,
            "BGP": self._patterns,
            "Distinct": self._inner,
            "Extend": self._filtered,
            "Filter": self._filtered,
            "Group": self._grouped,
            "Join": self._joined,
            "LeftJoin": self._optional,
            "Project": self._projected,
            "Reduced": self._inner,
            "SelectQuery": self._inner,
            "ToMultiSet": self._inner,
            "Union": self._alternatives,
        }

    def visit(self, node: CompValue, known: Reached) -> Reached:
        """Collect what a part reads; return the variables that it certainly binds."""
        if node.name not in self._visits:
            raise UntraceableError(f"its {node.name}")
        return self._visits[node.name](node, known)

    def _inner(self, node: CompValue, known: Reached) -> Reached:
        return self.visit(node.p, known)

    def _projected(self, node: CompValue, known: Reached) -> Reached:
        bound = self.visit(node.p, _only(known, node.PV))
        return _only(bound, node.PV)

    def _grouped(self, node: CompValue, known: Reached) -> Reached:
        """Keep to the keys: a group holds whatever shares them."""
        keys = node.expr or []
        return _only(self.visit(node.p, _only(known, keys)), keys)

    def _filtered(self, node: CompValue, known: Reached) -> Reached:
        bound = self.visit(node.p, known)
        self._expression(node.expr, bound)
        return bound

    def _optional(self, node: CompValue, known: Reached) -> Reached:
        bound = self.visit(node.p1, known)
        more = self.visit(node.p2, bound)
        self._expression(node.expr, bound | more)
        return bound

    def _alternatives(self, node: CompValue, known: Reached) -> Reached:
        one, other = self.visit(node.p1, known), self.visit(node.p2, known)
        return {
            name: (Either((Chain(one[name]), Chain(other[name]))),)
            for name in one.keys() & other.keys()
        }

    def _joined(self, node: CompValue, known: Reached) -> Reached:
        """Visit the parts of a join in an order in which each is connected."""
        waiting = _conjuncts(node)
        bound: Reached = {}
        while waiting:
            for part in waiting:
                before = len(self.reads)
                try:
                    bound |= self.visit(part, known | bound)
                except UntraceableError:
                    del self.reads[before:]
                else:
                    waiting.remove(part)
                    break
            else:
                raise UntraceableError("a part that is not connected to ?this")
        return bound

    def _patterns(self, node: CompValue, known: Reached) -> Reached:
        """Follow triple patterns from what is reached, forwards where it can be."""
        reached, waiting = dict(known), list(node.triples or [])
        bound: Reached = {}
        while waiting:
            found = min(waiting, key=lambda item: _distance(item, reached))
            if _distance(found, reached) == _UNREACHED:
                raise UntraceableError("a pattern that is not connected to ?this")
            waiting.remove(found)
            subject, predicate, value = found
            path = from_query(predicate)
            if subject in reached:
                start, end, way = subject, value, path
            else:
                start, end, way = value, subject, inverted(path)
            self.reads += steps(way, reached[start])
            if isinstance(end, _NAMES):
                reached.setdefault(end, (*reached[start], way))
            bound |= {n: reached[n] for n in (start, end) if isinstance(n, _NAMES)}
        return bound

    def _expression(self, part: Any, bound: Reached) -> None:  # noqa: ANN401  a tree
        """Visit the graph patterns within an expression."""
        if isinstance(part, CompValue) and part.name in _EXISTS:
            self.visit(part.graph, bound)
        elif isinstance(part, CompValue):
            for inner in part.values():
                self._expression(inner, bound)
        elif isinstance(part, list):
            for inner in part:
                self._expression(inner, bound)


_UNREACHED: Final = 3


def _distance(pattern: tuple[object, ...], reached: Reached) -> int:
    """Rank a pattern: both ends reached, its subject, its object, neither."""
    subject, _, value = pattern
    ends = subject in reached, value in reached
    return (_UNREACHED, 2, 1, 0)[ends[0] * 2 + ends[1]]


def _only(reached: Reached, names: list[Variable]) -> Reached:
    return {name: reached[name] for name in names if name in reached}


def _conjuncts(node: CompValue) -> list[CompValue]:
    """Return the parts of nested joins, the triple patterns as one part and first."""
    if node.name != "Join":
        return [node]
    parts = _conjuncts(node.p1) + _conjuncts(node.p2)
    triples = [item for part in parts if part.name == "BGP" for item in part.triples]
    others = [part for part in parts if part.name != "BGP"]
    return ([CompValue("BGP", triples=triples)] if triples else []) + others
