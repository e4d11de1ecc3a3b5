"""What is asked of stores that part from the standards is itself SPARQL."""

from __future__ import annotations

import pytest

from graph.errors import StoreAnswerError
from graph.quirks import bare_rows
from graph.store import check_query

#: Queries for graphs, and what must follow in the query for their solutions.
MADE = {
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3": "WHERE { ?s ?p ?o } LIMIT 3",
    "construct{?s ?p '}'} {?s ?p ?o}": " {?s ?p ?o}",
    "CONSTRUCT # {\n { ?s ?p [ ?a ?b ] }\nFROM <x:{> { ?s ?p ?o }": None,
    "CONSTRUCT { } FROM <x:f> WHERE { ?s ?p ?o }": "FROM <x:f> WHERE { ?s ?p ?o }",
    "CONSTRUCT WHERE { ?from ?p ?o }": "WHERE { ?from ?p ?o }",
    "PREFIX construct: <x:> CONSTRUCT { construct:a ?p ?o } { ?s ?p ?o }": (
        "{ ?s ?p ?o }"
    ),
    "DESCRIBE ?from ?s { ?s ?p ?from }": "{ ?s ?p ?from }",
    "DESCRIBE * FROM <x:f> WHERE { ?s ?p ?o }": "FROM <x:f> WHERE { ?s ?p ?o }",
}


@pytest.mark.parametrize(("query", "rest"), MADE.items())
def test_the_solutions_of_a_graph_are_asked_for(query: str, rest: str | None) -> None:
    """By a query that parses and ends as the other does; its template is gone."""
    rows = bare_rows(query)
    if rest is None:
        assert rows is not None
        assert "[" not in rows
        return
    check_query(query)
    assert rows is not None
    check_query(rows)

    assert rows.partition("SELECT (1 AS ?x_row) ")[2].strip() == rest.strip()


def test_what_has_no_pattern_has_no_solutions() -> None:
    """A thing that is named is described whole."""
    assert bare_rows("DESCRIBE <x:a>") is None


def test_words_that_run_together_are_not_guessed_at() -> None:
    """Oxigraph reads them, and whether the answer is whole cannot be asked."""
    query = "PREFIX a: <x:> DESCRIBEa:b"
    check_query(query)
    with pytest.raises(StoreAnswerError):
        bare_rows(query)
