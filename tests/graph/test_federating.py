"""A SERVICE clause passes only if it surely names an endpoint that may be asked."""

from __future__ import annotations

import pytest

from graph.errors import QueryRefusedError, ServiceRefusedError
from graph.federating import MOST, admit, directed, harmless, without_clauses
from graph.guarding import guard

ONE = "https://one.example/sparql"
TWO = "http://two.example:8080/query"
ALLOWED = (ONE, TWO)
ADDRESSES = {ONE: "http://127.0.0.1:1/a", TWO: "http://127.0.0.1:1/b"}

#: Queries that may be asked, with what each becomes; `@1` and `@2` are the addresses.
PASSED = {
    "SELECT * { SERVICE <1> { ?s ?p ?o } }": "SELECT * { SERVICE <@1> { ?s ?p ?o } }",
    "ASK{service silent<2>{}}": "ASK{service silent<@2>{}}",
    "ASK { SERVICESILENT<1>{} }": "ASK { SERVICESILENT<@1>{} }",
    "ASK { SERVICE # not <2> {\n <1> #x\n {} }": "ASK { SERVICE # not <2> {\n "
    "<@1> #x\n {} }",
    "ASK { SERVICE <1> { { ?a ?b ?c } } SERVICE <2> {} }": "ASK { SERVICE <@1> "
    "{ { ?a ?b ?c } } SERVICE <@2> {} }",
    "ASK { ?s ?p 'SERVICE <1> {' . SERVICE <1> { ?s <1> '<1>' } }": "ASK { ?s ?p "
    "'SERVICE <1> {' . SERVICE <@1> { ?s <1> '<1>' } }",
    'ASK { ?s a:SERVICE <1>, """SERVICE <1> {}""" . SERVICE <2> { ?SERVICE ?p 1 } }': (
        'ASK { ?s a:SERVICE <1>, """SERVICE <1> {}""" . SERVICE <@2> '
        "{ ?SERVICE ?p 1 } }"
    ),
    "ASK { ?s ?SERVICE <1> { ?a ?b ?c } }": "ASK { ?s ?SERVICE <1> { ?a ?b ?c } }",
    "ASK { ?s ?p ?o # SERVICE <3> {}\n}": "ASK { ?s ?p ?o # SERVICE <3> {}\n}",
}
REFUSED = {
    "another endpoint": "ASK { SERVICE <https://one.example/other> {} }",
    "a longer address": "ASK { SERVICE <https://one.example/sparql/> {} }",
    "another port": "ASK { SERVICE <https://one.example:8443/sparql> {} }",
    "an escape in it": r"ASK { SERVICE <https://one.example/sparq\u006C> {} }",
    "one of two": "ASK { SERVICE <1> {} SERVICE <http://127.0.0.1/> {} }",
    "a variable": "ASK { VALUES ?e { <1> } SERVICE ?e {} }",
    "a prefixed name": "PREFIX a: <1> ASK { SERVICE a: {} }",
    "a prefix of these letters": "PREFIX SERVICE: <1> ASK { ?s SERVICE:a <1> {} }",
    "a relative address": "BASE <https://one.example/> ASK { SERVICE <sparql> {} }",
    "a clause in a clause": "ASK { SERVICE <1> { ?a ?b ?c SERVICE <2> {} } }",
    "a clause behind a number": "ASK { ?s ?p 1SERVICE <1> {} }",
    "a clause behind a truth": "ASK { ?s ?p trueSERVICE <1> {} }",
    "a clause in a comparison": "ASK { FILTER(1<2)SERVICE#>\n<1> {} }",
    "a string that hides one": "ASK { SERVICE <1> {} FILTER(1<2#>'''\n) SERVICE <h:> "
    "{} #'''\n}",
    "a quote in a name": "ASK { SERVICE <1> {} ?s ?p a:\\' . SERVICE <h:> {} # '\n}",
    "an escape that hides one": r"ASK { SERVICE <1> {} \u0053ERVICE <h:> {} }",
    "too many": "ASK {" + " SERVICE <1> {}" * (MOST + 1) + "}",
}


def _with_endpoints(query: str) -> str:
    return query.replace("<1>", f"<{ONE}>").replace("<2>", f"<{TWO}>")


@pytest.mark.parametrize(("query", "wanted"), PASSED.items())
def test_only_the_endpoint_of_a_clause_is_replaced(query: str, wanted: str) -> None:
    """What looks like one in strings, comments, names and objects stays as it is."""
    query = _with_endpoints(query)
    wanted = wanted.replace("@1", ADDRESSES[ONE]).replace("@2", ADDRESSES[TWO])

    clauses = admit(query, ALLOWED)
    guard(without_clauses(query, clauses))

    assert directed(query, clauses, ADDRESSES.__getitem__) == _with_endpoints(wanted)


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_surely_allowed_is_refused(query: str) -> None:
    """Either as a clause, or as all SERVICE is refused that is no such clause."""
    query = _with_endpoints(query)

    with pytest.raises(QueryRefusedError):
        guard(without_clauses(query, admit(query, ALLOWED)))


def test_a_refusal_lists_what_may_be_named() -> None:
    """Whoever is refused need not ask what is allowed."""
    with pytest.raises(ServiceRefusedError) as caught:
        admit("ASK { SERVICE <http://127.0.0.1/> {} }", ALLOWED)

    assert "http://127.0.0.1/" in caught.value.message
    assert ONE in caught.value.mend
    assert TWO in caught.value.mend


def test_without_a_list_there_are_no_clauses() -> None:
    """The guard then refuses SERVICE wherever it stands."""
    query = _with_endpoints("ASK { SERVICE <1> {} }")

    assert admit(query, ()) == ()
    with pytest.raises(QueryRefusedError):
        guard(query)


def test_a_query_to_be_parsed_keeps_its_places() -> None:
    """An error behind a clause is told where the author sees it; nothing is asked."""
    query = _with_endpoints("ASK { SERVICE <1> {} }")
    found = harmless(query, admit(query, ALLOWED))

    assert len(found) == len(query)
    assert "://" not in found
