"""Reads the ontology and the shapes: what properties are called, and in what order.

A page shows the properties of a thing as the shape of its class orders and groups them,
so that adding a class needs no code here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.terms import Iri, Literal
from server.naming import Labels, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.interfaces import ReadableStore
    from graph.terms import Term

    _Values = defaultdict[Term, list[Term]]

_LAST: Final = 10_000.0
#: Order of properties that no shape orders; what is not here comes last.
_USUAL: Final = {
    "skos:prefLabel": -4.0,
    "foaf:name": -3.0,
    "skos:altLabel": -2.0,
    "rdf:type": -1.0,
}


class Place(NamedTuple):
    """Where a property stands on a page: the order of its group, and its own."""

    group_order: float
    group: Iri | None
    order: float


@dataclass(frozen=True)
class PropertyShape:
    """What a shape says about the display of one property of one class."""

    shape: Iri
    place: Place


class Vocabulary:
    """The ontology and the shapes of a release, as pages need them."""

    def __init__(self, store: ReadableStore, base: str) -> None:
        """Keep what is read from it when it is asked for."""
        self.labels = Labels(store, base)
        self._store = store
        self._name = self.labels.name
        self.inverses = cache(self._find_inverses)
        self.defines = cache(self._has_definition)

    def place(self, classes: Iterable[Iri], path: Iri) -> Place:
        """Return where a property of a thing of these classes stands."""
        shape = self._shape(classes, path)
        if shape:
            return shape.place
        usual = {self._name(key): order for key, order in _USUAL.items()}
        order = usual.get(path, _LAST)
        return Place(0.0 if order < 0 else _LAST, None, order)

    def property_name(self, classes: Iterable[Iri], path: Iri, language: str) -> Text:
        """Return what a property is called on things of these classes."""
        shape = self._shape(classes, path)
        named = self.labels.found(shape.shape, language) if shape else None
        return named or self.labels.of(path, language)

    def _has_definition(self, term: Iri) -> bool:
        """Tell whether the ontology says what a term is."""
        definition = self._name("skos:definition")
        return next(self._store.statements(term, definition), None) is not None

    def _find_inverses(self, path: Iri) -> set[Iri]:
        """Return the properties that say the same the other way round."""
        inverse = self._name("owl:inverseOf")
        forth = {s.object for s in self._store.statements(path, inverse)}
        back = {s.subject for s in self._store.statements(None, inverse, path)}
        return {item for item in forth | back if isinstance(item, Iri)}

    @cached_property
    def _shapes(self) -> dict[tuple[Iri, Iri], PropertyShape]:
        return dict(self._property_shapes())

    def _shape(self, classes: Iterable[Iri], path: Iri) -> PropertyShape | None:
        found = (self._shapes.get((item, path)) for item in classes)
        return next((shape for shape in found if shape), None)

    def _property_shapes(self) -> Iterable[tuple[tuple[Iri, Iri], PropertyShape]]:
        targets, properties, paths, groups, orders = (
            self._values(name)
            for name in (
                "sh:targetClass",
                "sh:property",
                "sh:path",
                "sh:group",
                "sh:order",
            )
        )
        for shape, cls in sorted(
            ((shape, cls) for shape, found in targets.items() for cls in found), key=str
        ):
            for node in properties[shape]:
                place = _place(node, groups, orders)
                for path in paths[node]:
                    if isinstance(cls, Iri) and isinstance(path, Iri):
                        yield (cls, path), PropertyShape(Iri(node.value), place)

    def _values(self, prefixed: str) -> _Values:
        """Return the values of a property by subject, each once and in order."""
        found: defaultdict[Term, set[Term]] = defaultdict(set)
        for item in self._store.statements(None, self._name(prefixed)):
            found[item.subject].add(item.object)
        ordered = {node: sorted(values, key=str) for node, values in found.items()}
        return defaultdict(list, ordered)


def _place(node: Term, groups: _Values, orders: _Values) -> Place:
    group = next(iter(groups[node]), None)
    return Place(
        _order(orders[group]) if group else _LAST,
        group if isinstance(group, Iri) else None,
        _order(orders[node]),
    )


def _order(values: Iterable[Term]) -> float:
    found = (float(item.value) for item in values if isinstance(item, Literal))
    return min(found, default=_LAST)
