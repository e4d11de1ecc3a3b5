"""Validating only what a change can affect gives what validating everything gives."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from rdflib import Graph

from benchmarks.fuzz_incremental import fuzz, own_graph, session_of
from graph import incremental, reaching
from graph.access import SUBCLASS, TYPE, Analysis, analyse
from graph.errors import EngineRefusalError
from graph.formats import TURTLE
from graph.incremental import Session
from graph.reaching import Reader
from graph.store import Store
from graph.terms import BlankNode, Iri, Statement
from graph.validation import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIXES: Final = """
@prefix : <x:> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
#: A shape for each thing that validation reads, each with properties of its own.
SHAPES: Final = (
    PREFIXES
    + """
:Paths a sh:NodeShape ; sh:targetClass :A ;
  sh:property :Chain , :Inverse , :Either , :Star .
:Chain sh:path ( :p1 [ sh:inversePath :p2 ] ) ; sh:minCount 1 .
:Inverse sh:path [ sh:inversePath :p3 ] ; sh:maxCount 1 .
:Either sh:path [ sh:alternativePath ( :p4 [ sh:zeroOrOnePath :p5 ] ) ] ;
  sh:maxCount 2 .
:Star sh:path ( [ sh:oneOrMorePath :p6 ] [ sh:zeroOrMorePath :p7 ] ) ; sh:maxCount 3 .
:Classes a sh:NodeShape ; sh:targetSubjectsOf :c1 ; sh:property :Class .
:Class sh:path :c1 ; sh:class :B .
:Pairs a sh:NodeShape ; sh:targetSubjectsOf :d1 ; sh:property :Less , :Disjoint .
:Less sh:path :d1 ; sh:lessThan :d2 .
:Disjoint sh:path :d1 ; sh:disjoint :d3 .
:Closed a sh:NodeShape ; sh:targetSubjectsOf :e1 ; sh:closed true ;
  sh:ignoredProperties ( :e1 ) .
:Nests a sh:NodeShape ; sh:targetClass :A ; sh:property :Node , :Qualified ;
  sh:or ( :Inner :Other ) ; sh:not :Never .
:Node sh:path :f1 ; sh:node :Inner .
:Inner a sh:NodeShape ; sh:property :Inner-f2 .
:Inner-f2 sh:path :f2 ; sh:minCount 1 .
:Other a sh:NodeShape ; sh:property :Other-f3 .
:Other-f3 sh:path :f3 ; sh:minCount 1 .
:Never a sh:NodeShape ; sh:property :Never-f4 .
:Never-f4 sh:path :f4 ; sh:minCount 2 .
:Qualified sh:path :g1 ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape :HasG2 .
:HasG2 a sh:NodeShape ; sh:property :HasG2-g2 .
:HasG2-g2 sh:path :g2 ; sh:minCount 1 .
:Selected a sh:NodeShape ; sh:target :Target ; sh:in () .
:Target a sh:SPARQLTarget ; sh:select '''SELECT DISTINCT ?this WHERE {
  ?this <x:h1> ?x . OPTIONAL { ?x <x:h2> ?y FILTER (?y != ?this) }
  ?z <x:h3>/^<x:h4> ?x .
  FILTER NOT EXISTS { ?z <x:h5>|<x:h6> ?this FILTER EXISTS { ?z <x:h7>+ ?w } }
  { SELECT ?x (COUNT(?n) AS ?many) { ?x <x:h8>? ?n } GROUP BY ?x }
  FILTER (?many < 4 || BOUND(?y)) }''' .
:United a sh:NodeShape ; sh:target :Union ; sh:in () .
:Union a sh:SPARQLTarget ; sh:select '''SELECT ?this WHERE {
  { ?this <x:k1> ?x } UNION { ?x <x:k2> ?this } ?x <x:k3> ?y }''' .
:Constrained a sh:NodeShape ; sh:targetSubjectsOf :i1 ; sh:sparql :Constraint .
:Constraint sh:select "SELECT $this WHERE { $this <x:i1> ?x . ?x <x:i2> ?y }" .
:Objects a sh:NodeShape ; sh:targetObjectsOf :j1 ; sh:property :Objects-j2 .
:Objects-j2 sh:path :j2 ; sh:minCount 1 .
:One a sh:NodeShape ; sh:targetNode :n0 ; sh:property :One-j3 .
:One-j3 sh:path :j3 ; sh:minCount 1 .
:D a sh:NodeShape , rdfs:Class ; sh:property :D-j4 .
:D-j4 sh:path :j4 ; sh:minCount 1 .
"""
)
PROPERTIES: Final = [
    *(f"p{number}" for number in range(1, 8)),
    *("c1", "d1", "d2", "d3", "e1", "f1", "f2", "f3", "f4", "g1", "g2"),
    *(f"h{number}" for number in range(1, 9)),
    *("i1", "i2", "j1", "j2", "j3", "j4", "k1", "k2", "k3"),
]
BATCHES: Final = 250


