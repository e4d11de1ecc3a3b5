"""An answer that is cited can be asked again as it was, and compared with now."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import html5lib
import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from graph.keeping import prune
from server.caching import Cache
from server.citations import Citation, Citations
from server.errors import CitationsFullError
from server.gateway import Gateway
from server.hosting import open_folder
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.releasing import Release

    Serve = Callable[..., AbstractContextManager[str]]

START = "https://data.regietafel.example/id"
QUERY = "SELECT * { ?thing <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def triple(name: str, text: str) -> str:
    """Return a line of N-Quads that names a thing."""
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    graph = "<https://data.regietafel.example/graph/referentie/x>"
    return f'<{START}/{name}> {label} "{text}"@nl {graph} .'


def tree_of(response: httpx.Response) -> Any:  # noqa: ANN401  html5lib has no types
    """Return the page of an answer, parsed as browsers do, without a fault."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(response.text)


class Cited(NamedTuple):
    """A server of its own, and the file of its citations."""

    client: httpx.Client
    file: Path


@pytest.fixture
def cited(release: Release, serve: Serve, tmp_path: Path) -> Iterator[Cited]:
    """Return a client of a server of the real graph that may keep citations."""
    file = tmp_path / "citations.db"
    with (
        serve(release, Settings(citations=file)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield Cited(client, file)


def cite(client: httpx.Client, **asked: str) -> httpx.Response:
    """Cite, as a program does."""
    return client.post("/cite", data=asked)


def page_of(client: httpx.Client, response: httpx.Response, more: str = "") -> str:
    """Return the page of what was cited, in English."""
    path = response.headers["Location"] + more + "?lang=en"
    found = client.get(path, headers={"Accept": CHROME})
    tree_of(found)
    assert found.status_code == 200
    return found.text


def test_a_query_is_cited_once_however_often(cited: Cited, release: Release) -> None:
    """The same query of the same release has one short address."""
    query = "SELECT ?s WHERE { ?s a ?class } ORDER BY ?s LIMIT 3"
    first, second = (cite(cited.client, query=query) for _ in range(2))
    other = cite(cited.client, query=query + " ")
    page = page_of(cited.client, first)

    assert first.status_code == 201
    assert re.fullmatch(r"/cite/[a-z2-7]{12}", first.headers["Location"])
    assert second.headers["Location"] == first.headers["Location"]
    assert other.headers["Location"] != first.headers["Location"]
    assert release.manifest.id in page
    assert "the answer is the same as was cited" in page
    assert page.count('<tr role="row">') == 4


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"query": "ASK { ?s ?p ?o }"}, ">true<"),
        ({"query": "CONSTRUCT WHERE { ?s a ?o } LIMIT 2"}, "property"),
        ({"query": "SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 2"}, "/graph/"),
        ({"question": "chair-on-date", "at": "2021-12-20"}, "20 December 2021"),
        ({"question": "frequency"}, "How often did the LRT meet"),
        ({"path": "/doc/organisatie/lrt"}, "id/organisatie/lrt"),
        ({"path": "/doc/organisatie/lrt.ttl?lang=en"}, "id/organisatie/lrt"),
    ],
)
def test_whatever_is_asked_can_be_cited(
    cited: Cited, asked: dict[str, str], expected: str
) -> None:
    """Queries of every form, questions with their values, and things."""
    response = cite(cited.client, **asked)
    page = page_of(cited.client, response)
    difference = page_of(cited.client, response, "/difference")

    assert expected in page
    assert "the answer is the same as was cited" in page
    assert "Nothing has changed" in difference


def test_a_long_answer_is_shown_in_part_and_says_so(cited: Cited) -> None:
    """In words and in a header; the checksum is of all rows."""
    response = cite(cited.client, query="SELECT * { ?s ?p ?o } LIMIT 501")
    path = response.headers["Location"] + "?lang=en"
    page = cited.client.get(path, headers={"Accept": CHROME})

    assert "Only the first 500 rows are shown" in page.text
    assert page.headers["Regietafel-Cut"] == "rows=500"


def test_a_browser_is_led_to_the_citation(cited: Cited) -> None:
    """The form needs no JavaScript: 303, and a page."""
    response = cited.client.post(
        "/cite", data={"question": "frequency"}, headers={"Accept": CHROME}
    )

    assert response.status_code == 303
    assert "How often" in page_of(cited.client, response)


def test_the_button_is_where_answers_are(cited: Cited) -> None:
    """The form of a page, sent as it stands, cites what the page shows."""
    asked = "/sparql?query=" + quote("SELECT ?s { ?s a ?o } LIMIT 2")
    for path, name, value in (
        ("/queries/chair-on-date?at=2021-12-20", "at", "2021-12-20"),
        ("/doc/organisatie/lrt", "path", "/doc/organisatie/lrt"),
        (asked, "query", "SELECT ?s { ?s a ?o } LIMIT 2"),
    ):
        tree = tree_of(cited.client.get(path, headers={"Accept": CHROME}))
        form = next(x for x in tree.iter("form") if x.get("method") == "post")
        fields = {x.get("name"): x.get("value") for x in form.iter("input")}
        response = cited.client.post(form.get("action"), data=fields)

        assert fields[name] == value
        assert response.status_code == 201


