"""The pages are valid, say who says what, and lead everywhere."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest

from graph.namespaces import KINDS
from graph.terms import Iri

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from graph.releasing import Release

BASE = "https://data.regietafel.example/"
PLAIN = (
    "/",
    "/search",
    "/search?q=regietafel",
    "/search?q=niets-daarvan",
    "/doc",
    "/doc/overleg",
    "/graph",
    "/graph/register",
    "/graph/bron/brief-2021-12-20-jenv-lrt",
    "/def/overleg",
    "/def/overleg-shapes",
    "/sparql",
    "/nix",
)
PER_KIND = 2


def tree_of(response: httpx.Response) -> Any:  # noqa: ANN401  an element
    """Return a page as a tree, after checking that it is valid HTML."""
    parser = html5lib.HTMLParser(
        html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    return parser.parse(response.text)


def text_of(element: Any) -> str:  # noqa: ANN401  an element
    """Return the words of an element, spaces made single."""
    return " ".join("".join(element.itertext()).split())


@pytest.fixture(scope="session")
def things(release: Release) -> list[str]:
    """Return the paths of some things of each kind, and of those shown most."""
    found = ["organisatie/lrt", "document/brief-2021-12-20-jenv-lrt"]
    for kind in KINDS:
        start = f"{BASE}id/{kind}/"
        rows = release.store.select(
            "SELECT DISTINCT ?s { ?s a ?c FILTER (STRSTARTS(STR(?s), "
            f'"{start}")) }} ORDER BY ?s LIMIT {PER_KIND}'
        )
        found += [row["s"].value.removeprefix(f"{BASE}id/") for row in rows]
    return [f"/doc/{item}" for item in found]


@pytest.mark.parametrize("path", PLAIN)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_page_is_valid_and_in_its_language(
    browser_client: httpx.Client, path: str, language: str
) -> None:
    """One heading of the first level, a title, and no parse error."""
    response = browser_client.get(path, params={"lang": language})
    if "?" in path:
        response = browser_client.get(f"{path}&lang={language}")
    tree = tree_of(response)

    assert tree.get("lang") == language
    assert response.headers["Content-Language"] == language
    assert len(list(tree.iter("h1"))) == 1
    assert "Regietafel" in text_of(next(tree.iter("title")))
    assert not any(item.get("style") for item in tree.iter())
    data = {"application/json", "application/ld+json"}
    scripts = [i for i in tree.iter("script") if i.get("type") not in data]
    assert not any(item.text for item in scripts)


def test_things_have_valid_pages(
    browser_client: httpx.Client, things: list[str]
) -> None:
    """Some of every kind, with headings in order and names that are unique."""
    for path in things:
        tree = tree_of(browser_client.get(path))
        levels = [int(i.tag[1]) for i in tree.iter() if i.tag in {"h1", "h2", "h3"}]
        names = [item.get("id") for item in tree.iter() if item.get("id")]

        assert levels.count(1) == 1, path
        steps = pairwise(levels)
        assert all(after <= before + 1 for before, after in steps), path
        assert len(names) == len(set(names)), path


def facts_of(tree: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  elements
    """Yield each value of a page with the mark of its source."""
    for item in tree.iter("dd"):
        if any(child.get("class") == "value" for child in item.iter("div")):
            yield item, mark_in(item)
    for row in tree.iter("tr"):
        if any(cell.get("class") == "source-cell" for cell in row.iter("td")):
            yield row, mark_in(row)


def mark_in(element: Any) -> Any:  # noqa: ANN401  elements
    """Return what says who says so, at length or in short; None if nothing does."""
    marks = (i for i in element.iter() if i.get("class") in {"source", "marks"})
    return next(marks, None)


def test_every_value_names_its_source(
    browser_client: httpx.Client, things: list[str]
) -> None:
    """In words, whether a document says so or it was derived."""
    for path in things:
        marks = list(facts_of(tree_of(browser_client.get(path))))

        assert marks, path
        for value, source in marks:
            assert source is not None, (path, text_of(value))
            assert text_of(source), (path, text_of(value))
            assert next(source.iter("a"), None) is not None, path


def test_a_source_names_document_heading_and_paragraph(
    browser_client: httpx.Client,
) -> None:
    """As finely as the data know it."""
    tree = tree_of(browser_client.get("/doc/zetel/lrt-vng"))
    marks = " ".join(text_of(source) for _, source in facts_of(tree))

    assert "Brief aan de Eerste Kamer" in marks
    assert "‘Samenstelling’, alinea 1" in marks
    assert "Lees het origineel" in marks


def test_a_place_is_named_in_the_language_of_the_page(
    browser_client: httpx.Client,
) -> None:
    """A heading is quoted as it is; organisations are spelled in one way."""
    page = text_of(tree_of(browser_client.get("/doc/zetel/lrt-vng?lang=en")))
    kinds = text_of(tree_of(browser_client.get("/doc?lang=en")))

    assert "‘Samenstelling’, paragraph 1" in page
    assert "alinea 1" not in page
    assert "rganization" not in page + kinds
    assert "organisation" in kinds.lower()


def test_what_is_derived_says_so(browser_client: httpx.Client) -> None:
    """A conclusion is never shown as what a document says."""
    tree = tree_of(browser_client.get("/doc/periode/2021-12-20"))
    marks = " ".join(text_of(source) for _, source in facts_of(tree))

    assert "Afgeleid, niet zo gezegd" in marks
    assert "Afgeleid, niet zo gezegd" in marks


def test_no_link_leads_to_the_base_of_the_data(
    browser_client: httpx.Client, things: list[str]
) -> None:
    """The base is a name; links lead to paths of this server."""
    for path in [*PLAIN, *things]:
        tree = tree_of(browser_client.get(path))
        hrefs = [item.get("href") for item in tree.iter() if item.get("href")]

        assert not [href for href in hrefs if href.startswith(BASE)], path


def test_every_link_leads_somewhere(
    browser_client: httpx.Client, address: str, things: list[str]
) -> None:
    """No link of this server is broken, and every anchor is there."""
    wanted: dict[str, set[str]] = {}
    for path in [*PLAIN[:-1], *things]:
        for item in tree_of(browser_client.get(path)).iter("a"):
            url = urlsplit(urljoin(address + path, item.get("href")))
            if url.netloc == urlsplit(address).netloc and url.path != "/sparql":
                found = wanted.setdefault(url._replace(fragment="").geturl(), set())
                found.add(url.fragment)
    for url, fragments in wanted.items():
        response = browser_client.get(url)
        assert response.status_code == 200, url
        if any(fragments):
            anchors = {item.get("id") for item in tree_of(response).iter()}
            assert fragments - {""} <= anchors, url


def test_the_start_page_leads_to_what_it_is_about(
    browser_client: httpx.Client, release: Release
) -> None:
    """The table, the letter, the meetings in the order of time, and the release."""
    response = browser_client.get("/")
    page = response.text
    order = [page.find(f"/doc/overleg/lrt-{d}") for d in ("2020-03-03", "2021-11-18")]

    assert 'href="/doc/organisatie/lrt"' in page
    assert 'href="/doc/document/brief-2021-12-20-jenv-lrt"' in page
    assert 0 < order[0] < order[1]
    assert '<time datetime="2021-11-18">' in page
    assert release.manifest.id in page
    assert page.count('href="/queries/') >= 6


@pytest.mark.parametrize(
    ("language", "day"), [("nl", "18 november 2021"), ("en", "18 November 2021")]
)
def test_the_start_page_answers_for_a_day_at_a_glance(
    browser_client: httpx.Client, language: str, day: str
) -> None:
    """Who chaired, what was agreed and where it is written, before any click."""
    page = browser_client.get(f"/?lang={language}").text
    shown = page.partition('aria-labelledby="feature"')[2].partition("</section>")[0]

    assert day in shown
    assert "Kajsa Ollongren" in shown
    assert shown.count("/doc/afspraak/") >= 3
    assert "/doc/document/rijk-2021-11-19" in shown
    assert "/op-datum?datum=2021-11-18" in shown


def test_days_and_numbers_are_written_as_the_language_does(
    browser_client: httpx.Client,
) -> None:
    """In an answer for people; a download keeps what the data say."""
    path = "/queries/chair-on-date"
    dutch = browser_client.get(f"{path}?lang=nl").text
    english = browser_client.get(f"{path}?lang=en").text
    disputes = browser_client.get("/tegenspraken?lang=en").text

    assert ">3 maart 2020<" in dutch
    assert ">3 March 2020<" in english
    assert ">75,500<" in disputes


def test_what_a_panel_shows_is_named_where_it_would_stand_again(
    browser_client: httpx.Client,
) -> None:
    """A meeting's agreements are open above, and once more only as a link to a list."""
    page = browser_client.get("/doc/overleg/lrt-2021-11-18?lang=nl").text
    again = page.partition('id="incoming"')[2]

    assert "<details" not in page.partition('id="panel-meeting_agreements"')[2][:300]
    assert "Wat hierboven al staat" in again
    assert "Hier gemaakte afspraken</a> (4)" in again
    assert "Deelname (" not in again