def small_graph(seed: int) -> bytes:
    """Return a random graph with every property that the shapes above read."""
    draw = random.Random(seed)  # noqa: S311  for variety, not for secrets
    nodes = [f"<x:n{number}>" for number in range(12)]
    lines = [
        f"{draw.choice(nodes)} <x:{name}> {draw.choice(nodes)} ."
        for name in PROPERTIES
        for _ in range(3)
    ]
    lines += [f"{draw.choice(nodes)} <x:d{n % 3 + 1}> {_number(n)} ." for n in range(9)]
    lines += [f"{draw.choice(nodes)} <{TYPE}> <x:{name}> ." for name in "AAABBBCCCDDD"]
    lines += [f"{node} <x:c1> <x:n1>, <x:n2> ." for node in nodes]
    lines += [f"<x:n0> <x:j3> {node} ." for node in nodes[:4]]
    lines += [f"<x:n{number}> <{TYPE}> <x:B> ." for number in range(4)]
    return "\n".join([*lines, f"<x:C> <{SUBCLASS}> <x:A> ."]).encode()


def _number(number: int) -> str:
    return f'"{number % 4}"^^<http://www.w3.org/2001/XMLSchema#integer>'


def small_session(
    seed: int = 1, spoil: Callable[[Analysis], Analysis] = lambda item: item
) -> Session:
    """Return a session on a small graph, with a spoilt analysis if need be."""
    store = Store.in_memory()
    store.load(small_graph(seed), TURTLE, "x:")
    rules = Rules(SHAPES)
    analysis = spoil(analyse(rules.graph))
    return Session(store, rules, engine="shacl", analysis=analysis)


def mismatches(session: Session, count: int, seed: int) -> int:
    """Return in how many batches the two ways differ."""
    return sum(bool(item.differences) for item in fuzz(session, count, seed))


@pytest.mark.parametrize("seed", range(4))
def test_every_kind_of_access_is_followed(seed: int) -> None:
    """Random edits of a graph that uses everything never make the two ways differ."""
    session = small_session(seed)

    assert session.analysis.untold == {}
    assert mismatches(session, BATCHES, seed) == 0


def test_edits_of_the_real_graph_give_the_same_as_validating_it_all() -> None:
    """Random edits of the graph in the checkout never make the two ways differ."""
    session = session_of(own_graph())

    assert session.analysis.untold == {}
    assert mismatches(session, 60, 4) == 0


#: By what is left out: the kind of access.
KINDS: Final = ("path", "class", "pair", "closed", "nested", "target", "constraint")


@pytest.mark.parametrize("kind", KINDS)
def test_an_analysis_that_lacks_a_kind_of_access_is_caught(kind: str) -> None:
    """The fuzz notices when one kind of access is left out."""

    def spoil(analysis: Analysis) -> Analysis:
        shapes = [
            replace(
                shape,
                accesses=frozenset(i for i in shape.accesses if i.kind != kind),
            )
            for shape in analysis.shapes
        ]
        assert shapes != list(analysis.shapes)
        return replace(analysis, shapes=tuple(shapes))

    assert mismatches(small_session(spoil=spoil), BATCHES, 1) > 0


@pytest.mark.parametrize("target", ["classes", "nodes", "subjects_of", "objects_of"])
def test_an_analysis_that_lacks_a_kind_of_target_is_caught(target: str) -> None:
    """The fuzz notices when one kind of target is left out."""

    def spoil(analysis: Analysis) -> Analysis:
        empty: dict[str, Any] = {target: frozenset()}
        shapes = tuple(replace(shape, **empty) for shape in analysis.shapes)
        return replace(analysis, shapes=shapes)

    assert mismatches(small_session(spoil=spoil), BATCHES, 1) > 0