def test_reference_managers_get_their_forms(cited: Cited, release: Release) -> None:
    """By Accept as by extension: CSL-JSON, BibTeX and RIS, with the same facts."""
    place = cite(cited.client, question="frequency").headers["Location"]
    accepted = {
        name: cited.client.get(place, headers={"Accept": name}).text
        for name in (
            "application/vnd.citationstyles.csl+json",
            "application/x-bibtex",
            "application/x-research-info-systems",
        )
    }
    csl, bibtex, ris = (
        cited.client.get(f"{place}.{x}").text for x in ("json", "bib", "ris")
    )
    item = json.loads(csl)[0]

    assert list(accepted.values()) == [csl, bibtex, ris]
    assert item["type"] == "dataset"
    assert item["version"] == release.manifest.id
    assert item["URL"].endswith(place)
    assert bibtex.startswith("@misc{regietafel-")
    assert bibtex.count("{") - bibtex.count("\\{") == bibtex.count("}") - bibtex.count(
        "\\}"
    )
    assert ris.startswith("TY  - DATA\r\n")
    assert ris.endswith("ER  - \r\n")
    for text in (csl, bibtex, ris):
        assert release.manifest.id in text
        assert "Hoe vaak" in text
    link = cited.client.get(f"{place}.ris").headers["Link"]
    assert link == f'<{item["URL"]}>; rel="cite-as"'


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"lang": "nl"}, 400, "parameter"),
        ({"query": "ASK {}", "path": "/doc/a/b"}, 400, "parameter"),
        ({"path": "/search?q=lrt"}, 400, "parameter"),
        ({"path": "javascript:alert(1)"}, 400, "parameter"),
        ({"path": "/doc/organisatie/nietsx"}, 404, "unknown-resource"),
        ({"query": "SELECT {"}, 400, "query-syntax"),
        ({"query": "INSERT DATA { <x:a> <x:b> 1 }"}, 403, "query-refused"),
        ({"query": "SELECT * { ?s ?p ?o }"}, 400, "answer-too-large"),
        ({"question": "nothing"}, 404, "unknown-page"),
        ({"question": "chair-on-date", "at": "x"}, 400, "parameter-value"),
        ({"query": "ASK {}", "release": "0" * 16}, 410, "gone-release"),
    ],
)
def test_what_cannot_be_cited_is_refused(
    cited: Cited,
    assert_problem: Callable[..., dict[str, Any]],
    asked: dict[str, str],
    status: int,
    code: str,
) -> None:
    """Each with what is wrong, and without a trace in the file."""
    assert_problem(cite(cited.client, **asked), status, code)

    assert not cited.file.exists()


def test_an_unknown_citation_is_not_found(
    cited: Cited, assert_problem: Callable[..., dict[str, Any]]
) -> None:
    """Before the first citation as after it, whatever the id."""
    for name in ("aaaaaaaaaaaa", "x", "aaaaaaaaaaaa.ris", "aaaaaaaaaaaa/difference"):
        assert_problem(cited.client.get(f"/cite/{name}"), 404, "unknown-page")
    place = cite(cited.client, query="ASK {}").headers["Location"]

    assert_problem(cited.client.get("/cite/aaaaaaaaaaaa"), 404, "unknown-page")
    assert_problem(cited.client.get(f"{place}.exe"), 404, "unknown-page")
    assert cited.client.get("/cite").status_code == 405


