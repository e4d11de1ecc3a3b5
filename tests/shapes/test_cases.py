"""For every constraint a case that conforms and one that breaks it, on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from graph.engines import ENGINES
from graph.namespaces import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Validate = Callable[[str, Mapping[str, str]], dict[str, set[tuple[str, ...]]]]

CASES: Final = Path(__file__).parent / "cases"
FILES: Final = sorted(CASES.glob("*/*.ttl"))
#: Parameters that make a node shape a constraint on the node itself.
ON_NODES: Final = (
    SH.pattern,
    SH["in"],
    SH.closed,
    SH.xone,
    SH["or"],
    SH.node,
)
#: By shape: others that every case breaking it must break as well, and why.
UNAVOIDABLE: Final = {
    # A letter without a date is also a document without one.
    "LetterShape-dated": {"DocumentShape-dated"},
}


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module")
def cases() -> dict[str, str]:
    """Return every case as N-Triples, by folder and name."""
    return {_name(path): Graph().parse(path).serialize(format="nt") for path in FILES}


@pytest.fixture(scope="module")
def outcomes(
    cases: dict[str, str], validate_apart: Validate
) -> dict[str, dict[str, set[tuple[str, ...]]]]:
    """Return what each engine says of each case."""
    return {engine: validate_apart(engine, cases) for engine in ENGINES}


@pytest.mark.parametrize("path", FILES, ids=_name)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_case_gives_exactly_its_own_result(
    engine: str,
    path: Path,
    outcomes: dict[str, dict[str, set[tuple[str, ...]]]],
) -> None:
    """A case that conforms gives no result; one that breaks gives its shape's only."""
    found = {shape for _, _, shape, _ in outcomes[engine][_name(path)]}
    shape = path.parent.name
    broken = {shape} | UNAVOIDABLE.get(shape, set())
    expected = broken if path.stem.startswith("breaks-") else set()

    assert {expand(f"ovlsh:{name}") for name in expected} == found


def test_both_engines_agree(
    outcomes: dict[str, dict[str, set[tuple[str, ...]]]],
) -> None:
    """Both engines give the same nodes, paths, shapes and severities for every case."""
    one, other = (outcomes[engine] for engine in ENGINES)

    assert one == other


def test_every_constraint_has_both_kinds_of_case(shapes: Graph) -> None:
    """Each shape that can give a result has a case of either kind."""
    kinds = {(path.parent.name, path.stem.partition("-")[0]) for path in FILES}

    assert kinds == {
        (str(shape).partition("#")[2], kind)
        for shape in _constraints(shapes)
        for kind in ("conforms", "breaks")
    }


def test_a_case_says_why() -> None:
    """A case's name begins with `conforms-` or `breaks-` and goes on to say why."""
    stems = [path.stem.partition("-") for path in FILES]

    assert all(kind in {"conforms", "breaks"} and why for kind, _, why in stems)


def _constraints(shapes: Graph) -> set[URIRef]:
    """Return the shapes that can be the source of a result."""
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.target)
    targeted = {node for target in targets for node in shapes.subjects(target)}
    found = {
        node
        for node in targeted
        if any((node, parameter, None) in shapes for parameter in ON_NODES)
    }
    found |= {shape for node in targeted for shape in shapes.objects(node, SH.property)}
    assert all((shape, RDF.type, None) in shapes for shape in found)
    return {shape for shape in found if isinstance(shape, URIRef)}