def test_what_somebody_took_part_in_is_in_the_order_of_time(
    browser_client: httpx.Client,
) -> None:
    """A participation has the time of its meeting."""
    page = browser_client.get("/doc/persoon/broekers-knol-a").text
    found = page.partition('id="van-eli-dl-had_participant_person"')[2]
    order = [
        found.find(day) for day in ("3 maart 2020", "2 juni 2020", "15 maart 2021")
    ]

    assert 0 < order[0] < order[1] < order[2]


def test_a_source_says_only_what_it_says_itself(
    browser_client: httpx.Client,
) -> None:
    """What other sources add to the same things is left out."""
    page = browser_client.get("/doc/document/brief-2021-12-20-jenv-lrt").text
    said = page.partition('id="says"')[2].partition('id="incoming"')[0]

    assert "Bestuursakkoord Verhoogde Asielinstroom" in said
    assert "november 2015" in said
    assert "27 november 2015" not in said
    assert "bronnen</summary>" not in said


def test_a_choice_of_language_goes_along(browser_client: httpx.Client) -> None:
    """Every link of the page keeps it, and the switch leads back."""
    tree = tree_of(browser_client.get("/?lang=en"))
    hrefs = [i.get("href") for i in tree.iter("a")]
    local = [h for h in hrefs if h.startswith("/")]

    assert all("lang=" in href for href in local)
    assert "/?lang=nl" in hrefs
    hidden = [i for i in tree.iter("input") if i.get("name") == "lang"]
    assert {item.get("value") for item in hidden} == {"en"}


