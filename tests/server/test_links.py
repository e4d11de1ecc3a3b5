"""Data under any base leads to paths of this server, and nothing else is trusted."""

from __future__ import annotations

import pytest

from server.links import Links, in_header

BASE = "https://data.regietafel.example/"


@pytest.mark.parametrize(
    ("iri", "href"),
    [
        ("id/organisatie/lrt", "/doc/organisatie/lrt"),
        ("id/periode/2017_", "/doc/periode/2017_"),
        ("def/overleg#Meeting", "/def/overleg#Meeting"),
        ("def/overleg/1.2.0", "/def/overleg/1.2.0"),
        ("graph/bron/brief", "/graph/bron/brief"),
        ("id/organisatie/a?b", "/doc/organisatie/a%3Fb"),
        ('id/organisatie/"<b>', "/doc/organisatie/%22%3Cb%3E"),
        ("id/organisatie/é", "/doc/organisatie/%C3%A9"),
    ],
)
def test_the_datas_own_iris_lead_to_paths_of_the_server(iri: str, href: str) -> None:
    """The base need not be the address of the server."""
    assert Links(BASE).href(BASE + iri) == href


@pytest.mark.parametrize(
    "iri",
    [
        "https://www.w3.org/",
        "http://www.w3.org/ns/org#Post",
        "mailto:a@b.example",
        "https://data.regietafel.example/elders",
    ],
)
def test_other_web_addresses_lead_where_they_say(iri: str) -> None:
    """An address under the base that has no page here is an address like another."""
    assert Links(BASE).href(iri) == iri


@pytest.mark.parametrize(
    "iri",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "urn:isbn:1",
        "//elders.example/",
        "http://[",
        "http:",
        "",
    ],
)
def test_nothing_else_becomes_a_link(iri: str) -> None:
    """Data may hold any IRI; the rest is text."""
    assert Links(BASE).href(iri) is None


def test_a_language_chosen_by_hand_goes_along() -> None:
    """Without cookies, the address is where a choice is kept."""
    links = Links(BASE, language="en")

    assert links.href(BASE + "def/overleg#Seat") == "/def/overleg?lang=en#Seat"
    assert links.page("/sparql", query="a b") == "/sparql?query=a+b&lang=en"


def test_links_stay_below_the_path_that_a_proxy_gives() -> None:
    """A service may be mounted under a path."""
    links = Links(BASE, root="/regietafel")

    assert links.href(BASE + "id/overleg/x") == "/regietafel/doc/overleg/x"


def test_nothing_from_data_ends_a_header() -> None:
    """A line break in an IRI would let data write headers."""
    assert in_header("https://a.example/\r\nX: y é>") == (
        "https://a.example/%0D%0AX:%20y%20%C3%A9%3E"
    )
