"""Queries that ask for what the service does not do are refused before parsing."""

from __future__ import annotations

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