def test_the_language_follows_the_browser(client: httpx.Client) -> None:
    """English readers get English, others Dutch."""
    page = {"Accept": "text/html"}
    english = client.get("/", headers=page | {"Accept-Language": "en-GB"})
    french = client.get("/", headers=page | {"Accept-Language": "fr"})

    assert 'lang="en"' in english.text[:40]
    assert 'lang="nl"' in french.text[:40]


def test_search_finds_by_the_beginning_of_a_word(browser_client: httpx.Client) -> None:
    """The hits say what kind of thing they are."""
    page = browser_client.get("/search", params={"q": "broekers"}).text

    assert 'href="/doc/persoon/broekers-knol-a"' in page
    assert '<span class="badge">persoon</span>' in page


def test_a_released_page_has_no_banner(browser_client: httpx.Client) -> None:
    """What passed the gate is not called unchecked."""
    assert "niet gevalideerd" not in browser_client.get("/").text


def test_terms_lead_to_their_definition(browser_client: httpx.Client) -> None:
    """Own and reused terms alike stand on the page of the ontology."""
    page = browser_client.get("/doc/organisatie/lrt").text
    ontology = tree_of(browser_client.get("/def/overleg"))
    anchors = {item.get("id") for item in ontology.iter("article")}

    assert 'href="/def/overleg#skos-prefLabel"' in page
    assert {"ConsultationBody", "dated", "org-member"} <= anchors


def test_the_view_as_query_gives_the_same_statements(
    client: httpx.Client, browser_client: httpx.Client, release: Release
) -> None:
    """The link on a page asks for exactly what the page shows."""
    iri = Iri(f"{BASE}id/organisatie/lrt")
    tree = tree_of(browser_client.get("/doc/organisatie/lrt"))
    link = next(
        item.get("href")
        for item in tree.iter("a")
        if text_of(item) == "Bekijk als query"
    )
    rows = client.get(link).json()["results"]["bindings"]

    named = [item for item in release.store.statements(iri) if item.graph]
    assert len(rows) == len(named)
