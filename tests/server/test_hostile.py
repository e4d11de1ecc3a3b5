"""Data may hold anything; pages show it and do nothing with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import html5lib
import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PATHS = (
    "/doc/organisatie/hostile",
    "/doc/document/hostile",
    "/doc/organisatie",
    "/graph/bron/hostile",
    "/graph",
    "/search?q=script",
    "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/search?q=%22%20OR%20*%20NEAR(",
    "/doc/organisatie/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "/doc/organisatie/%7B%7B7*7%7D%7D",
    "/doc/organisatie/hostile%2522%253E%253Cb%253E",
    "/sparql?query=SELECT%20*%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D",
    "/sparql?query=%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "/sparql?query=ASK%7B%7D&default-graph-uri=urn:%27%22onload",
    "/?lang=%22%3E%3Cscript%3E",
)


@pytest.fixture(scope="module")
def visitor(previewed: str) -> Iterator[httpx.Client]:
    """Return a browser's client of a preview of hostile data."""
    with httpx.Client(base_url=previewed, headers={"Accept": "text/html"}) as found:
        yield found


def tree_of(response: httpx.Response) -> Any:  # noqa: ANN401  an element
    """Return a page as a tree, after checking that it is valid HTML."""
    parser = html5lib.HTMLParser(
        html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    return parser.parse(response.text)


def is_own(script: Any) -> bool:  # noqa: ANN401  an element
    """Tell whether a script is a file of the server, or data that cannot end itself."""
    if script.get("type") in {"application/json", "application/ld+json"}:
        return json.loads(script.text) is not None and "<" not in script.text
    source = script.get("src") or ""
    is_ours = source.startswith(("/static/", "/assets/"))
    return is_ours and not (script.text or "").strip()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_from_data_or_address_becomes_markup(
    visitor: httpx.Client, path: str
) -> None:
    """No script, no handler, no link that runs, and no template that is filled in."""
    response = visitor.get(path)
    tree = tree_of(response)
    attributes = [(name, value) for item in tree.iter() for name, value in item.items()]

    assert response.status_code in {200, 400, 404}
    assert not [item for item in tree.iter("script") if not is_own(item)]
    assert not [item for item in tree.iter("img") if item.get("src") == "x"]
    assert not list(tree.iter("svg"))
    assert not [name for name, _ in attributes if name.startswith("on")]
    assert "49" not in [(item.text or "").strip() for item in tree.iter()]


def test_what_no_gate_saw_has_no_counts_of_faults(visitor: httpx.Client) -> None:
    """The page of the quality says that nothing is known, which is not none."""
    response = visitor.get("/kwaliteit?lang=en")
    words = " ".join(tree_of(response).find("body").itertext())

    assert response.status_code == 200
    assert "not validated" in words
    assert "0 findings" not in words


@pytest.mark.parametrize("path", PATHS)
def test_only_web_and_mail_addresses_are_links(
    visitor: httpx.Client, path: str
) -> None:
    """Whatever the data call a page."""
    for item in tree_of(visitor.get(path)).iter():
        for name in ("href", "src", "action", "formaction"):
            value = item.get(name)
            if value is not None:
                assert value.startswith(
                    ("/", "#", "http://", "https://", "mailto:", "?")
                ), value
                assert not value.startswith("//"), value


def test_what_is_no_link_is_still_shown(visitor: httpx.Client) -> None:
    """Nothing of the data is hidden."""
    page = visitor.get("/doc/organisatie/hostile").text

    assert "javascript:alert(6)" in visitor.get("/doc/document/hostile").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{iri}" in page


def test_a_preview_says_on_every_page_that_it_is_not_checked(
    visitor: httpx.Client,
) -> None:
    """Nobody should cite a preview."""
    for path in ("/", "/sparql", "/doc/organisatie/hostile", "/nix", "/def/overleg"):
        page = visitor.get(path, headers={"Accept-Language": "nl"}).text
        assert "deze gegevens zijn niet gevalideerd" in page, path


def test_what_nobody_vouches_for_is_marked(visitor: httpx.Client) -> None:
    """A graph that the register does not know is no source."""
    headers = {"Accept-Language": "nl"}
    page = visitor.get("/doc/document/bericht", headers=headers).text

    assert "Nieuwsbericht van 19 november 2021, eerste alinea</a>" in page
    assert "Wat het bericht zegt" in page


def test_long_lists_are_cut_and_lead_to_the_rest(visitor: httpx.Client) -> None:
    """The page shows the first values, the count, and all as a page and as CSV."""
    page = visitor.get("/doc/organisatie/hostile", headers={"Accept-Language": "nl"})
    link = next(
        item.get("href")
        for item in tree_of(page).iter("a")
        if (item.text or "").startswith("Toon alle 8")
    )
    answer = visitor.get(link, headers={"Accept": "application/json"}).json()

    rows = next(
        item.get("href")
        for item in tree_of(page).iter("a")
        if item.get("type") == "text/csv" and link in item.get("href")
    )
    lines = visitor.get(rows).text.splitlines()

    assert "6 van 8 getoond" in page.text
    assert len(lines) == 1 + 8
    assert len(answer["results"]["bindings"]) == 8


def test_the_lists_are_paged(visitor: httpx.Client) -> None:
    """The first page leads on and the last one back."""
    beyond = visitor.get("/doc/organisatie?page=999", headers={"Accept": "*/*"})
    pages = beyond.json()["allowed"].rpartition("–")[2]
    first, last = (
        tree_of(visitor.get(f"/doc/organisatie?page={page}")) for page in (1, pages)
    )

    def relations(tree: Any) -> set[str]:  # noqa: ANN401  an element
        return {item.get("rel") for item in tree.iter("a") if item.get("rel")}

    assert len(list(first.iter("tr"))) == 3
    assert relations(first) == {"next"}
    assert relations(last) == {"prev"}


def test_a_period_that_is_open_says_so(visitor: httpx.Client) -> None:
    """An unknown end is not the same as still going on."""
    headers = {"Accept-Language": "nl"}
    page = visitor.get("/doc/persoon/broekers-knol-a", headers=headers).text

    assert "einde onbekend" in page
    assert '<time datetime="2015-11">' in visitor.get("/doc/overleg").text


def test_the_rdf_of_hostile_data_is_what_was_put_in(visitor: httpx.Client) -> None:
    """Nothing is cleaned away."""
    text = visitor.get("/doc/organisatie/hostile.nt").text

    assert "<javascript:alert(4)>" in text
    assert "<script>alert(1)</script>" in text
