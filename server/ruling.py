"""What the page of the shapes shows: for each class, the rules its things must meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.terms import Iri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.terms import Term
    from server.naming import Text
    from server.site import Site
    from server.views import Link

_TARGETS: Final = ("sh:targetClass", "sh:targetSubjectsOf", "sh:targetObjectsOf")


@dataclass(frozen=True)
class Rule:
    """A property shape: the property, and what the rule is called, says and weighs."""

    path: Link | None
    name: Text
    description: Text | None
    severity: str


@dataclass(frozen=True)
class Shape:
    """A node shape with its rules, in their order."""

    anchor: str
    name: Text
    description: Text | None
    targets: tuple[Link, ...]
    rules: tuple[Rule, ...]


def shapes_view(site: Site, graph: Iri) -> list[Shape]:
    """Return the node shapes of a graph of shapes, by name."""
    read = _Reader(site, graph)
    return sorted(map(read.shape, read.node_shapes()), key=lambda shape: shape.name)


class _Reader:
    """Reads shapes from their graph."""

    def __init__(self, site: Site, graph: Iri) -> None:
        self._describer = site.describer()
        self._labels = site.vocabulary.labels
        self._store = site.release.store
        self._graph = graph
        self._language = site.language()

    def node_shapes(self) -> Iterator[Iri]:
        """Yield the node shapes."""
        name = self._labels.name
        kind, shape = name("rdf:type"), name("sh:NodeShape")
        for item in self._store.statements(None, kind, shape, self._graph):
            if isinstance(item.subject, Iri):
                yield item.subject

    def shape(self, iri: Iri) -> Shape:
        """Return one node shape."""
        properties = sorted(self._values(iri, "sh:property"), key=self._order)
        return Shape(
            anchor=self._labels.anchor(iri),
            name=self._labels.of(iri, self._language),
            description=self._text(iri, "sh:description"),
            targets=tuple(
                self._describer.term_link(target)
                for path in _TARGETS
                for target in sorted(self._values(iri, path))
            ),
            rules=tuple(self._rule(item) for item in properties),
        )

    def _rule(self, node: Iri) -> Rule:
        path = next(iter(self._values(node, "sh:path")), None)
        severity = next(iter(self._values(node, "sh:severity")), None)
        return Rule(
            path=self._describer.property_link([], path) if path else None,
            name=self._labels.of(node, self._language),
            description=self._text(node, "sh:description")
            or self._text(node, "sh:message"),
            severity=severity.value.rpartition("#")[2] if severity else "Violation",
        )

    def _text(self, node: Iri, prefixed: str) -> Text | None:
        return self._labels.all(node, prefixed, self._language)

    def _order(self, node: Iri) -> tuple[float, str]:
        name = self._labels.name("sh:order")
        found = [item.object.value for item in self._store.statements(node, name)]
        return float(found[0]) if found else 1e9, node.value

    def _values(self, node: Term, prefixed: str) -> list[Iri]:
        name = self._labels.name(prefixed)
        found = self._store.statements(node, name, None, self._graph)
        return [item.object for item in found if isinstance(item.object, Iri)]
