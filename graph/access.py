"""Tells from the shapes what validating a node reads, and so whom a change can affect.

An access is a way from the focus node and the property read where it ends. When a
result at a node differs between two graphs, the first read that differs was reached by
triples that did not change; so walking the way back from a changed triple, in the new
graph, leads to the node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from rdflib import Graph, Literal
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH

from graph.errors import UntraceableError
from graph.steps import Prefix, Step, from_shapes, steps
from graph.tracing import trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

TYPE: Final = str(RDF.type)
SUBCLASS: Final = str(RDFS.subClassOf)
_PAIRS: Final = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
_NESTED: Final = (SH.node, SH["not"], SH.qualifiedValueShape)
_LISTED: Final = (SH["and"], SH["or"], SH.xone)
#: What reads more than can be told here, or reports on other nodes than the focus.
_UNTOLD: Final = (SH.js, SH.rule, SH.expression, SH.qualifiedValueShapesDisjoint)
_PATH: Final = "$PATH"


class Access(NamedTuple):
    """What is read: at the end of `prefix` a property, or any if `step` is None.

    `kind` says what part of a shape reads it.
    """

    prefix: Prefix
    step: Step | None
    kind: str


@dataclass(frozen=True)
class Targeted:
    """A shape with targets: how its focus nodes are found, and what it reads of one.

    `selects` tells that a query finds them; its reads are among the accesses.
    """

    shape: str
    classes: frozenset[str]
    nodes: frozenset[str]
    subjects_of: frozenset[str]
    objects_of: frozenset[str]
    selects: bool
    accesses: frozenset[Access]


@dataclass(frozen=True)
class Analysis:
    """What every shape with targets reads; `untold` says of which it is unknown."""

    shapes: tuple[Targeted, ...]
    untold: dict[str, str]


def analyse(shapes: Graph) -> Analysis:
    """Analyse a shapes graph."""
    found, untold = [], {}
    if (None, RDF.type, SH.ConstraintComponent) in shapes:
        untold["sh:ConstraintComponent"] = "A component of constraints is declared."
    reader = _Reader(shapes)
    for shape in _targeted(shapes):
        try:
            found.append(reader.read(shape))
        except UntraceableError as error:
            untold[str(shape)] = error.message
    return Analysis(tuple(found), untold)


def _targeted(shapes: Graph) -> list[Node]:
    """Return the shapes that have a target, by IRI."""
    predicates = (
        SH.targetClass,
        SH.targetNode,
        SH.targetSubjectsOf,
        SH.targetObjectsOf,
        SH.target,
    )
    found = {shape for item in predicates for shape in shapes.subjects(item)}
    classes = set(shapes.subjects(RDF.type, RDFS.Class))
    return sorted(
        found | (classes & set(shapes.subjects(RDF.type, SH.NodeShape))), key=str
    )


class _Reader:
    """Reads the accesses of shapes from their graph."""

    def __init__(self, shapes: Graph) -> None:
        self.shapes = shapes
        self.prologue = "".join(
            f"PREFIX {shapes.value(item, SH.prefix)}: "
            f"<{shapes.value(item, SH.namespace)}>\n"
            for item in shapes.objects(None, SH.declare)
        )

    def read(self, shape: Node) -> Targeted:
        """Return a shape with its targets and accesses."""
        own = {shape} if (shape, RDF.type, RDFS.Class) in self.shapes else set()
        targets = list(self.shapes.objects(shape, SH.target))
        accesses = set(self._shape(shape, (), "", ()))
        for target in targets:
            accesses |= set(self._query(target, (), "target"))
        return Targeted(
            str(shape),
            self._names(shape, SH.targetClass) | frozenset(map(str, own)),
            self._names(shape, SH.targetNode),
            self._names(shape, SH.targetSubjectsOf),
            self._names(shape, SH.targetObjectsOf),
            bool(targets),
            frozenset(accesses),
        )

    def _names(self, shape: Node, predicate: Node) -> frozenset[str]:
        return frozenset(map(str, self.shapes.objects(shape, predicate)))

    def _shape(
        self, shape: Node, prefix: Prefix, kind: str, within: tuple[Node, ...]
    ) -> Iterator[Access]:
        """Yield what a shape reads of a node at the end of a prefix."""
        if shape in within:
            raise UntraceableError(f"{shape}, which refers back to itself")
        for predicate in _UNTOLD:
            if (shape, predicate, None) in self.shapes:
                raise UntraceableError(f"{predicate} of {shape}")
        values, within = prefix, (*within, shape)
        for node in self.shapes.objects(shape, SH.path):
            path = from_shapes(self.shapes, node)
            values = (*prefix, path)
            yield from (Access(*read, kind or "path") for read in steps(path, prefix))
        yield from self._own(shape, prefix, values, kind)
        for constraint in self.shapes.objects(shape, SH.sparql):
            yield from self._query(constraint, prefix, kind or "constraint")
        yield from self._parts(shape, values, kind, within)

    def _own(
        self, shape: Node, prefix: Prefix, values: Prefix, kind: str
    ) -> Iterator[Access]:
        """Yield what the shape's own constraints read, beside the values."""
        for predicate in _PAIRS:
            for other in self.shapes.objects(shape, predicate):
                yield Access(prefix, Step(str(other)), kind or "pair")
        if (shape, SH["class"], None) in self.shapes:
            yield Access(values, Step(TYPE), kind or "class")
        if self.shapes.value(shape, SH.closed) == Literal(True):  # noqa: FBT003  RDF's own true
            yield Access(values, None, kind or "closed")

    def _parts(
        self, shape: Node, values: Prefix, kind: str, within: tuple[Node, ...]
    ) -> Iterator[Access]:
        """Yield what the shapes read that a shape refers to."""
        for inner in self.shapes.objects(shape, SH.property):
            if (shape, SH.path, None) in self.shapes:
                raise UntraceableError(f"a property shape within {shape}")
            yield from self._shape(inner, values, kind, within)
        for predicate in _NESTED:
            for inner in self.shapes.objects(shape, predicate):
                yield from self._shape(inner, values, "nested", within)
        for predicate in _LISTED:
            for items in self.shapes.objects(shape, predicate):
                for inner in Collection(self.shapes, items):
                    yield from self._shape(inner, values, "nested", within)

    def _query(self, node: Node, prefix: Prefix, kind: str) -> Iterator[Access]:
        """Yield what a query of a target or a constraint reads."""
        text = self.shapes.value(node, SH.select)
        if text is None or _PATH in str(text):
            raise UntraceableError(f"{node}, which is no query of $this alone")
        query = self.prologue + str(text).replace("$", "?")
        for way, step in trace(query):
            yield Access(prefix + way, step, kind)
