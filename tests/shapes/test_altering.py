"""What a shape forbids is found when a value is doubled, or points elsewhere.

Each triple of each conforming case is doubled by a second value, made to point at a
thing that nothing is known of, made a value of another kind, and put in a third
language. Rules, which hold between several things, have cases of their own instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH

from graph.paths import ONTOLOGY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rdflib.term import Node

    Validate = Callable[[str, Mapping[str, str]], dict[str, set[tuple[str, ...]]]]

CASES: Final = Path(__file__).parent / "cases"
NOWHERE: Final = URIRef("https://elders.example/niets")
OTHER_KIND: Final = Literal("P1D", datatype=XSD.duration)
#: By parameter of a shape: the changes of a value that break it.
BROKEN_BY: Final = {
    SH["class"]: ("elsewhere", "other kind"),
    SH.datatype: ("elsewhere", "other kind"),
    SH["in"]: ("elsewhere", "other kind"),
    SH.languageIn: ("elsewhere", "other kind", "other language"),
    SH.maxCount: ("doubled",),
    SH.minInclusive: ("elsewhere", "other kind"),
    SH.node: ("elsewhere", "other kind"),
    SH.nodeKind: ("elsewhere", "other kind"),
    SH.pattern: ("elsewhere", "other kind"),
    SH.uniqueLang: ("doubled",),
}
#: By shape and parameter: why no change of one value in any case can break it.
EXCEPTIONS: Final = {
    ("OrganizationShape-purpose", "nodeKind"): "only a node without IRI breaks it",
    ("WithdrawnShape-type", "maxCount"): "no value may be there to alter",
}
#: By datatype: another value of it.
_OTHERS: Final[dict[URIRef | None, str]] = {
    XSD.integer: "4711",
    XSD.date: "1999-12-31",
}
#: By kind of node: the changes that make a value another kind.
_KINDS: Final[dict[Node, tuple[str, ...]]] = {
    SH.IRI: ("other kind",),
    SH.Literal: ("elsewhere",),
}


class Ban(NamedTuple):
    """What a property shape forbids for nodes of some classes, or with a property."""

    shape: str
    parameter: URIRef
    path: Node
    value: Node
    classes: frozenset[Node]
    properties: frozenset[Node]

    @property
    def name(self) -> tuple[str, str]:
        """Return the shape and the parameter in short."""
        return self.shape.partition("#")[2], self.parameter.partition("#")[2]


@pytest.fixture(scope="module")
def bans(shapes: Graph) -> list[Ban]:
    """Return all that the property shapes forbid."""
    classes = Graph()
    for path in ONTOLOGY.glob("*.ttl"):
        classes.parse(path)
    return list(_bans(shapes, classes))


@pytest.fixture(scope="module")
def altered(bans: list[Ban]) -> dict[str, tuple[str, set[Ban]]]:
    """Return every altered case that breaks a shape, and what it breaks."""
    found: dict[str, tuple[str, set[Ban]]] = {}
    texts = {
        path.read_text(encoding="utf-8") for path in CASES.glob("*/conforms-*.ttl")
    }
    for text in sorted(texts):
        case = Graph().parse(data=text, format="turtle")
        lines = {triple: _line(*triple) for triple in case}
        for triple, line in lines.items():
            bound = [ban for ban in bans if _is_bound(case, triple, ban)]
            for change, value in _changes(triple[2]):
                broken = {ban for ban in bound if _breaks(case, triple, ban, change)}
                if broken:
                    kept = [own for own in lines.values() if own != line]
                    kept += [line] if change == "doubled" else []
                    kept.append(_line(triple[0], triple[1], value))
                    found[str(len(found))] = "".join(kept), broken
    return found


def test_an_altered_value_breaks_what_forbids_it(
    altered: dict[str, tuple[str, set[Ban]]], validate_apart: Validate
) -> None:
    """Every shape that constrains a value finds that it was altered."""
    results = validate_apart(
        "shacl", {name: text for name, (text, _) in altered.items()}
    )
    missed = {
        (ban.name, altered[name][0])
        for name, (_, broken) in altered.items()
        for ban in broken
        if ban.shape not in {shape for _, _, shape, _ in results[name]}
    }

    assert len(altered) > 1_000
    assert missed == set()


def test_everything_that_is_forbidden_was_tried(
    bans: list[Ban], altered: dict[str, tuple[str, set[Ban]]]
) -> None:
    """But for exceptions, each with its reason, and none of them is stale."""
    tried = {ban.name for _, broken in altered.values() for ban in broken}

    assert {ban.name for ban in bans} - tried == EXCEPTIONS.keys()
    assert all(EXCEPTIONS.values())


def _bans(shapes: Graph, classes: Graph) -> Iterator[Ban]:
    for node, shape in shapes.subject_objects(SH.property):
        targets = {
            narrower
            for klass in shapes.objects(node, SH.targetClass)
            for narrower in classes.transitive_subjects(RDFS.subClassOf, klass)
            if narrower is not None
        }
        properties = frozenset(shapes.objects(node, SH.targetSubjectsOf))
        path = shapes.value(shape, SH.path)
        for parameter in BROKEN_BY:
            value = shapes.value(shape, parameter)
            if value is not None and path is not None and (targets or properties):
                yield Ban(
                    str(shape),
                    parameter,
                    path,
                    _members(shapes, value),
                    frozenset(targets),
                    properties,
                )


def _members(shapes: Graph, value: Node) -> Node:
    """Return a value, or the members of a list as one text."""
    if (value, RDF.first, None) in shapes:
        return Literal(" ".join(map(str, Collection(shapes, value))))
    return value


def _is_bound(case: Graph, triple: tuple[Node, Node, Node], ban: Ban) -> bool:
    subject, predicate, _ = triple
    return predicate == ban.path and (
        not ban.classes.isdisjoint(case.objects(subject, RDF.type))
        or not ban.properties.isdisjoint(case.predicates(subject))
    )


def _breaks(
    case: Graph, triple: tuple[Node, Node, Node], ban: Ban, change: str
) -> bool:
    subject, predicate, value = triple
    if change not in BROKEN_BY[ban.parameter]:
        return False
    if ban.parameter == SH.maxCount:
        return len(list(case.objects(subject, predicate))) >= int(str(ban.value))
    if ban.parameter == SH.uniqueLang:
        return isinstance(value, Literal) and bool(value.language)
    if ban.parameter == SH.nodeKind:
        return change in _KINDS.get(ban.value, ())
    return True


def _changes(value: Node) -> Iterator[tuple[str, Node]]:
    """Yield each change of a value with what it makes of it."""
    yield "elsewhere", NOWHERE
    yield "other kind", OTHER_KIND
    yield "doubled", _second(value)
    if isinstance(value, Literal) and value.language:
        yield "other language", Literal(str(value), lang="fr")


def _second(value: Node) -> Node:
    """Return another value of the same kind."""
    if isinstance(value, Literal):
        tag, kind = value.language, value.datatype
        text = _OTHERS.get(kind, f"{value} twee")
        return Literal(text, lang=tag) if tag else Literal(text, datatype=kind)
    return URIRef(f"{value}-twee")


def _line(subject: Node, predicate: Node, value: Node) -> str:
    return f"{subject.n3()} {predicate.n3()} {value.n3()} .\n"
