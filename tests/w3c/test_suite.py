"""Both engines give the reports that W3C's test suite for SHACL asks for.

The suite is https://w3c.github.io/data-shapes/data-shapes-test-suite/. Whole reports
are compared: whether the data conforms, and every property of every result, paths with
their steps. A test that an engine fails stands in `KNOWN` with its reason; when an
engine mends it, the test says so.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
import rdflib
from rdflib import BNode, Graph, Literal, Namespace
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from graph.engines import ENGINES, load_engine
from graph.errors import EngineRefusalError
from graph.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

FOLDER: Final = (
    Path(os.environ.get("REGIETAFEL_SHARED", ROOT.parent / "shared")) / "w3c" / "shacl"
)
MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT: Final = Namespace("http://www.w3.org/ns/shacl-test#")
#: By engine and test: why it is not passed.
KNOWN: Final = {
    (
        "shacl",
        "sparql/pre-binding/unsupported-sparql-004",
    ): "a nested SELECT that leaves $this out is run where SHACL wants it refused",
    (
        "pyshacl",
        "core/property/uniqueLang-002",
    ): 'sh:uniqueLang "1" is read as true, and SHACL knows the form `true` only',
    (
        "pyshacl",
        "sparql/node/prefixes-001",
    ): "sh:prefixes is not followed through owl:imports to further sh:declare",
    (
        "pyshacl",
        "sparql/pre-binding/shapesGraph-001",
    ): "$shapesGraph, which is optional in SHACL, is not supported",
}


class Case(NamedTuple):
    """A test of the suite: its name, its data, its shapes, and the report it wants."""

    name: str
    data: bytes
    shapes: str
    graph: Graph
    report: Node


class Outcome(NamedTuple):
    """A report in a form that compares: blank nodes by what they hold."""

    conforms: str
    results: Counter[frozenset[tuple[str, object]]]


def _cases(manifest: Path) -> Iterator[Case]:
    """Yield the tests of a manifest and of those that it includes."""
    rdflib.NORMALIZE_LITERALS = False
    graph = Graph().parse(manifest)
    for entries in graph.objects(None, MF.entries):
        for test in Collection(graph, entries):
            action = graph.value(test, MF.action)
            report = graph.value(test, MF.result)
            assert report is not None
            yield Case(
                str(manifest.with_suffix("").relative_to(FOLDER)),
                _ntriples(graph.value(action, SHT.dataGraph)),
                _turtle(graph.value(action, SHT.shapesGraph)),
                graph,
                report,
            )
    for included in graph.objects(None, MF.include):
        yield from _cases(Path(str(included).removeprefix("file://")))


def _ntriples(file: Node | None) -> bytes:
    graph = Graph().parse(data=_turtle(file), format="turtle")
    return graph.serialize(format="nt", encoding="utf-8")


def _turtle(file: Node | None) -> str:
    """Return a file as it is, but for a head that gives it its base."""
    rdflib.NORMALIZE_LITERALS = False
    text = Path(str(file).removeprefix("file://")).read_text(encoding="utf-8")
    return f"@base <{file}> .\n{text}"


def _parameters() -> list[object]:
    """Return a parameter for each engine and test, the known failures marked."""
    if not FOLDER.is_dir():
        mark = pytest.mark.skip(reason="W3C's test suite for SHACL is not at hand")
        return [pytest.param("shacl", None, marks=mark, id="suite")]
    cases = list(_cases(FOLDER / "manifest.ttl"))
    return [
        pytest.param(engine, case, marks=_marks(engine, case), id=f"{engine}-{name}")
        for engine in ENGINES
        for name, case in ((case.name, case) for case in cases)
    ]


def _marks(engine: str, case: Case) -> tuple[pytest.MarkDecorator, ...]:
    reason = KNOWN.get((engine, case.name))
    return (pytest.mark.xfail(reason=reason, strict=True),) if reason else ()


def test_the_suite_is_whole(shared: Path) -> None:
    """The suite has its 120 tests, and each known failure is one of them."""
    del shared
    names = [case.name for case in _cases(FOLDER / "manifest.ttl")]

    assert len(names) == 120
    assert {name for _, name in KNOWN} <= set(names)


@pytest.mark.filterwarnings("ignore::RuntimeWarning:pyshacl")
@pytest.mark.parametrize(("engine", "case"), _parameters())
def test_the_report_is_as_the_suite_asks(engine: str, case: Case) -> None:
    """The engine's own report equals the one of the suite, or it refuses as asked."""
    if case.report == SHT.Failure:
        with pytest.raises(EngineRefusalError):
            load_engine(engine).report(case.data, case.shapes)
        return
    report = load_engine(engine).report(case.data, case.shapes)
    rdflib.NORMALIZE_LITERALS = False
    given = Graph().parse(data=report, format="nt")
    node = given.value(None, RDF.type, SH.ValidationReport)
    assert node is not None
    expected = _outcome(case.graph, case.report)
    found = _outcome(given, node, messages=_has_messages(case))

    assert found == expected


def _has_messages(case: Case) -> bool:
    """Tell whether the suite asks for messages: engines may add their own words."""
    return any(
        (result, SH.resultMessage, None) in case.graph
        for result in case.graph.objects(case.report, SH.result)
    )


def _outcome(graph: Graph, report: Node, *, messages: bool = True) -> Outcome:
    left_out = {SH.detail} if messages else {SH.detail, SH.resultMessage}
    results = Counter(
        frozenset(
            (str(predicate), _form(graph, value, predicate == SH.resultPath))
            for predicate, value in graph.predicate_objects(result)
            if predicate not in left_out
        )
        for result in graph.objects(report, SH.result)
    )
    return Outcome(str(graph.value(report, SH.conforms)), results)


def _form(graph: Graph, node: Node, is_path: bool) -> object:  # noqa: FBT001  own
    """Return a term as a value that compares, and a path as the tree of its steps."""
    if isinstance(node, Literal):
        language = node.language.lower() if node.language else None
        return str(node), language, str(node.datatype)
    if not isinstance(node, BNode):
        return str(node)
    if not is_path:
        return BNode
    if (node, RDF.first, None) in graph:
        return tuple(_form(graph, item, True) for item in Collection(graph, node))  # noqa: FBT003  see above
    return frozenset(
        (str(predicate), _form(graph, value, True))  # noqa: FBT003  see above
        for predicate, value in graph.predicate_objects(node)
    )
