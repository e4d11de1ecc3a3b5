"""Graphs are read by the Graph Store Protocol as at their own IRIs, never written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.formats import NQUADS, NTRIPLES, RDF_FORMATS
from server.graphstore import PATH

if TYPE_CHECKING:
    import httpx

    from graph.formats import Format
    from graph.releasing import Release


BASE = "https://data.regietafel.example/"
LETTER = "graph/bron/brief-2021-12-20-jenv-lrt"


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda item: item.name)
def test_a_graph_is_the_same_as_at_its_own_iri(
    client: httpx.Client, syntax: Format
) -> None:
    """In every syntax, by the Accept header and by the parameter."""
    asked = {"graph": BASE + LETTER}
    wanted = {"Accept": syntax.media_type}
    found = client.get(PATH, params=asked, headers=wanted)
    named = client.get(PATH, params=asked | {"format": syntax.name})
    own = client.get(f"/{LETTER}.{syntax.extension}")

    assert found.status_code == 200
    assert found.text == named.text == own.text
    assert found.headers["Content-Type"] == own.headers["Content-Type"]
    assert found.headers["Vary"].split(", ")[0] == "Accept"


def test_the_default_graph_is_the_merged_one(
    client: httpx.Client, release: Release
) -> None:
    """Each triple once, and none of a shape."""
    answer = client.get(f"{PATH}?default", headers={"Accept": NTRIPLES.media_type})
    triples = release.store.statements(graph=None)

    assert answer.text.count("\n") == sum(1 for _ in triples)
    assert len(set(answer.text.splitlines())) == answer.text.count("\n")


def test_a_graph_of_the_ontology_is_read(client: httpx.Client) -> None:
    """Also those that lie under other paths than `/graph/`."""
    version = client.get("/def/overleg.nq").text.rstrip().rpartition("<")[2][:-3]
    answer = client.get(
        PATH, params={"graph": version}, headers={"Accept": NQUADS.media_type}
    )

    assert answer.text == client.get("/def/overleg.nq").text


def test_what_a_client_has_is_not_sent_again(client: httpx.Client) -> None:
    """The tag is that of one graph in one form."""
    asked = {"graph": BASE + LETTER}
    tag = client.get(PATH, params=asked).headers["ETag"]
    other = client.get(PATH, params={"graph": BASE + "graph/register"}).headers["ETag"]
    again = client.get(PATH, params=asked, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert tag != other


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("", 400),
        ("?default&graph=x", 400),
        ("?default=x", 400),
        ("?graph=a&graph=b", 400),
        ("?graph=", 404),
        ("?graph=urn:x", 404),
        ("?graph=%3Cscript%3E", 404),
        ("?default&format=html", 406),
    ],
)
def test_what_is_no_graph_is_refused(
    client: httpx.Client, asked: str, status: int
) -> None:
    """One graph is asked for, and one that is there."""
    answer = client.get(PATH + asked)

    assert answer.status_code == status
    assert answer.json()["mend"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_no_graph_can_be_changed(client: httpx.Client, method: str) -> None:
    """What is served is a release, which nothing changes."""
    answer = client.request(method, f"{PATH}?graph={BASE}{LETTER}", content=b"")

    assert answer.status_code == 405
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))
