"""Every derived graph names the graphs that its rule reads, and no others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from rdflib import RDF, URIRef, Variable
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql import prepareQuery

from graph.deriving import Rule, derive, rules
from graph.namespaces import DEFAULT_BASE, expand
from graph.origins import Uses, terms_read, terms_within_graphs
from graph.paths import NOT_MERGED, TABLES
from graph.terms import Iri, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.releasing import Release

RULES = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)


def patterns(node: Any) -> Iterator[tuple[Any, Any, Any]]:  # noqa: ANN401  rdflib's own algebra
    """Yield the triple patterns of a query's algebra, however deep they stand."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "triples":
                yield from flat(value)
            else:
                yield from patterns(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from patterns(item)


def flat(value: Any) -> Iterator[tuple[Any, Any, Any]]:  # noqa: ANN401  as above
    """Yield patterns, which rdflib writes one after the other within EXISTS."""
    for item in value:
        yield from zip(*[iter(item)] * 3, strict=True)


def bound_by_values(node: Any) -> set[str]:  # noqa: ANN401  rdflib's own algebra
    """Return the variables that a table of values binds."""
    if isinstance(node, dict):
        own = {str(name) for row in node.get("res") or [] for name in row}
        return own.union(*(bound_by_values(value) for value in node.values()))
    if isinstance(node, list | tuple):
        return set().union(*map(bound_by_values, node))
    return set()


def iris_in_values(node: Any) -> set[str]:  # noqa: ANN401  rdflib's own algebra
    """Return the IRIs that a table of values lists."""
    if isinstance(node, dict):
        rows = node.get("res") or []
        own = {str(v) for row in rows for v in row.values() if isinstance(v, URIRef)}
        return own.union(*(iris_in_values(value) for value in node.values()))
    if isinstance(node, list | tuple):
        return set().union(*map(iris_in_values, node))
    return set()


def within_graphs(node: Any) -> Iterator[Any]:  # noqa: ANN401  rdflib's own algebra
    """Yield the parts of a query's algebra that are asked of named graphs."""
    if getattr(node, "name", None) in {"Graph", "GraphGraphPattern"}:
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from within_graphs(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from within_graphs(item)


def steps(path: Any) -> Iterator[str]:  # noqa: ANN401  a property or a path of rdflib
    """Yield the properties of a path."""
    if isinstance(path, PropertyPath):
        for part in getattr(path, "args", None) or [getattr(path, "arg", None)]:
            yield from steps(part)
    elif isinstance(path, URIRef):
        yield str(path)


@RULES
def test_the_terms_of_a_rule_are_those_that_rdflib_reads(rule: Rule) -> None:
    """Every property and class of its patterns is found, or a table names them."""
    algebra = prepareQuery(rule.text).algebra.p
    found = terms_read(rule.text, DEFAULT_BASE)
    read = list(patterns(algebra))

    assert read
    for _, path, value in read:
        if isinstance(path, Variable):
            assert str(path) in bound_by_values(algebra)
        elif path != RDF.type:
            assert set(steps(path)) <= found
        elif isinstance(value, URIRef):
            assert str(value) in found
        else:
            assert str(RDF.type) in found


ASKING = [*((rule.name, rule.text) for rule in rules())] + [
    (path.stem, path.read_text(encoding="utf-8"))
    for path in sorted(TABLES.glob("*.rq"))
]


@pytest.mark.parametrize(
    "text", [text for _, text in ASKING], ids=[name for name, _ in ASKING]
)
def test_what_is_asked_of_named_graphs_is_what_rdflib_reads(text: str) -> None:
    """Every property of a pattern within GRAPH is found, or a table lists it."""
    algebra = prepareQuery(text).algebra.p
    found = terms_within_graphs(text, DEFAULT_BASE)
    read = list(patterns(list(within_graphs(algebra))))

    assert bool(read) == ("GRAPH ?" in text or "GRAPH graph:" in text)
    for _, path, _ in read:
        if isinstance(path, Variable):
            assert str(path) in bound_by_values(algebra)
            assert iris_in_values(algebra) <= found
        else:
            assert set(steps(path)) <= found


def test_only_what_is_asked_of_named_graphs_is_found() -> None:
    """What stands outside, however deep, is not, and neither is what is a text."""
    text = """ASK { ?a org:post ?b . GRAPH ?g { ?a org:member ?b . OPTIONAL { ?b
      ovl:party "prov:no" } ?b org:role ?c } ?a skos:note ?d
      # GRAPH ?g { ?a prov:used ?b }
      VALUES ?p { dcat:startDate } }"""
    names = ("rdf:type", "org:member", "ovl:party", "org:role", "dcat:startDate")

    assert terms_within_graphs(text, DEFAULT_BASE) == set(map(expand, names))


@RULES
def test_a_derived_graph_names_the_graphs_its_rule_reads(
    rule: Rule, release: Release
) -> None:
    """Exactly those of its inputs that use a term of the rule."""
    order = [item.name for item in rules()]
    later = {
        expand(f"afgeleid:{name}", DEFAULT_BASE)
        for name in order[order.index(rule.name) :]
    }
    made = {*later, expand("graph:vragen"), expand("graph:afgeleid")}
    made |= {DEFAULT_BASE + name for name in NOT_MERGED}
    terms, using = terms_read(rule.text, DEFAULT_BASE), defaultdict(set)
    for item in release.store.statements():
        if item.graph:
            using[item.predicate.value].add(item.graph.value)
            if item.predicate.value == str(RDF.type):
                using[item.object.value].add(item.graph.value)
    graph = Iri(expand(f"afgeleid:{rule.name}"))
    named = {
        item.object.value
        for item in release.store.statements(
            graph, Iri(expand("prov:wasDerivedFrom")), None, None
        )
    }

    assert named
    assert named == set().union(*(using[term] for term in terms)) - made


def test_graphs_too_many_to_name_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The description then says in both languages how many were read."""
    from graph.reading import read_graph  # noqa: PLC0415  only this test reads all

    monkeypatch.setattr("graph.deriving.NAMED", 10)
    store = read_graph()
    derive(store)
    graph = Iri(expand("afgeleid:stated-in"))
    notes = {
        item.object.language
        for item in store.statements(graph, Iri(expand("skos:scopeNote")))
        if isinstance(item.object, Literal)
        and int("".join(filter(str.isdigit, item.object.value))) > 10
    }

    assert notes == {"nl", "en"}
    assert not list(store.statements(graph, Iri(expand("prov:wasDerivedFrom"))))


def test_uses_are_read_from_quads_and_from_what_a_rule_derives() -> None:
    """Properties of all statements, and classes of types."""
    graph, kind, thing = (
        "https://g.example/",
        "https://c.example/",
        "https://s.example/",
    )
    typed = f"<{thing}> <{expand('rdf:type')}> <{kind}>"
    lines = Uses()
    lines.add(graph, [f"{typed} .\n".encode()])
    quads = [f"{typed} <{graph}> .\n".encode()]

    for found in (Uses.of(quads), lines):
        assert found.graphs([kind]) == [graph]
        assert found.graphs([expand("rdf:type")]) == [graph]
        assert found.graphs([thing]) == []
    assert Uses.of(quads, [graph]).graphs([kind]) == []
