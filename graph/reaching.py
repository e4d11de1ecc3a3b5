"""Finds whom a change can affect, and exactly the triples that validating them reads.

Both follow the accesses that `graph.access` takes from the shapes, the one backwards
and the other forwards, in the graph as it is after the change.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from graph.access import SUBCLASS, TYPE
from graph.steps import Step, inverted, walk
from graph.terms import Iri, Literal, Statement, Term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from graph.access import Access, Analysis, Targeted
    from graph.steps import Prefix
    from graph.store import Store

    Changed = dict[str, list[Statement]]


class Reader:
    """Reads a graph along accesses, each step of a node once."""

    def __init__(self, analysis: Analysis, store: Store) -> None:
        """Keep the analysis, and the store whose default graph is read."""
        self._shapes = analysis.shapes
        self._store = store
        self._read: dict[tuple[Term, Step | None], list[Statement]] = {}

    def affected(self, changed: Collection[Statement]) -> set[Term]:
        """Return the nodes whose results triples can affect that are new or gone.

        A node counts if a shape targets it, or did so until a triple went.
        """
        by_name: Changed = {}
        for item in changed:
            by_name.setdefault(item.predicate.value, []).append(item)
        found: set[Term] = set()
        walked: dict[tuple[Prefix, Step | None], set[Term]] = {}
        for shape in self._shapes:
            near: set[Term] = set()
            for access in shape.accesses:
                key = access.prefix, access.step
                if key not in walked:
                    walked[key] = self._back(access, by_name)
                near |= walked[key]
            found |= {node for node in near - found if self._is_target(shape, node)}
            found |= set(self._members(shape, by_name))
        return found

    def reads(self, nodes: Collection[Term]) -> set[Statement]:
        """Return the triples that validating some nodes reads."""
        ends: dict[tuple[frozenset[Term], Prefix], set[Term]] = {}
        found = set(self._classes) | {
            item for node in nodes for item in self._at(Step(TYPE), node)
        }
        for shape in self._shapes:
            focus = frozenset(node for node in nodes if self._is_target(shape, node))
            if not focus:
                continue
            for name in shape.subjects_of:
                found |= self._all(Step(name), focus)
            for name in shape.objects_of:
                found |= self._all(Step(name, inverse=True), focus)
            for access in shape.accesses:
                there = self._ends(ends, focus, access.prefix)
                found |= self._all(access.step, there)
        return found

    def _all(self, step: Step | None, nodes: Iterable[Term]) -> set[Statement]:
        return {item for node in nodes for item in self._at(step, node)}

    def _at(self, step: Step | None, node: Term) -> list[Statement]:
        """Return what a step reads at a node, or all about it."""
        key = node, step
        if key not in self._read:
            self._read[key] = list(self._look_up(step, node))
        return self._read[key]

    def _look_up(self, step: Step | None, node: Term) -> Iterable[Statement]:
        predicate = Iri(step.predicate) if step else None
        if step and step.inverse:
            return self._store.statements(None, predicate, node, graph=None)
        if isinstance(node, Literal):
            return ()
        return self._store.statements(node, predicate, None, graph=None)

    def _follow(self, step: Step, node: Term) -> list[Term]:
        found = self._at(step, node)
        return [item.subject if step.inverse else item.object for item in found]

    def _ends(
        self,
        known: dict[tuple[frozenset[Term], Prefix], set[Term]],
        nodes: frozenset[Term],
        prefix: Prefix,
    ) -> set[Term]:
        """Return where a prefix leads, keeping what each part of it led to."""
        if not prefix:
            return set(nodes)
        key = nodes, prefix
        if key not in known:
            before = self._ends(known, nodes, prefix[:-1])
            known[key] = walk(self._follow, prefix[-1], before)
        return known[key]

    def _back(self, access: Access, changed: Changed) -> set[Term]:
        """Return the nodes whose access reads a changed triple."""
        step = access.step
        names = changed if step is None else {step.predicate} & changed.keys()
        nodes: set[Term] = {
            item.object if step and step.inverse else item.subject
            for name in names
            for item in changed[name]
        }
        for path in reversed(access.prefix):
            nodes = walk(self._follow, inverted(path), nodes) if nodes else nodes
        return nodes

    def _members(self, shape: Targeted, changed: Changed) -> Iterator[Term]:
        """Yield the nodes that changed triples may have made or unmade a target."""
        for item in changed.get(TYPE, ()):
            if item.object.value in self._below(shape):
                yield item.subject
        for name in shape.subjects_of:
            yield from (item.subject for item in changed.get(name, ()))
        for name in shape.objects_of:
            yield from (item.object for item in changed.get(name, ()))

    def _is_target(self, shape: Targeted, node: Term) -> bool:
        """Tell whether a shape targets a node, or may do so by a query."""
        if shape.selects or node.value in shape.nodes:
            return True
        if shape.classes:
            below = self._below(shape)
            if any(item.object.value in below for item in self._at(Step(TYPE), node)):
                return True
        ways = [Step(name) for name in shape.subjects_of]
        ways += [Step(name, inverse=True) for name in shape.objects_of]
        return any(self._at(way, node) for way in ways)

    def _below(self, shape: Targeted) -> set[str]:
        """Return the classes that a shape targets, with all that are narrower."""
        if shape.classes not in self._narrower:
            found, waiting = set(shape.classes), list(shape.classes)
            while waiting:
                broad = waiting.pop()
                new = {
                    item.subject.value
                    for item in self._classes
                    if item.object.value == broad
                } - found
                found |= new
                waiting += new
            self._narrower[shape.classes] = found
        return self._narrower[shape.classes]

    @cached_property
    def _narrower(self) -> dict[frozenset[str], set[str]]:
        return {}

    @cached_property
    def _classes(self) -> list[Statement]:
        """Return the axioms of classes, which every validation reads."""
        found = self._store.statements(None, Iri(SUBCLASS), graph=None)
        return list(found)
