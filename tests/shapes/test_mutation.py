"""What a shape demands is missed when it is taken away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from rdflib import RDF, RDFS, Graph, Literal
from rdflib.namespace import SH

from graph.namespaces import expand
from graph.paths import ONTOLOGY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rdflib.term import Node

    Validate = Callable[[str, Mapping[str, str]], dict[str, set[tuple[str, ...]]]]
    Triple = tuple[Node, Node, Node]

CASES: Final = Path(__file__).parent / "cases"
_TAGS: Final = {"ovlsh:DutchText": "nl", "ovlsh:EnglishText": "en"}


class Demand(NamedTuple):
    """So many values of a path, in one language or any, for nodes of some classes."""

    shape: str
    path: Node
    least: int
    language: str | None
    classes: set[Node]

    def asks_for(self, value: Node) -> bool:
        """Tell whether a value is one of those demanded."""
        tag = value.language if isinstance(value, Literal) else None
        return self.language in {None, tag}


@pytest.fixture(scope="module")
def demands(shapes: Graph) -> list[Demand]:
    """Return every demand that the shapes make on nodes of a class."""
    classes = Graph()
    for path in ONTOLOGY.glob("*.ttl"):
        classes.parse(path)
    return list(_demands(shapes, classes))


def test_a_demand_is_missed_when_its_triple_goes(
    demands: list[Demand], validate_apart: Validate
) -> None:
    """Taking away a triple that a shape demands breaks that shape."""
    mutants: dict[str, str] = {}
    expected: dict[str, set[str]] = {}
    for text in {path.read_text() for path in CASES.glob("*/conforms-*.ttl")}:
        case = Graph().parse(data=text, format="turtle")
        for triple in sorted(case, key=str):
            missed = {item.shape for item in demands if _misses(case, triple, item)}
            if missed:
                name = str(len(mutants))
                mutants[name] = _without(case, triple)
                expected[name] = missed

    found = validate_apart("shacl", mutants)

    assert mutants
    assert [
        (name, missed, found[name])
        for name, missed in expected.items()
        if not missed <= {shape for _, _, shape, _ in found[name]}
    ] == []


def test_every_demand_was_tried(demands: list[Demand]) -> None:
    """Some conforming case holds a triple for each demand that the shapes make."""
    case = Graph()
    for path in CASES.glob("*/conforms-*.ttl"):
        case.parse(path)
    tried = {
        item.shape
        for item in demands
        for subject, value in case.subject_objects(item.path)
        if _is_bound(case, subject, item) and item.asks_for(value)
    }

    assert tried == {item.shape for item in demands}


def _demands(shapes: Graph, classes: Graph) -> Iterator[Demand]:
    tags = {expand(name): tag for name, tag in _TAGS.items()}
    for node, shape in shapes.subject_objects(SH.property):
        targets: set[Node] = {
            narrower
            for klass in shapes.objects(node, SH.targetClass)
            for narrower in classes.transitive_subjects(RDFS.subClassOf, klass)
            if narrower is not None
        }
        inner = shapes.value(shape, SH.qualifiedValueShape)
        count = shapes.value(shape, SH.minCount) or shapes.value(
            shape, SH.qualifiedMinCount
        )
        path = shapes.value(shape, SH.path)
        if targets and count is not None and path is not None:
            language = tags.get(str(inner))
            yield Demand(str(shape), path, int(str(count)), language, targets)


def _is_bound(case: Graph, subject: Node, demand: Demand) -> bool:
    return not demand.classes.isdisjoint(case.objects(subject, RDF.type))


def _misses(case: Graph, triple: Triple, demand: Demand) -> bool:
    """Tell whether a demand is no longer met once a triple has gone."""
    subject, predicate, gone = triple
    if predicate != demand.path or not demand.asks_for(gone):
        return False
    values = [
        item for item in case.objects(subject, predicate) if demand.asks_for(item)
    ]
    return _is_bound(case, subject, demand) and len(values) <= demand.least


def _without(case: Graph, triple: Triple) -> str:
    rest = Graph()
    for kept in case:
        if kept != triple:
            rest.add(kept)
    return rest.serialize(format="nt")