def test_a_folder_that_cannot_be_written_leaves_the_rest(
    release: Release,
    serve: Serve,
    tmp_path: Path,
    assert_problem: Callable[..., dict[str, Any]],
) -> None:
    """Citing says so, in words of its own, and pages are as they were."""
    settings = Settings(citations=tmp_path / "not" / "there" / "citations.db")
    with (
        serve(release, settings) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        refused = cite(client, query="ASK {}")
        page = client.post(
            "/cite", data={"query": "ASK {}"}, headers={"Accept": CHROME}
        )
        home = client.get("/")

    assert_problem(refused, 503, "citations-closed")
    assert "Citeren kan nu niet" in page.text
    assert home.status_code == 200


def test_a_damaged_file_is_told_as_closed(
    cited: Cited, assert_problem: Callable[..., dict[str, Any]]
) -> None:
    """What is no database is neither read nor overwritten."""
    cited.file.write_bytes(b"no database " * 1_000)
    before = cited.file.read_bytes()

    assert_problem(cite(cited.client, query="ASK {}"), 503, "citations-closed")
    assert_problem(cited.client.get("/cite/aaaaaaaaaaaa"), 503, "citations-closed")
    assert cited.file.read_bytes() == before


def test_new_citations_are_limited_by_the_hour(
    release: Release,
    serve: Serve,
    tmp_path: Path,
    assert_problem: Callable[..., dict[str, Any]],
) -> None:
    """One too many gets 429; what was cited before is still led to."""
    settings = Settings(citations=tmp_path / "c.db", citations_per_hour=2)
    with (
        serve(release, settings) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        kept = [cite(client, query=f"ASK {{}} # {n}") for n in range(2)]
        refused = cite(client, query="ASK {} # another")
        again = cite(client, query="ASK {} # 0")

    assert [item.status_code for item in kept] == [201, 201]
    assert_problem(refused, 429, "citations-many")
    assert int(refused.headers["Retry-After"]) > 0
    assert again.headers["Location"] == kept[0].headers["Location"]


def test_the_file_never_grows_beyond_its_bound(tmp_path: Path) -> None:
    """The last citation that fits is kept whole, and the next is refused."""
    file, kept = tmp_path / "c.db", []
    citations = Citations(file, 200_000, 10_000)

    def fill() -> None:
        for number in range(100):
            item = Citation(
                *(f"{number:012}", "x" * 9_000, "{}", "r", "p", "d"), 1, "2026"
            )
            kept.append(citations.add(item))

    with pytest.raises(CitationsFullError):
        fill()

    assert len(kept) > 10
    assert file.stat().st_size <= 200_000
    assert citations.get(kept[-1].id) == kept[-1]
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


class Grown(NamedTuple):
    """A folder with a release that was cited and a newer one, served."""

    client: httpx.Client
    folder: Path
    old: str
    new: str
    places: tuple[httpx.Response, httpx.Response]


@pytest.fixture
def grown(
    tmp_path: Path,
    publish_lines: Callable[..., Release],
    listen: Callable[[Gateway], AbstractContextManager[str]],
) -> Iterator[Grown]:
    """Return a server on which a release follows the one that was cited."""
    folder = tmp_path / "releases"
    folder.mkdir()
    names = [("persoon/een", "Een"), ("persoon/twee", "Twee")]
    old = publish_lines(folder, [triple(*item) for item in names])
    switch = open_folder(folder, Settings(citations=tmp_path / "c.db"))
    gateway = Gateway(switch, switch.state, Cache(0))
    with listen(gateway) as url, httpx.Client(base_url=url, timeout=60) as client:
        places = (cite(client, query=QUERY), cite(client, path="/doc/persoon/twee"))
        names = [("persoon/een", "Een"), ("persoon/twee", "Anders & <b>")]
        new = publish_lines(folder, [triple(*item) for item in names])
        switch.refresh()
        yield Grown(client, folder, old.manifest.id, new.manifest.id, places)
    switch.close()


def test_what_changed_since_is_shown(grown: Grown) -> None:
    """The answer as it was stands, and the difference names each row."""
    for place in grown.places:
        page = page_of(grown.client, place)
        difference = page_of(grown.client, place, "/difference")

        assert grown.client.get("/").headers["Regietafel-Release"] == grown.new
        assert "the answer is the same as was cited" in page
        assert "Twee" in page
        assert "Anders" not in page
        assert "Added: 1" in difference
        assert "Removed: 1" in difference
        assert "Anders &amp; &lt;b&gt;" in difference


def test_the_release_that_a_page_was_of_is_cited(grown: Grown) -> None:
    """A form sent after a swap cites what its page showed."""
    response = cite(grown.client, query="ASK {}", release=grown.old)
    mounted = cite(grown.client, path=f"/release/{grown.old}/doc/persoon/een")

    assert grown.old in page_of(grown.client, response)
    assert grown.old in page_of(grown.client, mounted)


def test_a_citation_of_a_pruned_release_says_so(grown: Grown) -> None:
    """What is left is said: the rows, their checksum, and the answer of now."""
    prune(grown.folder, keep=1)
    page = page_of(grown.client, grown.places[0])
    difference = page_of(grown.client, grown.places[0], "/difference")

    assert "This release is no longer kept" in page
    assert "that there were 2 rows" in page
    assert "This release is no longer kept" in difference
    assert "Anders" in difference
    place = grown.places[0].headers["Location"]
    assert grown.old in grown.client.get(f"{place}.json").text


@pytest.mark.parametrize("width", [320, 1280])
def test_a_citation_is_made_and_read_in_a_browser(
    cited: Cited,
    visits: Callable[..., AbstractContextManager[Any]],
    width: int,
) -> None:
    """By the button, without JavaScript, and axe finds nothing in the way."""
    address = str(cited.client.base_url).rstrip("/")
    size = {"width": width, "height": 900}
    with visits(
        address=address, locale="nl-NL", viewport=size, java_script_enabled=False
    ) as visit:
        visit.go("/queries/chair-on-date?at=2021-12-20")
        visit.page.get_by_role("button", name="Citeer dit antwoord").click()
        place = visit.page.url.removeprefix(address)
    with visits(address=address, locale="nl-NL", viewport=size) as visit:
        for path in (place, f"{place}/difference"):
            visit.go(path)
            wide = visit.page.evaluate("document.documentElement.scrollWidth")
            found = Axe().run(visit.page)

            assert found.response["violations"] == [], found.generate_report()
            assert wide <= width