#: By what is broken: where, and by what it is replaced.
BROKEN: Final[dict[str, tuple[object, str, object]]] = {
    "members": (Reader, "_members", lambda *_: iter(())),
    "the way back": (reaching, "inverted", lambda path: path),
    "walking": (reaching, "walk", lambda _, __, nodes: nodes),
    "classes": (incremental, "SUBCLASS", ""),
    "types": (Reader, "_below", lambda _, shape: shape.classes),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_analysis_is_caught(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fuzz notices when a part of the analysis does not do its work."""
    place, attribute, broken = BROKEN[name]
    monkeypatch.setattr(place, attribute, broken)

    assert mismatches(small_session(), BATCHES, 1) > 0


UNTOLD: Final = {
    "predicate": "SELECT ?this WHERE { ?this ?p ?o }",
    "unconnected": "SELECT ?this WHERE { ?this <x:p> ?o . ?a <x:p> ?b }",
    "negated": "SELECT ?this WHERE { ?this !<x:p> ?o }",
    "limit": "SELECT ?this WHERE { { SELECT ?this { ?this <x:p> ?o } LIMIT 1 } }",
    "group": "SELECT ?this WHERE { ?this <x:p> ?o { SELECT (COUNT(?x) AS ?n)"
    " { ?x <x:p> ?y } } }",
    "optional": "SELECT ?this WHERE { ?this <x:p> ?o OPTIONAL { ?o <x:q> ?x }"
    " ?x <x:r> ?y }",
    "one branch": "SELECT ?this WHERE { { ?this <x:p> ?x } UNION { ?this <x:q> ?z }"
    " ?x <x:r> ?y }",
    "computed": "SELECT ?this WHERE { ?this <x:p> ?o BIND (STR(?o) AS ?x)"
    " ?y <x:r> ?x }",
}


@pytest.mark.parametrize("name", UNTOLD)
def test_a_query_that_may_read_anything_makes_every_run_full(name: str) -> None:
    """Where it cannot be told what a target reads, everything is validated again."""
    text = f"{PREFIXES} :S a sh:NodeShape ; sh:target :T ; sh:in () ."
    text += f":T a sh:SPARQLTarget ; sh:select '''{UNTOLD[name]}''' ."
    rules = Rules(text)
    session = Session(Store.in_memory(), rules, [], "shacl")
    edge = Statement(Iri("x:a"), Iri("x:p"), Iri("x:b"))

    assert set(session.analysis.untold) == {"x:S"}
    assert session.change().because is None
    assert "x:S" in str(session.change(added=[edge]).because)


def test_a_target_that_the_engine_refuses_ends_a_session_before_it_begins() -> None:
    """An editor is told at once, and not at its first change."""
    select = "SELECT ?this WHERE { ?this <x:p> ?o MINUS { ?this <x:q> ?o } }"
    text = f"{PREFIXES} :S a sh:NodeShape ; sh:target :T ; sh:in () ."
    rules = Rules(text + f':T a sh:SPARQLTarget ; sh:select "{select}" .')

    with pytest.raises(EngineRefusalError, match="MINUS"):
        Session(Store.in_memory(), rules, [], "shacl")


@pytest.mark.parametrize(
    "shape",
    [
        ":S sh:targetClass :A ; sh:property [ sh:path :p ; sh:property :Q ] .",
        ":S sh:targetClass :A ; sh:node :S .",
        ":S sh:targetClass :A ; sh:qualifiedValueShapesDisjoint true .",
        ':S sh:targetClass :A ; sh:sparql [ sh:select "SELECT $this {$this $PATH 1}"].',
        ':S sh:targetClass :A ; sh:sparql [ sh:ask "ASK {}" ] .',
        ":S sh:targetClass :A ; sh:property [ sh:path 1 ] .",
        "[] a sh:ConstraintComponent .",
    ],
)
def test_a_shape_that_may_read_anything_is_told(shape: str) -> None:
    """What the analysis cannot follow it names, rather than guess."""
    assert analyse(Graph().parse(data=PREFIXES + shape, format="turtle")).untold


def test_a_change_of_classes_validates_everything() -> None:
    """A class may make any node a target."""
    session = small_session()
    axiom = Statement(Iri("x:B"), Iri(SUBCLASS), Iri("x:A"))

    assert session.change(added=[axiom]).because == "the classes changed"
    assert "name" in str(
        session.change(
            added=[Statement(BlankNode("b"), Iri("x:p1"), Iri("x:n1"))]
        ).because
    )


def test_an_editor_sees_its_mistake_and_its_remedy() -> None:
    """Taking away what a shape demands is found at that node, and mended again."""
    session = session_of(own_graph())
    before = session.report()
    seat = next(session.store.statements(None, Iri("http://www.w3.org/ns/org#postIn")))

    outcome = session.change(removed=[seat])
    report = session.report()
    session.change(added=[seat])

    assert seat.subject in outcome.nodes
    assert len(outcome.nodes) < 100
    assert seat.subject in {item.focus for item in report.findings}
    assert session.report() == before
