"""Paths through a graph: their steps, the way back, and walking them.

SHACL and SPARQL write the same paths; here they are plain values. See
https://www.w3.org/TR/shacl/#property-paths.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, NamedTuple

from rdflib import BNode, Graph, URIRef
from rdflib import paths as sparql
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from graph.errors import UntraceableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graph.terms import Term

    Follow = Callable[["Step", Term], Iterable[Term]]


class Step(NamedTuple):
    """One property, followed from subject to object, or back."""

    predicate: str
    inverse: bool = False


class Chain(NamedTuple):
    """Paths one after the other; without any, it stays where it is."""

    paths: tuple[Path, ...]


class Either(NamedTuple):
    """Any of some paths."""

    paths: tuple[Path, ...]


class Repeat(NamedTuple):
    """A path, any number of times or not at all."""

    path: Path


Path = Step | Chain | Either | Repeat
Prefix = tuple[Path, ...]


@singledispatch
def inverted(path: object) -> Path:
    """Return the way back."""
    raise TypeError(path)


@inverted.register
def _(path: Step) -> Path:
    return Step(path.predicate, not path.inverse)


@inverted.register
def _(path: Chain) -> Path:
    return Chain(tuple(map(inverted, reversed(path.paths))))


@inverted.register
def _(path: Either) -> Path:
    return Either(tuple(map(inverted, path.paths)))


@inverted.register
def _(path: Repeat) -> Path:
    return Repeat(inverted(path.path))


def steps(path: Path, prefix: Prefix = ()) -> Iterator[tuple[Prefix, Step]]:
    """Yield each step of a path, with the way from the start to where it is taken."""
    if isinstance(path, Step):
        yield prefix, path
    elif isinstance(path, Repeat):
        yield from steps(path.path, (*prefix, path))
    else:
        for part in path.paths:
            yield from steps(part, prefix)
            prefix = (*prefix, part) if isinstance(path, Chain) else prefix


def walk(follow: Follow, path: Path, nodes: set[Term]) -> set[Term]:
    """Return the nodes that a path leads to, by what follows a single step."""
    if isinstance(path, Step):
        return {found for node in nodes for found in follow(path, node)}
    if isinstance(path, Either):
        return {found for part in path.paths for found in walk(follow, part, nodes)}
    if isinstance(path, Chain):
        for part in path.paths:
            nodes = walk(follow, part, nodes) if nodes else nodes
        return nodes
    seen, new = set(nodes), set(nodes)
    while new:
        new = walk(follow, path.path, new) - seen
        seen |= new
    return seen


def from_shapes(shapes: Graph, node: object) -> Path:
    """Return the path that a node of a shapes graph stands for."""
    if isinstance(node, URIRef):
        return Step(str(node))
    if not isinstance(node, BNode):
        raise UntraceableError(f"the path {node}")
    if (node, RDF.first, None) in shapes:
        return Chain(_parts(shapes, node))
    ((kind, value), *_) = shapes.predicate_objects(node)
    if kind == SH.alternativePath:
        return Either(_parts(shapes, value))
    return _modified(str(kind).partition("#")[2], from_shapes(shapes, value))


def _parts(shapes: Graph, node: object) -> tuple[Path, ...]:
    items: Iterable[object] = Collection(shapes, node)  # type: ignore[arg-type]
    return tuple(from_shapes(shapes, item) for item in items)


def from_query(path: object) -> Path:
    """Return the path that the predicate of a pattern in a query stands for."""
    if isinstance(path, URIRef):
        return Step(str(path))
    if isinstance(path, sparql.InvPath):
        return inverted(from_query(path.arg))
    if isinstance(path, sparql.SequencePath):
        return Chain(tuple(map(from_query, path.args)))
    if isinstance(path, sparql.AlternativePath):
        return Either(tuple(map(from_query, path.args)))
    if isinstance(path, sparql.MulPath):
        names = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
        return _modified(names[str(path.mod)], from_query(path.path))
    raise UntraceableError(f"the predicate {path}")


def _modified(kind: str, path: Path) -> Path:
    """Return a path changed as one of SHACL's words for a path says."""
    forms: dict[str, Path] = {
        "inversePath": inverted(path),
        "zeroOrMorePath": Repeat(path),
        "oneOrMorePath": Chain((path, Repeat(path))),
        "zeroOrOnePath": Either((path, Chain(()))),
    }
    return forms[kind]
