"""Queries that ask for what the service does not do are refused before parsing."""

from __future__ import annotations

import time

import pytest

from graph.errors import QueryRefusedError
from graph.guarding import MAX_BYTES, MAX_DEPTH, MAX_KEYWORDS, guard

REFUSED = {
    "service": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "service in other letters": "select * { serVice silent ?x {} }",
    "service behind a comment": "SELECT * { # note\nSERVICE<http://h/>{} }",
    "service that a name follows": "PREFIX x: <h:> ASK { SERVICEx:a {} }",
    "service as if of a prefix": "PREFIX : <h:> ASK { SERVICE:a {} }",
    "service that a word follows": "ASK { SERVICESILENT<h:> {} }",
    "service behind a number": "ASK { ?s ?p 1SERVICE <h:> {} }",
    "service behind a long number": "ASK { ?s ?p -1.5e-5SERVICE <h:> {} }",
    "service behind a truth": "ASK { ?s ?p trueSERVICE <h:> {} }",
    "service behind no comment": "ASK { ?s ?p ex:a\\#b SERVICE <h:> {} }",
    "service within no string": "ASK { ?s ?p ex:a\\'b SERVICE <h:> {} ?s ?p x:a\\' }",
    "service behind a name that ends": "SELECT * { ?s ?p a:.SERVICE<http://h/>{} }",
    "a quote in an accented name": "SELECT * { ?s a:e\u0301\\' ?o SERVICE <h:> {} # '",
    "a comparison like an IRI": "SELECT * { FILTER(?a<?b)SERVICE#>\nx:y {} }",
    "a string behind a comparison": (
        "SELECT * { FILTER(?a<?b#>'''\n) SERVICE <h:> {} #'''\n}"
    ),
    "a quote in an IRI with an odd space": (
        "SELECT * { BIND(<http://h/\u2028'> AS ?x) SERVICE <http://h/> {} #'\n}"
    ),
    "a string without an end": 'SELECT * { VALUES ?x { """a" } SERVICE <h:> {} }',
    "letters that are escaped": r"SELECT * { \u0053ERVICE <http://h/> {} }",
    "a quote that is escaped": r"SELECT * { ?s ?p '\u0027 SERVICE <h:> {} #' }",
    "insert": "PREFIX ex: <x:> INSERT DATA { ex:a ex:b ex:c }",
    "load": "LOAD <file:///etc/passwd>",
    "drop": "DROP ALL",
    "too long": "SELECT * {} #" + "x" * MAX_BYTES,
    "too deep": "SELECT * " + "{" * (MAX_DEPTH + 1),
    "deep function calls": f"ASK {{ FILTER({'STR(' * 20_000} }}",
    "too many patterns": "SELECT * {" + "{} UNION " * (MAX_KEYWORDS + 1),
}
ALLOWED = {
    "a literal that says service": 'SELECT * { ?s ?p "SERVICE <x> {" }',
    "a long literal": "SELECT * { ?s ?p '''INSERT ( ( ( \" SERVICE''' }",
    "an IRI that says service": "SELECT * { ?s <http://h/SERVICE> ?o }",
    "a URN that says service": "SELECT * { ?s <urn:x-service:a> ?o }",
    "a namespace that says service": "PREFIX sd: <http://h/service#> ASK { ?s sd:a 1 }",
    "a comment that says service": "SELECT * # SERVICE <x> {}\n{ ?s ?p ?o }",
    "a prefixed name that says service": "SELECT * { ?s dcat:service ?SERVICE }",
    "names with service in them": "ASK { ?webservice ex:web-service ex:serviceOf }",
    "a variable that says load": "SELECT $LOAD { ?s ?p ?LOAD }",
    "brackets in data": "SELECT * { ?s ?p '" + "(" * 500 + "' }",
}


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED.keys())
def test_a_dangerous_query_is_refused_with_a_remedy(query: str) -> None:
    """The refusal says what is wrong and how to ask instead."""
    with pytest.raises(QueryRefusedError) as caught:
        guard(query)

    assert caught.value.message
    assert caught.value.mend


@pytest.mark.parametrize("query", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_stands_in_data_is_never_refused(query: str) -> None:
    """Strings, IRIs, comments, variables and prefixed names are not keywords."""
    guard(query)


@pytest.mark.parametrize(
    "piece", ['\\"', "\\'", '"\\', '\\"""\n', "a.", "a-", "<", "%"]
)
def test_no_text_is_read_more_than_a_few_times(piece: str) -> None:
    """The longest text made to be read anew from each place costs what another does."""
    hostile, plain = (x * (MAX_BYTES // len(x)) for x in (piece, "?a ?b 'c' "))

    assert _seconds(hostile) < 50 * _seconds(plain) + 0.1


def _seconds(query: str) -> float:
    """Return the CPU time that guarding a query takes."""
    started = time.process_time()
    guard(query)
    return time.process_time() - started
