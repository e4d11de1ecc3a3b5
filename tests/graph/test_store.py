"""The store keeps, finds and writes statements, and tells where a query is wrong."""

from __future__ import annotations

import io

import pytest

from graph.errors import NotAcceptableAnswerError, QuerySyntaxError
from graph.formats import CSV, JSON, NQUADS, RDF_FORMATS, TURTLE, Format
from graph.store import Store, check_query, parse_term, serialise
from graph.terms import LANG_STRING, BlankNode, Iri, Literal, Statement

BASE = "https://example.org/"
A, B, P, G = (Iri(BASE + name) for name in "abpg")
DATA = f"<{A.value}> <{P.value}> <{B.value}>, 'één'@nl, 5, _:x .".encode()


@pytest.fixture
def store() -> Store:
    """Return a store with four statements in one named graph."""
    store = Store.in_memory()
    store.load(DATA, TURTLE, BASE, G.value)
    return store


def test_statements_are_found_by_any_part(store: Store) -> None:
    """A pattern of subject, predicate, object and graph finds what matches it."""
    assert len(list(store.statements())) == 4
    assert len(list(store.statements(A, P, B, G))) == 1
    assert len(list(store.statements(A, P, B, None))) == 0
    assert store.graphs() == [G.value]


def test_terms_come_back_as_they_went_in(store: Store) -> None:
    """Language tags, datatypes and blank nodes survive."""
    objects = {item.object for item in store.statements(A)}

    assert Literal("één", "nl", LANG_STRING) in objects
    assert Literal("5", None, "http://www.w3.org/2001/XMLSchema#integer") in objects
    assert any(isinstance(item, BlankNode) for item in objects)


@pytest.mark.parametrize("iri", ["not an iri", "http://[", "", "a b"])
def test_a_malformed_iri_matches_nothing(store: Store, iri: str) -> None:
    """What cannot be an IRI cannot be in the store, and is no error."""
    assert not list(store.statements(Iri(iri)))
    assert not list(store.statements(graph=Iri(iri)))


def test_a_literal_subject_matches_nothing(store: Store) -> None:
    """RDF has no literal subjects, so a pattern with one finds nothing."""
    assert not list(store.statements(Literal("x")))


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda item: item.name)
def test_every_syntax_gives_back_what_it_was_given(
    store: Store, syntax: Format
) -> None:
    """What is serialised and read again are the same triples."""
    wanted = [item for item in store.statements() if item.object != B]
    wanted = [item for item in wanted if not isinstance(item.object, BlankNode)]
    other = Store.in_memory()

    other.load(serialise(wanted, syntax, {"ex": BASE}), syntax, BASE, G.value)

    assert set(other.statements()) == set(wanted)


def test_blank_nodes_are_named_the_same_whatever_their_labels() -> None:
    """Canonical N-Quads do not depend on labels or order (RDFC-1.0)."""
    one, two = Store.in_memory(), Store.in_memory()
    one.load(b"<x:s> <x:p> _:a . _:a <x:q> 1 .", TURTLE, BASE, G.value)
    two.load(b"_:z <x:q> 1 . <x:s> <x:p> _:z .", TURTLE, BASE, G.value)

    assert one.canonical_nquads() == two.canonical_nquads()


def test_a_select_gives_bound_variables_only(store: Store) -> None:
    """An unbound variable is absent from its solution."""
    query = f"SELECT ?o ?none {{ GRAPH ?g {{ <{A.value}> ?p ?o }} }} LIMIT 1"

    assert [set(row) for row in store.select(query)] == [{"o"}]


def test_a_query_of_another_kind_is_refused(store: Store) -> None:
    """A SELECT is not answered with triples, nor a CONSTRUCT with solutions."""
    with pytest.raises(NotAcceptableAnswerError, match="boolean"):
        store.select("ASK {}")
    with pytest.raises(NotAcceptableAnswerError, match="solutions"):
        store.construct("SELECT * {}", G.value)
    with pytest.raises(NotAcceptableAnswerError, match="graph"):
        store.answer("CONSTRUCT {} {}", {"solutions": JSON, "graph": None})


def test_a_construct_sees_every_triple_once() -> None:
    """Rules read the triples of all graphs, each once, and fill the graph named."""
    store = Store.in_memory()
    store.add(Statement(A, P, B, Iri(f"x:{name}")) for name in ("one", "two"))
    inner = "SELECT ?s ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ?p"
    query = f"CONSTRUCT {{ ?s ?p ?n }} {{ {inner} }}"

    store.fill_default()
    (counted,) = store.construct(query, "x:g")
    store.clear_default()

    assert (counted.object.value, counted.graph) == ("1", Iri("x:g"))
    assert len(store) == 2


def test_an_answer_is_written_to_a_file(store: Store) -> None:
    """An answer of solutions is serialised straight into a file."""
    out = io.BytesIO()
    query = f"SELECT ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?o = <{B.value}>) }}"

    begun = store.answer(query, {"solutions": CSV, "graph": NQUADS})
    begun.write(out)

    assert begun.kind == "solutions"
    assert out.getvalue() == f"o\r\n{B.value}\r\n".encode()


def test_a_dataset_given_with_the_query_is_obeyed(store: Store) -> None:
    """The named graphs of the protocol decide what a query sees."""
    query = "ASK { ?s ?p ?o }"
    syntaxes: dict[str, Format | None] = {"solutions": CSV, "graph": None}

    def ask(*graphs: str) -> bytes:
        out = io.BytesIO()
        store.answer(query, syntaxes, default_graphs=graphs).write(out)
        return out.getvalue()

    assert ask() == b"false"
    assert ask(G.value) == b"true"
    assert ask(BASE + "unknown") == b"false"


def test_a_malformed_query_is_told_by_line_and_column(store: Store) -> None:
    """The place in the query is part of the error."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.answer("SELECT *\nWHERE { ?s ?p }", {"solutions": CSV, "graph": None})
    with pytest.raises(QuerySyntaxError):
        check_query("SELECT")

    assert (caught.value.line, caught.value.column) == (2, 15)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("<x:a>", Iri("x:a")),
        ("_:b0", BlankNode("b0")),
        ('"a\\"\\n"@nl', Literal('a"\n', "nl", LANG_STRING)),
        ('"1"^^<x:t>', Literal("1", None, "x:t")),
    ],
)
def test_a_term_is_read_from_n_triples(text: str, term: object) -> None:
    """Each kind of term is understood in N-Triples form."""
    found = parse_term(text)

    assert type(found) is type(term)
    assert isinstance(found, BlankNode) or found == term
