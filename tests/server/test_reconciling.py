"""OpenRefine and programs like it find which thing is meant by a name in a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

#: Names as tables have them, and what each stands for.
NAMES = [
    ("Centraal Orgaan opvang asielzoekers", "organisatie/coa", True),
    ("coa", "organisatie/coa", True),
    ("  LRT ", "organisatie/lrt", True),
    ("Ollongren, Kajsa", "persoon/ollongren-k", False),
    ("Provincie Fryslan", "organisatie/provincie-fryslan", True),
    ("National Coordination Table on Migration and Integration", "organisatie/lrt", 1),
    ("Landelijke Regietafel Migratie & Integratie (LRT)", "organisatie/lrt", False),
]


def ask(client: httpx.Client, queries: object, method: str = "POST") -> httpx.Response:
    """Return the answer to a batch of queries."""
    fields = {"queries": queries if isinstance(queries, str) else json.dumps(queries)}
    if method == "GET":
        return client.get("/reconcile", params=fields)
    return client.post("/reconcile", data=fields)


def test_the_service_says_what_it_can(client: httpx.Client) -> None:
    """What OpenRefine needs to add it, and addresses that answer."""
    manifest = client.get("/reconcile").json()
    suggest = manifest["suggest"]

    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == "https://data.regietafel.example/id/"
    assert {"id": "persoon", "name": "persoon"} in manifest["defaultTypes"]
    assert suggest.keys() == {"entity", "type"}
    for found in suggest.values():
        address = found["service_url"] + found["service_path"]
        assert client.get(address, params={"prefix": "or"}).json()["result"]
    page = manifest["view"]["url"].replace("{{id}}", "organisatie/coa")
    assert client.get(page, headers={"Accept": "text/turtle"}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_names_find_what_they_stand_for(client: httpx.Client, method: str) -> None:
    """Each under its key; only the very name of one thing alone matches by itself."""
    batch = {f"q{n}": {"query": name} for n, (name, _, _) in enumerate(NAMES)}
    answer = ask(client, batch, method)
    found = answer.json()

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert found.keys() == batch.keys()
    for number, (name, identity, matches) in enumerate(NAMES):
        best = found[f"q{number}"]["result"][0]
        assert (best["id"], best["match"]) == (identity, bool(matches)), name
        assert best["score"] == 100 or not matches
        assert best["name"]
        assert best["type"][0]["id"] == identity.partition("/")[0]


def test_what_two_things_are_called_matches_neither(client: httpx.Client) -> None:
    """A person has to choose."""
    found = ask(client, {"a": {"query": "voorzitter"}}).json()["a"]["result"]

    assert [item["score"] for item in found[:2]] == [100, 100]
    assert not any(item["match"] for item in found)


def test_kinds_and_a_limit_narrow_what_is_found(client: httpx.Client) -> None:
    """One kind or several; the best come first; what is nothing finds nothing."""
    batch = {
        "one": {"query": "regietafel", "type": "overleg"},
        "some": {"query": "regietafel", "type": ["overleg", "document"], "limit": 3},
        "none": {"query": "qqqq zzzz"},
        "empty": {"query": " "},
    }
    found = {key: item["result"] for key, item in ask(client, batch).json().items()}
    scores = [item["score"] for item in found["one"]]

    assert {item["type"][0]["id"] for item in found["one"]} == {"overleg"}
    assert scores == sorted(scores, reverse=True)
    assert len(found["some"]) == 3
    assert found["none"] == found["empty"] == []


def test_a_batch_that_is_posted_is_not_left_out(client: httpx.Client) -> None:
    """Without one, only GET asks what the service can."""
    assert client.post("/reconcile", data={"other": ""}).status_code == 400
    assert client.post("/reconcile").status_code == 415


def test_names_that_are_not_utf_8_are_refused(
    client: httpx.Client, assert_problem: Callable[..., dict[str, Any]]
) -> None:
    """With replaced characters they would be other names."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b'queries={"a":{"query":"%FF"}}'

    assert_problem(
        client.post("/reconcile", content=body, headers=form), 400, "encoding"
    )


def test_kinds_are_suggested_in_the_language_asked(client: httpx.Client) -> None:
    """By the beginning of their name."""
    found = client.get("/reconcile/suggest/type?prefix=per&lang=en").json()

    assert found == {"result": [{"id": "persoon", "name": "person"}]}


@pytest.mark.parametrize(
    "queries",
    [
        "",
        "{",
        "[]",
        "{}",
        "[" * 20_000,
        {"a": "COA"},
        {"a": {"query": 3}},
        {"a": {"query": "x" * 201}},
        {"a": {"query": "COA", "type": "niets"}},
        {"a": {"query": "COA", "type": [{}]}},
        {"a": {"query": "COA", "limit": 0}},
        {"a": {"query": "COA", "limit": True}},
        {"a": {"query": "COA", "limit": 10**9}},
        {str(number): {"query": "COA"} for number in range(51)},
    ],
    ids=range(14),
)
def test_a_batch_that_cannot_be_is_refused_with_what_can(
    client: httpx.Client, assert_problem: Callable[..., dict[str, Any]], queries: object
) -> None:
    """In bounded work, and never as an error of the server."""
    problem = assert_problem(ask(client, queries), 400, "parameter-value")

    assert "Allowed" in problem["detail"]
