"""Who writes a query that does not parse is told what is wrong, and where."""

from __future__ import annotations

import pytest

from graph.diagnosing import WORDS, diagnose
from graph.errors import QuerySyntaxError
from graph.store import check_query

#: Queries with one slip of the pen each; `^` stands before the place.
SLIPS = [
    ("empty", "^"),
    ("empty", "^ # nothing but words"),
    ("string", 'SELECT * { ?s ?p ^"abc }'),
    ("string", "SELECT * { ?s ?p 'it's^' }"),
    ("string", 'SELECT * {\n ?s ?p ^"""abc\n""}'),
    ("iri", "SELECT * { ^<http://x.test/a b> ?p ?o }"),
    ("keyword", "^SELCT * WHERE { ?s ?p ?o }"),
    ("keyword", "SELECT ?s ^WHER { ?s ?p ?o }"),
    ("keyword", 'SELECT * { ?s ?p ?o . FILTER(^REGEXX(?o, "a")) }'),
    ("keyword", "SELECT * { ?s ?p ?o .\n ^OPTONAL { ?s ?p ?o } }"),
    ("word", "SELECT ^s WHERE { ?s ?p ?o }"),
    ("word", "DESCRIBE ^lrt"),
    ("colon", "PREFIX ^ovl <http://x.test/> SELECT * { ?a ?b ?c }"),
    ("prefix", "SELECT * WHERE { ?s ^nix:a ?o }"),
    ("prefix", "PREFIX a: <http://x.test/> SELECT * { a:b ^:c ?o }"),
    ("open", "SELECT * WHERE ^{ ?s ?p ?o"),
    ("open", 'SELECT * { ?s ?p ?o . FILTER^(CONTAINS(?o, "a") }'),
    ("close", "SELECT * { ?s ?p ?o }^}"),
    ("close", "SELECT * { ?s ?p ?o ^) }"),
    ("comma", "SELECT ?s^, ?p WHERE { ?s ?p ?o }"),
    ("aggregate", "SELECT ?s ^COUNT(?p) { ?s ?p ?o } GROUP BY ?s"),
    ("as", "SELECT (COUNT(?s) AS ^n) { ?s ?p ?o }"),
    ("by", "SELECT ?s { ?s ?p ?o } ^ORDER ?s"),
    ("order", "SELECT * { ?s ?p ?o } LIMIT 10 ^ORDER BY ?s"),
    ("filter", "SELECT * { ?s ?p ?o FILTER ^?o > 3 }"),
    ("short", "SELECT * { ?s ?p ^}"),
    ("short", "SELECT * { ?s ?p ?o . ?o ^. }"),
    ("long", "SELECT * { ?s ?p ?o ^?x ?y }"),
    ("expected", "SELECT * { ?s ?p ?o OPTIONAL ^?x }"),
    ("other", "SELECT * { ^GRAPH { ?s ?p ?o } }"),
]
#: Queries that parse, with what looks like a slip and is none.
SOUND = [
    "SELECT * { VALUES ?x { 1 2 } }",
    "SELECT * { VALUES (?x ?y) { (1 2) (UNDEF 4) } }",
    'SELECT * { ?s ?p "} ) \\" LIMIT" . # it\'s }\n}',
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o FILTER EXISTS { ?s a ?t } } GROUP BY ?s",
    "PREFIX a: <http://x.test/> SELECT * { ?s a:b/a:c* ?o ; a:d ?e, ?f FILTER(?e<?f) }",
]


def fault_of(query: str) -> QuerySyntaxError:
    """Return what is said of a query that does not parse."""
    with pytest.raises(QuerySyntaxError) as caught:
        check_query(query)
    return caught.value


@pytest.mark.parametrize(("fault", "slip"), SLIPS, ids=[s for _, s in SLIPS])
def test_a_slip_is_found_where_it_is(fault: str, slip: str) -> None:
    """By line and column, in words that say what to do."""
    before, _, after = slip.partition("^")
    found = fault_of(before + after)
    lines = before.split("\n")

    assert (found.fault, found.line, found.column) == (
        fault,
        len(lines),
        len(lines[-1]) + 1,
    )
    assert found.reason
    assert "{" not in found.reason.replace(found.found, "")
    assert found.reason in found.message


@pytest.mark.parametrize("query", SOUND)
def test_what_parses_has_no_fault(query: str) -> None:
    """The parser alone decides; only what it refuses is looked at."""
    check_query(query)


def test_every_fault_is_tried() -> None:
    """A fault that nothing here shows might be one that nothing shows."""
    assert {fault for fault, _ in SLIPS} | {"unbound"} == set(WORDS)
    grouped = fault_of("SELECT ?s ?o (COUNT(?p) AS ?n) { ?s ?p ?o } GROUP BY ?s")
    assert grouped.fault == "unbound"


@pytest.mark.parametrize("piece", ['"""', "'", "<", "(", "?a ", "a:", "_:", "\\", "1."])
def test_a_long_query_is_looked_through(piece: str) -> None:
    """Whatever it is made of; a pattern that goes back and forth would never end."""
    query = "SELECT * { " + piece * (200_000 // len(piece))

    assert diagnose(query, len(query), "expected [_]").fault in WORDS


@pytest.mark.parametrize(
    "query",
    [
        "a" * 60_000,
        "SELECT " + "b" * 60_000 + " { ?s ?p ?o }",
        "ASK { ?s " + "c" * 60_000,
    ],
)
def test_a_long_word_is_not_told_whole(query: str) -> None:
    """An answer is no longer than its reader needs, whatever the query is."""
    with pytest.raises(QuerySyntaxError) as caught:
        check_query(query)
    error = caught.value
    told = (error.message, error.mend, error.reason, error.found, error.likely)

    assert max(map(len, told)) < 500
