"""What is withdrawn or replaced says so, in the words of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from graph.withdrawing import withdrawal_of
from graph.workers import Limits, QueryWorkers
from server.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from graph.releasing import Release

    Publish = Callable[[Path, Iterable[str]], Release]

BASE = "https://data.regietafel.example/"
GRAPH = f"<{BASE}graph/referentie/vervallen> ."
SINCE = (
    "<http://www.w3.org/ns/prov#invalidatedAtTime> "
    '"2026-12-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
)
NOTE = "<http://www.w3.org/2004/02/skos/core#changeNote>"
NEXT = "<http://purl.org/dc/terms/isReplacedBy>"


def person(name: str) -> str:
    """Return the IRI of a person as N-Quads write it."""
    return f"<{BASE}id/persoon/{name}>"


LINES = (
    f'{person("nu")} <http://xmlns.com/foaf/0.1/name> "Nu" {GRAPH}',
    f"{person('anders')} {SINCE} {GRAPH}",
    f"{person('anders')} {NEXT} {person('nu')} {GRAPH}",
    f"{person('dubbel')} {SINCE} {GRAPH}",
    f'{person("dubbel")} {NOTE} "Stond er twee keer."@nl {GRAPH}',
    f'{person("dubbel")} {NOTE} "Was there twice."@en {GRAPH}',
    f"{person('dubbel')} {NEXT} {person('nu')} {GRAPH}",
    f"{person('fout')} {SINCE} {GRAPH}",
    f'{person("fout")} {NOTE} "<b>Bestond niet.</b>"@nl {GRAPH}',
    f"{person('elders')} {SINCE} {GRAPH}",
    f"{person('elders')} {NEXT} <https://example.org/x> {GRAPH}",
    f"{person('kwaad')} {SINCE} {GRAPH}",
    f"{person('kwaad')} {NEXT} <javascript:alert(1)> {GRAPH}",
)


@pytest.fixture(scope="module")
def release(
    tmp_path_factory: pytest.TempPathFactory, publish_lines: Publish
) -> Release:
    """Return a release in which some things are withdrawn."""
    return publish_lines(tmp_path_factory.mktemp("withdrawn"), LINES)


@pytest.fixture(scope="module")
def visitor(release: Release) -> Iterator[Client]:
    """Return a client of that release."""
    workers = QueryWorkers(release.store_path, Limits(workers=1))
    yield Client(create_app(release, workers))
    workers.close()


@pytest.mark.parametrize("suffix", ["", ".ttl", ".html"])
def test_what_has_another_iri_leads_to_it(visitor: Client, suffix: str) -> None:
    """For good, and in the form that was asked for."""
    response = visitor.get(f"/doc/persoon/anders{suffix}")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/doc/persoon/nu{suffix}"
    assert visitor.get("/id/persoon/anders", follow_redirects=True).status_code == 200


def test_a_successor_may_lie_elsewhere(visitor: Client) -> None:
    """A link of another site, but nothing that is no link."""
    assert (
        visitor.get("/doc/persoon/elders").headers["Location"]
        == "https://example.org/x"
    )
    assert visitor.get("/doc/persoon/kwaad").status_code == 410


def test_what_is_withdrawn_is_gone_with_reason_and_successor(visitor: Client) -> None:
    """For programs."""
    told = visitor.get("/doc/persoon/dubbel", headers={"Accept-Language": "en"}).json

    assert told is not None
    assert (told["status"], told["code"]) == (410, "withdrawn")
    assert told["reason"] == "Was there twice."
    assert told["since"] == "2026-12-01"
    assert told["successor"] == f"{BASE}id/persoon/nu"


def test_what_took_its_place_is_linked_as_the_data_word_it(visitor: Client) -> None:
    """In a header, in every form; what is no address is no link."""
    relation = "http://purl.org/dc/terms/isReplacedBy"
    for accept in ("*/*", "text/html", "text/turtle"):
        gone = visitor.get("/doc/persoon/dubbel", headers={"Accept": accept})
        assert gone.headers["Link"] == f'<{BASE}id/persoon/nu>; rel="{relation}"'
    assert "Link" not in visitor.get("/doc/persoon/kwaad").headers
    assert "Link" not in visitor.get("/doc/persoon/fout").headers


@pytest.mark.parametrize(
    ("language", "reason", "day"),
    [
        ("nl", "Stond er twee keer.", "1 december 2026"),
        ("en", "Was there twice.", "1 December 2026"),
    ],
)
def test_people_read_the_reason_in_their_language(
    visitor: Client, language: str, reason: str, day: str
) -> None:
    """With a link to what took its place."""
    headers = {"Accept": "text/html", "Accept-Language": language}
    response = visitor.get("/doc/persoon/dubbel", headers=headers)

    assert response.status_code == 410
    assert reason in response.text
    assert day in response.text
    assert '<a href="/doc/persoon/nu">' in response.text


def test_a_reason_is_text_and_may_be_in_one_language(visitor: Client) -> None:
    """Markup in the data stays text."""
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    response = visitor.get("/doc/persoon/fout", headers=headers)

    assert response.status_code == 410
    assert "&lt;b&gt;Bestond niet." in response.text


def test_what_is_in_use_is_not_withdrawn(release: Release) -> None:
    """Neither is what is unknown."""
    assert withdrawal_of(release.store, f"{BASE}id/persoon/nu") is None
    assert withdrawal_of(release.store, f"{BASE}id/persoon/niemand") is None
    assert withdrawal_of(release.store, "no IRI") is None
