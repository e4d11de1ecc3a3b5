"""The search over HTTP: facets, near misses, pages, forms, suggestions, bad input."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import html5lib
import httpx
import pytest
import rdflib

from graph.search import LOOKED_AT
from server.narrowing import LISTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.releasing import Release

    Publish = Callable[[Path, Iterable[str]], Release]
    Serve = Callable[..., AbstractContextManager[str]]

TURTLE = {"Accept": "text/turtle"}
JSON = {"Accept": "application/json"}
BASE = "https://data.regietafel.example/"


def find(client: httpx.Client, **parameters: object) -> dict[str, Any]:
    """Return what a search finds, as JSON."""
    response = client.get("/search", params=parameters, headers=JSON)  # type: ignore[arg-type]
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def page_of(client: httpx.Client, path: str) -> Any:  # noqa: ANN401  an element
    """Return a page as a tree, after checking that it is valid HTML."""
    parser = html5lib.HTMLParser(
        html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    return parser.parse(client.get(path).text)


def words_of(element: Any) -> str:  # noqa: ANN401  an element
    """Return the words of an element, spaces made single."""
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("18 november 2021", "Landelijke Regietafel, 18 november 2021"),
        ("broekers", "Ankie Broekers-Knol"),
        ("lrt", "Landelijke Regietafel Migratie en Integratie"),
        ("fryslan", "Provincie Fryslân"),
        ("huisvesting", "taakstelling huisvesting vergunninghouders"),
        ("gunninghouders", "huisvesting van vergunninghouders"),
        ("regietafle migratie", "Landelijke Regietafel Migratie en Integratie"),
        ("opvang voor asielzoekers", "Centraal Orgaan opvang asielzoekers"),
        ("asielzoekersopvang", "Centraal Orgaan opvang asielzoekers"),
        (
            "kamerbrief 2021",
            "Brief aan de Eerste Kamer over de Landelijke Regietafel, 20 december 2021",
        ),
    ],
)
def test_people_find_what_they_mean(
    client: httpx.Client, words: str, label: str
) -> None:
    """By a day, a part of a compound, without accents, and misspelt."""
    found = find(client, q=words)

    assert label in [hit["label"] for hit in found["hits"]][:5]


def test_a_misspelt_word_is_named(client: httpx.Client) -> None:
    """What was looked for instead is said, not hidden."""
    page = page_of(client, "/search?q=brokers&lang=nl")

    assert find(client, q="brokers")["corrected"] == "broekers"
    assert "‘brokers’ komt niet voor" in words_of(page)


def test_a_word_that_is_much_shorter_is_not_offered(client: httpx.Client) -> None:
    """`nergens` is no slip of the pen for `eens`."""
    found = find(client, q="nergens")

    assert (found["total"], found["corrected"]) == (0, "")


def test_what_a_search_is_narrowed_to_stands_above_its_results(
    client: httpx.Client,
) -> None:
    """Each choice leads to the same search without it."""
    page = page_of(client, "/search?q=opvang&kind=document&period=2021&lang=nl")
    chosen = {
        words_of(link): link.get("href")
        for link in page.findall(".//main/ul[@class='chips']/li/a")
    }

    assert set(chosen) == {"Alleen: Documenten ×", "Alleen: 2021 ×"}
    assert "period=2021" in chosen["Alleen: Documenten ×"]
    assert "kind=" not in chosen["Alleen: Documenten ×"]


def test_a_list_begins_with_the_newest(client: httpx.Client) -> None:
    """What has no date comes last, whatever its name."""
    pages = [page_of(client, f"/doc/document?page={n}&lang=nl") for n in (1, 2, 3)]
    days = [
        times[0].get("datetime") if (times := row.findall(".//time")) else ""
        for page in pages
        for row in page.findall(".//main//tbody/tr")
    ]

    years = [day[:4] for day in days if day]
    assert days[0] >= "2024"
    assert years == sorted(years, reverse=True)
    assert days[-1] == ""


def test_a_hit_says_where_it_belongs_and_when(client: httpx.Client) -> None:
    """As words on the page, as IRIs and numbers for programs."""
    hit = next(
        item
        for item in find(client, q="18 november 2021")["hits"]
        if item["kind"] == "overleg"
    )
    page = page_of(client, "/search?q=18+november+2021&lang=nl")
    shown = words_of(page.find(".//ol[@class='hits']/li/p"))

    assert hit["bodies"] == [f"{BASE}id/organisatie/lrt"]
    assert hit["years"] == [2021]
    assert shown == "overleg Landelijke Regietafel Migratie en Integratie 2021"


def test_with_nothing_found_fewer_words_are_offered(client: httpx.Client) -> None:
    """Each with how much it finds, and it does find that."""
    found = find(client, q="ollongren zoekraakt")
    page = page_of(client, "/search?q=ollongren+zoekraakt")
    links = [a.get("href") for a in page.findall(".//main//ul/li/a")]

    assert found["total"] == 0
    assert found["fewer"] == [{"q": "ollongren", "total": 2}]
    assert find(client, q="ollongren")["total"] == 2
    assert "/search?q=ollongren" in links


def test_a_search_for_nothing_offers_the_kinds(client: httpx.Client) -> None:
    """Each with as many things as it leads to."""
    page = page_of(client, "/search")
    link = page.find(".//main//ul[@class='counts']/li/a")
    count = int((link.findtext("b") or "").replace(".", ""))
    kind = link.get("href").removeprefix("/search?kind=")

    assert find(client, kind=kind)["total"] == count > 0


@pytest.mark.parametrize(
    ("word", "media_type"),
    [
        ("json", "application/json"),
        ("turtle", "text/turtle"),
        ("html", "text/html"),
        ("jsonld", "application/ld+json"),
    ],
)
def test_the_form_of_a_result_is_chosen_by_a_link(
    client: httpx.Client, word: str, media_type: str
) -> None:
    """The page leads to each; the form in the address comes before Accept."""
    answer = client.get("/search", params={"q": "lrt", "format": word}, headers=TURTLE)
    page = page_of(client, "/search?q=lrt")
    links = [a.get("href") for a in page.findall(".//ul[@class='formats']//a")]

    assert answer.headers["Content-Type"].startswith(media_type)
    assert f"/search?q=lrt&format={word}" in links or word == "html"


def test_facets_count_what_they_then_give(client: httpx.Client) -> None:
    """Every count of a facet is the number of results that choosing it gives."""
    facets = find(client, q="opvang")["facets"]

    assert set(facets) == {"kind", "body", "period", "topic", "source"}
    for name, values in facets.items():
        assert values, name
        for item in values[:3]:
            chosen = find(client, q="opvang", **{name: item["value"]})
            assert chosen["total"] == item["count"], (name, item)


def test_a_facet_alone_is_a_search(client: httpx.Client) -> None:
    """All meetings of a year need no words; prefixed names stand for IRIs."""
    found = find(client, kind="overleg", period=2021, body="organisatie:lrt")

    assert found["total"] >= 2
    assert {hit["kind"] for hit in found["hits"]} == {"overleg"}


def test_the_pages_of_a_result_hold_everything_once(client: httpx.Client) -> None:
    """They are as many as is said, and lead to each other."""
    first = find(client, q="opvang")
    seen = [
        hit["iri"]
        for number in range(1, first["pages"] + 1)
        for hit in find(client, q="opvang", page=number)["hits"]
    ]
    page = page_of(client, "/search?q=opvang&page=2")

    assert len(seen) == len(set(seen)) == first["total"]
    relations = {item.get("rel") for item in page.iter("a")}
    assert {"prev", "next"} <= relations


def test_the_page_marks_what_matched_and_works_as_links(client: httpx.Client) -> None:
    """Every facet is a link with a count, and its choice can be undone."""
    page = page_of(client, "/search?q=opvang&kind=document&lang=nl")
    marks = [words_of(item).lower() for item in page.iter("mark")]
    chosen = [i for i in page.iter("a") if i.get("aria-current") == "true"]

    assert set(marks) == {"opvang"}
    back = next(i for i in chosen if "Documenten" in words_of(i)).get("href")
    assert "kind=" not in back
    assert len(find(client, q="opvang")["hits"]) == 20


def test_the_same_result_comes_as_rdf(client: httpx.Client) -> None:
    """The collection, its size and the names of what was found."""
    answer = client.get("/search?q=broekers", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    hydra = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
    members = {str(item) for item in graph.objects(None, hydra.member)}

    assert members == {hit["iri"] for hit in find(client, q="broekers")["hits"]}
    sizes = [int(str(item)) for item in graph.objects(None, hydra.totalItems)]
    assert sizes == [find(client, q="broekers")["total"]]


def test_rdf_leads_to_the_other_pages(client: httpx.Client) -> None:
    """From the first to the last, each thing is met once; nothing is left unsaid."""
    hydra = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
    address, members, seen = "/search?q=%22opvang%22", list[str](), set[str]()
    while address and address not in seen:
        seen.add(address)
        answer = client.get(address, headers={"Accept": "text/turtle"})
        graph = rdflib.Graph().parse(data=answer.text, format="turtle")
        members += [str(item) for item in graph.objects(None, hydra.member)]
        address = str(next(graph.objects(None, hydra.next), ""))

    assert len(members) == len(set(members))
    assert len(members) == find(client, q='"opvang"')["total"]


def test_rdf_says_that_not_everything_was_looked_through(
    tmp_path: Path, publish_lines: Publish, serve: Serve
) -> None:
    """The count is a lower bound, in words of both languages."""
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    start, graph = "https://data.regietafel.example/id/document", "<x:g>"
    lines = [
        f'<{start}/d{n}> {label} "Brief {n}"@nl {graph} .' for n in range(LOOKED_AT + 9)
    ]
    with (
        serve(publish_lines(tmp_path, lines)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        text = client.get("/search?q=brief", headers=TURTLE).text
    graph_of = rdflib.Graph().parse(data=text, format="turtle")
    comments = graph_of.objects(None, rdflib.RDFS.comment)

    assert {item.language for item in comments} == {"nl", "en"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("raw", ['a"b', "{a}", "a|b", "a^b", "a`b"])
def test_a_search_in_rdf_takes_any_address(client: httpx.Client, raw: str) -> None:
    """Clients do not escape all that an IRI may not hold."""
    host, port = client.base_url.host, client.base_url.port or 80
    with socket.create_connection((host, port), timeout=30) as connection:
        head = f"GET /search?q={raw} HTTP/1.1\r\nHost: x\r\nAccept: text/turtle\r\n"
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
        status = connection.makefile("rb").readline().split()[1]

    assert status in {b"200", b"400"}


def test_values_of_a_facet_that_are_left_out_are_counted(
    client: httpx.Client,
) -> None:
    """There are more sources than are listed."""
    found = find(client, kind="document")
    words = words_of(page_of(client, "/search?kind=document&lang=en"))
    listed, left = len(found["facets"]["source"]), found["facets_left_out"]["source"]

    assert listed == LISTED
    assert left > 0
    assert f"{left} more are not listed" in words
    assert found["facets_left_out"]["kind"] == 0


def test_suggestions_say_what_and_where(client: httpx.Client) -> None:
    """A label, a kind and an address that exists; nothing for a single letter."""
    rows = client.get("/search/suggest", params={"q": "regiet"}).json()

    assert {"iri", "prefixed", "label", "kind", "href"} <= set(rows[0])
    assert rows[0]["prefixed"] == "organisatie:lrt"
    for row in rows:
        assert client.get(row["href"]).status_code == 200
    assert client.get("/search/suggest", params={"q": "r"}).json() == []
    assert client.get("/search/suggest").json() == []


def test_nothing_found_says_what_to_do(client: httpx.Client) -> None:
    """Let go of a facet, browse, or ask in SPARQL."""
    page = page_of(client, "/search?q=qqqqzzzz&kind=overleg&lang=nl")
    links = {item.get("href") for item in page.iter("a")}

    assert "Niets gevonden" in words_of(page)
    assert {"/doc?lang=nl", "/search?q=qqqqzzzz&lang=nl"} <= links


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/search?q=opvang&page=0", "1–"),
        ("/search?q=opvang&page=99", "1–"),
        ("/search?q=opvang&page=1e9", "1–"),
        ("/search?q=opvang&kind=nix", "overleg"),
        ("/search?q=opvang&period=21", "1900–2199"),
        ("/search?q=opvang&topic=%3Cscript%3E", "begrip:"),
        ("/search?q=opvang&body=nix:lrt", "organisatie:lrt"),
        ("/search?q=opvang&source=http://a b", "document:"),
        (f"/search?q={'a' * 201}", "200"),
        ("/search?q=a&" + "&".join(f"kind=k{n}" for n in range(21)), "20×"),
        ("/doc/overleg?page=-1", "1–1"),
        ("/doc/overleg?page=2", "1–1"),
        ("/?lang=de", "nl, en"),
        ("/doc/organisatie/lrt?lang=", "nl, en"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_with_what_can(
    client: httpx.Client, path: str, allowed: str
) -> None:
    """To people and to programs alike."""
    answer = client.get(path)
    page = client.get(path, headers={"Accept": "text/html", "Accept-Language": "nl"})

    assert (answer.status_code, page.status_code) == (400, 400)
    assert answer.json()["code"] == "parameter-value"
    assert allowed in answer.json()["allowed"]
    assert f"Wel mogelijk: {answer.json()['allowed']}." in words_of(
        html5lib.parse(page.text, namespaceHTMLElements=False)
    )


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/en", "/?lang=en"),
        ("/nl/doc/overleg?page=1", "/doc/overleg?page=1&lang=nl"),
        ("/en/search?q=a+b&lang=nl", "/search?q=a+b&lang=en"),
        ("/en//elders.example/x", "/elders.example/x?lang=en"),
        ("/en/%5Celders.example", "/elders.example?lang=en"),
    ],
)
def test_a_language_in_the_path_leads_to_the_page_in_it(
    client: httpx.Client, path: str, place: str
) -> None:
    """And never to another server."""
    response = client.get(path)

    assert response.status_code in {302, 308}
    location = response.headers["Location"]
    if response.status_code == 302:
        assert location == place
    assert not location.startswith(("//", "/\\"))
