"""Queries take chosen values as terms, in the place of those they were written with."""

import re
from pathlib import Path

import pytest

from graph.including import include
from graph.namespaces import DEFAULT_BASE, expand
from graph.parameters import (
    TYPES,
    asks_about,
    bind,
    counting,
    read_parameters,
)
from graph.paths import QUERIES
from graph.releasing import Release
from graph.store import Store, check_query
from graph.terms import Iri, Literal, Term

DAY = "http://www.w3.org/2001/XMLSchema#date"
PATHS = sorted(QUERIES.glob("*.rq"))
questions = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
HEAD = "# parameter: ?a text; nl: Een; en: One\n# parameter: ?b number; nl: B; en: B\n"
PAIRS = HEAD + 'SELECT * WHERE { VALUES (?a ?b) { ("x" 1) ("y" UNDEF) } }'


def solve(query: str) -> list[dict[str, str]]:
    """Return the solutions of a query over nothing."""
    solutions = Store.in_memory().select(query)
    return [{name: term.value for name, term in row.items()} for row in solutions]


@questions
def test_each_declaration_is_understood(path: Path) -> None:
    """No line is passed over, and each parameter is a variable of its query."""
    text = path.read_text(encoding="utf-8")
    found = read_parameters(include(text), DEFAULT_BASE)

    assert len(found) == text.count("# parameter")
    assert all(item.type in TYPES for item in found)
    assert all(asks_about(include(text), item.name) for item in found)


@questions
def test_the_words_for_values_name_values_that_are_there(path: Path) -> None:
    """What stands in braces is a parameter, and has a value if none is chosen."""
    text = path.read_text(encoding="utf-8")
    known = {x.name for x in read_parameters(include(text), DEFAULT_BASE) if x.defaults}
    asked = dict(re.findall(r"^# asked-(nl|en): (.+)$", text, re.MULTILINE))

    assert set(asked) in ({"nl", "en"}, set())
    assert all(
        set(re.findall(r"\{(\w+)\}", words)) <= known for words in asked.values()
    )
    assert bool(asked) == bool(known)


@questions
def test_an_answer_can_be_paged_and_counted(path: Path, release: Release) -> None:
    """A query that ends in an order takes LIMIT, and its count is that of its rows."""
    query = include(path.read_text(encoding="utf-8"))
    rows = release.store.select(query)
    paged = release.store.select(query + "\nLIMIT 3 OFFSET 1")
    total = release.store.select(counting(query))[0]["total"].value

    assert paged == rows[1:4]
    assert int(total) == len(rows)


def test_a_value_takes_the_place_of_those_written() -> None:
    """The other variables of the block keep theirs, and equal rows fall together."""
    one = bind(PAIRS, {"a": Literal("z")}, DEFAULT_BASE)
    number = Literal("7", None, "http://www.w3.org/2001/XMLSchema#integer")
    both = bind(PAIRS, {"a": Literal("z"), "b": number}, DEFAULT_BASE)

    assert solve(one) == [{"a": "z", "b": "1"}, {"a": "z"}]
    assert solve(both) == [{"a": "z", "b": "7"}]


def test_the_written_values_are_the_defaults() -> None:
    """They are read as terms, each once."""
    first, second = read_parameters(PAIRS, DEFAULT_BASE)

    assert [term.value for term in first.defaults] == ["x", "y"]
    assert [term.value for term in second.defaults] == ["1"]
    assert first.labels == {"nl": "Een", "en": "One"}


def test_a_free_variable_is_bound_where_the_patterns_begin() -> None:
    """What has no block gets one, and nothing else is touched."""
    query = "# ?s { not here\nSELECT ?s WHERE { ?s ?p '{ VALUES ?s { <x:y> } }' }"
    bound = bind(query, {"s": Iri("https://a.example/")}, DEFAULT_BASE)

    check_query(bound)
    assert bound == query.replace(
        "WHERE {", "WHERE { VALUES (?s) { (<https://a.example/>) }"
    )


@pytest.mark.parametrize(
    "text",
    [
        '" } } DROP ALL #',
        '\'"""\\',
        "line\nbreak\r\t",
        "\x00\x07\ufffe",
        "?b } VALUES ?b { 9 } #",
        "𝒳" * 200,
    ],
)
def test_a_hostile_text_stays_a_text(text: str) -> None:
    """Whatever it holds, the engine reads back exactly the value."""
    values: dict[str, Term] = {"a": Literal(text)}

    assert solve(bind(PAIRS, values, DEFAULT_BASE)) == [
        {"a": text, "b": "1"},
        {"a": text},
    ]


def test_an_iri_that_could_end_is_refused() -> None:
    """What is no IRI never gets into a query."""
    with pytest.raises(ValueError, match="IRI"):
        bind(PAIRS, {"a": Iri("https://a.example/> } #")}, DEFAULT_BASE)


def test_a_choice_has_what_its_parameter_asks(release: Release) -> None:
    """The values that a query is written with are among those that may be chosen."""
    for path in PATHS:
        query = include(path.read_text(encoding="utf-8"))
        for item in read_parameters(query, DEFAULT_BASE):
            if item.within:
                within, value = (Iri(expand(name)) for name in item.within)
                for term in (None, *item.defaults):
                    found = release.store.statements(term, within, value, None)
                    assert next(found, None), (path.stem, item.name, term)
