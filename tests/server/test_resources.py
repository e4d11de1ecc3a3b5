"""Every IRI of the data leads to a description, in the form that is asked for."""

from __future__ import annotations

import html
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from graph.formats import RDF_FORMATS, by_name
from graph.paths import VERSION, released_versions
from graph.serialising import PART
from server import streaming
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.formats import Format
    from graph.releasing import Release

    Check = Callable[..., dict[str, Any]]
    Read = Callable[[str, Format], list[Any]]
    Serve = Callable[..., AbstractContextManager[str]]

BASE = "https://data.regietafel.example/"
TABLE = f"{BASE}id/organisatie/lrt"
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)
#: One path of each sort that has RDF, without an extension.
PATHS = (
    "/doc/organisatie/lrt",
    "/doc/periode/2021-12-20",
    "/def/overleg",
    f"/def/overleg/{VERSION}",
    "/def/overleg-shapes",
    "/graph/bron/brief-2021-12-20-jenv-lrt",
    "/graph/register",
)


def test_curl_follows_an_iri_to_turtle(client: httpx.Client) -> None:
    """303 to the document; taking anything gives Turtle."""
    first = client.get("/id/organisatie/lrt")
    second = client.get(first.headers["Location"])

    assert first.status_code == 303
    assert first.headers["Location"] == "/doc/organisatie/lrt"
    assert "Accept" in first.headers["Vary"]
    assert second.status_code == 200
    assert second.headers["Content-Type"] == "text/turtle; charset=utf-8"
    assert "Landelijke Regietafel Migratie en Integratie" in second.text


def test_a_browser_follows_an_iri_to_a_page(browser_client: httpx.Client) -> None:
    """With the header that Chrome really sends."""
    response = browser_client.get("/id/organisatie/lrt")

    assert [item.status_code for item in response.history] == [303]
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Language"] == "nl"
    assert "<h1>Landelijke Regietafel Migratie en Integratie</h1>" in response.text


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda item: item.name)
@pytest.mark.parametrize("path", PATHS)
def test_a_document_comes_in_every_syntax(
    client: httpx.Client, path: str, syntax: Format, read_rdf: Read
) -> None:
    """By Accept and by extension alike; both name the variant."""
    by_accept = client.get(path, headers={"Accept": syntax.media_type})
    by_extension = client.get(f"{path}.{syntax.extension}", headers={"Accept": CHROME})

    assert by_accept.status_code == by_extension.status_code == 200
    assert by_accept.headers["Content-Type"].startswith(syntax.media_type)
    assert by_accept.content == by_extension.content
    assert by_accept.headers["Content-Location"] == f"{path}.{syntax.extension}"
    assert read_rdf(by_accept.text, syntax)


@pytest.mark.parametrize("path", PATHS)
def test_the_extension_html_gives_the_page(client: httpx.Client, path: str) -> None:
    """Also to who takes anything."""
    response = client.get(f"{path}.html")

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Location"] == f"{path}.html"


def test_a_things_rdf_holds_what_is_said_of_it_and_what_points_at_it(
    client: httpx.Client, release: Release, read_rdf: Read
) -> None:
    """Each statement once in a syntax for graphs, and by source in one for datasets."""
    merged = by_name("ntriples")
    triples = read_rdf(client.get("/doc/organisatie/lrt.nt").text, merged)
    quads = read_rdf(client.get("/doc/organisatie/lrt.nq").text, by_name("nquads"))
    wanted = release.store.select(
        "SELECT (COUNT(*) AS ?n) "
        f"{{ {{ <{TABLE}> ?p ?o }} UNION {{ ?s ?q <{TABLE}> }} }}"
    )

    assert len(triples) == int(wanted[0]["n"].value)
    assert {str(s) for s, *_ in triples} > {TABLE}
    assert {(s, p, o) for s, p, o, _ in quads} == {(s, p, o) for s, p, o, _ in triples}
    assert len({str(graph) for *_, graph in quads}) > 5
    assert len(quads) > len(triples)


def test_turtle_names_only_the_prefixes_it_uses(client: httpx.Client) -> None:
    """A reader is not greeted by fifty lines of prefixes."""
    text = client.get("/doc/periode/2021-12-20.ttl").text
    declared = re.findall(r"^@prefix ([\w-]+):", text, re.MULTILINE)

    assert "periode" in declared
    assert all(re.search(rf"(?<![\w-]){word}:", text) for word in declared)
    assert "foaf" not in declared


def test_a_graph_in_trig_keeps_its_name(client: httpx.Client, read_rdf: Read) -> None:
    """And in Turtle its statements alone."""
    path = "/graph/bron/brief-2021-12-20-jenv-lrt"
    quads = read_rdf(client.get(f"{path}.trig").text, by_name("trig"))

    assert {str(graph) for *_, graph in quads} == {BASE + path[1:]}


def test_each_graph_is_on_a_page_of_its_family(
    browser_client: httpx.Client, release: Release
) -> None:
    """The first ones of each family together, all of one by paging."""
    beside = browser_client.get("/graph").text
    families = re.findall(r'href="(/graph\?soort=[a-z]+)"', beside)
    found: set[str] = set(re.findall(r'"(/graph/[^"?]+)"', beside))
    for path in families:
        after: str | None = path
        while after:
            page = browser_client.get(html.unescape(after)).text
            found.update(re.findall(r'"(/graph/[^"?]+)"', page))
            after = next(iter(re.findall(r'rel="next" href="([^"]+)"', page)), None)

    graphs = {name.removeprefix(BASE[:-1]) for name in release.graph_sizes}
    assert families
    assert {name for name in graphs if name.startswith("/graph/")} <= found
    assert beside.count('href="/graph/') < len(graphs)


def test_all_statements_of_a_graph_are_on_its_pages(
    browser_client: httpx.Client, release: Release
) -> None:
    """Each page has its part, in one order."""
    path = "/graph/bron/brief-2021-12-20-jenv-lrt"
    rows, after = 0, path
    while after:
        page = browser_client.get(after).text
        rows += page.partition('id="statements"')[2].count('<th scope="row"')
        after = next(iter(re.findall(r'rel="next" href="([^"]+)"', page)), "")

    assert rows == release.graph_sizes[BASE + path[1:]]
    assert browser_client.get(f"{path}?page=99").status_code == 400


def test_a_document_says_where_its_other_forms_are(client: httpx.Client) -> None:
    """Alternates with their media types, canonical, describedby and licence."""
    link = client.get("/doc/organisatie/lrt").headers["Link"]
    found = re.findall(r'<([^>]+)>; rel="([^"]+)"(?:; type="([^"]+)")?', link)
    relations = {rel for _, rel, _ in found}
    alternates = {href: kind for href, rel, kind in found if rel == "alternate"}

    assert {"canonical", "describedby", "license"} <= relations
    assert len(alternates) == len(RDF_FORMATS) + 1
    for href, kind in alternates.items():
        response = client.get(href)
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith(kind)


def test_tags_differ_by_form_and_language(client: httpx.Client) -> None:
    """A tag of one form never stands for another."""
    path = "/doc/organisatie/lrt"
    wishes = [
        {"Accept": "text/turtle"},
        {"Accept": "application/ld+json"},
        {"Accept": "text/html", "Accept-Language": "nl"},
        {"Accept": "text/html", "Accept-Language": "en"},
    ]
    tags = [client.get(path, headers=wish).headers["ETag"] for wish in wishes]

    assert len(set(tags)) == len(tags)
    for wish, tag in zip(wishes, tags, strict=True):
        same = client.get(path, headers=wish | {"If-None-Match": tag})
        assert same.status_code == 304
        assert same.content == b""
        assert same.headers["ETag"] == tag
        assert same.headers["Vary"]
        others = [item for item in tags if item != tag]
        changed = client.get(path, headers=wish | {"If-None-Match": ", ".join(others)})
        assert changed.status_code == 200


def test_every_document_has_tags_of_its_own(client: httpx.Client) -> None:
    """No tag stands for another document, nor for another part of the same one."""
    paths = [*PATHS, "/doc/organisatie/coa", "/dataset", "/dataset?format=turtle"]
    paths += [f"{PATHS[0]}?source=document:coa-lrt-new", f"{PATHS[0]}?lang=en"]
    for wish in ("text/turtle", "text/html"):
        answers = [client.get(path, headers={"Accept": wish}) for path in paths]
        tags = {answer.headers["ETag"] for answer in answers}
        assert len(tags) == len(paths)
    for answer in (client.get(PATHS[0]), client.get(f"{PATHS[0]}?lang=en")):
        named = client.get(answer.headers["Content-Location"])
        same = named.headers["ETag"] == answer.headers["ETag"]
        assert same is (not answer.url.query)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("wish", ["text/turtle", "text/html"])
def test_a_document_may_be_kept_for_a_minute(
    client: httpx.Client, path: str, wish: str
) -> None:
    """And given again for longer while a new one is asked for; 304 says the same."""
    wishes = {"Accept": wish, "Accept-Language": "en"}
    kept = client.get(path, headers=wishes)
    again = client.get(path, headers=wishes | {"If-None-Match": kept.headers["ETag"]})

    assert again.status_code == 304
    for answer in (kept, again):
        found = answer.headers["Cache-Control"].split(", ")
        assert found == ["public", "max-age=60", "stale-while-revalidate=600"]


@pytest.mark.parametrize("path", PATHS)
def test_answers_vary_by_what_was_asked(client: httpx.Client, path: str) -> None:
    """So that a cache does not mix them up."""
    vary = client.get(path).headers["Vary"]

    assert {item.strip() for item in vary.split(",")} == {
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
    }


@pytest.mark.parametrize("accept", ["*/*", CHROME])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/id/organisatie/lrt",
        "/doc/organisatie/coa",
        "/doc/organisatie/niks",
        "/def/overleg",
        "/graph/bron/brief-2021-12-20-jenv-lrt",
        "/search",
        "/sparql",
        "/sparql?query=SELECT%20*%20%7B%3Fs%20a%20%3Fo%7D",
        "/sparql?query=ASK%20%7B",
        "/dataset.nq",
        "/openapi.json",
        "/timemap/doc/organisatie/lrt",
    ],
)
def test_head_is_get_without_a_body(
    client: httpx.Client, path: str, accept: str
) -> None:
    """With the same status and headers, before the answer is kept and after."""
    fresh = f"{path}{'&' if '?' in path else '?'}head="
    for _ in range(2):
        head, got = (
            client.request(method, fresh, headers={"Accept": accept})
            for method in ("HEAD", "GET")
        )
        assert head.content == b""
        assert head.status_code == got.status_code
        assert _lasting(head) == _lasting(got)


def _lasting(response: httpx.Response) -> dict[str, str]:
    """Return the headers that tell neither of the moment nor of the connection."""
    moment = {"date", "age", "request-id", "server-timing", "cache-status"}
    moment.add("transfer-encoding")
    return {n: value for n, value in response.headers.items() if n not in moment}


@pytest.mark.parametrize(
    "path", ["/doc/organisatie/coa", "/dataset", "/sparql?query=ASK%7B%7D"]
)
def test_what_is_unchanged_varies_as_it_did(client: httpx.Client, path: str) -> None:
    """Else a cache could give a compressed answer to who cannot read it."""
    whole = client.get(path)
    wanted = {"If-None-Match": whole.headers["ETag"]}
    for host in ("unkept.example", urlsplit(str(client.base_url)).netloc):
        unchanged = client.get(path, headers=wanted | {"Host": host})
        assert unchanged.status_code == 304
        assert unchanged.headers["Vary"] == whole.headers["Vary"]
        assert unchanged.headers["ETag"] == whole.headers["ETag"]


UNKNOWN = (
    "/doc/organisatie/onbekend",
    "/doc/onbekend",
    "/doc/onbekend/x",
    "/doc/organisatie/onbekend.ttl",
    "/def/onbekend",
    "/def/overleg/9.9.9",
    "/graph/onbekend",
    "/graph/%3Cb%3E",
    "/doc/organisatie/%3Cb%3E",
)


@pytest.mark.parametrize("path", UNKNOWN)
def test_what_is_unknown_is_told_to_programs(
    client: httpx.Client, path: str, assert_problem: Check
) -> None:
    """With the IRI; a tag that fits anything does not make it known."""
    response = client.get(path, headers={"If-None-Match": "*"})

    assert assert_problem(response, 404, "unknown-resource")["iri"].startswith(BASE)


@pytest.mark.parametrize("start", ["/doc/organisatie/", "/id/organisatie/", "/graph/"])
def test_an_address_writes_no_header(client: httpx.Client, start: str) -> None:
    """A line break in an address stays in the address."""
    response = client.get(f"{start}a%0D%0AX-Evil:%201")

    assert response.status_code in {303, 404}
    assert "X-Evil" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/doc/organisatie/%FF",
        "/id/%C3",
        "/graph/a%ED%A0%80",
        "/search?q=%FF",
        "/search/suggest?q=%FF",
        "/op-datum?tafel=%C3%28",
        "/reconcile?queries=%FF",
        "/?anything=%FF",
        "/nothing/%FF",
    ],
)
def test_an_address_that_is_not_utf_8_is_refused(
    client: httpx.Client, path: str, assert_problem: Check
) -> None:
    """With replaced characters it would be another address."""
    assert_problem(client.get(path), 400, "encoding")


def test_what_is_unknown_offers_a_search_to_people(
    browser_client: httpx.Client,
) -> None:
    """The words of the address are filled in, and what they find is listed."""
    response = browser_client.get("/id/organisatie/landelijke-regietafel")

    assert response.status_code == 404
    assert 'value="landelijke regietafel"' in response.text
    assert '<a href="/doc/organisatie/lrt"' in response.text


def test_a_form_that_there_is_not_is_refused(
    client: httpx.Client, assert_problem: Check
) -> None:
    """406 lists what there is."""
    response = client.get("/doc/organisatie/lrt", headers={"Accept": "image/png"})

    offers = assert_problem(response, 406, "not-acceptable")["offers"]
    assert "application/ld+json" in offers


def test_a_form_that_there_is_not_leads_to_those_that_are(
    browser_client: httpx.Client,
) -> None:
    """In the address the rest of the question stays."""
    path = "/dataset"
    response = browser_client.get(f"{path}?format=docx&lang=en")

    assert response.status_code == 406
    assert f'<a href="{path}?format=turtle&amp;lang=en">turtle</a>' in response.text
    assert "<a href" not in response.text.partition("<h1>")[2].partition("<ul")[0]


@pytest.mark.parametrize("path", ["/doc/organisatie/lrt", "/def/overleg", "/graph"])
def test_other_methods_are_refused(
    client: httpx.Client, path: str, assert_problem: Check
) -> None:
    """The data can only be read."""
    response = client.post(path)

    assert_problem(response, 405, "method")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", PATHS)
def test_any_page_on_the_web_may_read(client: httpx.Client, path: str) -> None:
    """CORS, also where a browser asks first."""
    for response in (client.get(path), client.options(path)):
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", ["/", "/sparql", "/doc/organisatie/lrt", "/nix"])
def test_every_answer_carries_the_security_headers(
    client: httpx.Client, path: str, release: Release
) -> None:
    """Errors too."""
    headers = client.get(path).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assert headers["Permissions-Policy"]
    assert headers["Regietafel-Release"] == release.manifest.id


def test_every_graph_has_a_page_and_every_kind_a_list(
    client: httpx.Client, release: Release
) -> None:
    """No named graph of the release leads nowhere."""
    for graph in release.store.graphs():
        path = "/" + graph.removeprefix(BASE)
        assert client.get(f"{path}.html").status_code == 200, path


@pytest.mark.parametrize("syntax", ["text/turtle", "application/n-triples"])
def test_an_earlier_version_of_the_ontology_stays(
    client: httpx.Client, syntax: str
) -> None:
    """Whoever refers to a version gets what it said, and not what holds now."""
    answer = client.get("/def/overleg/1.0.0", headers={"Accept": syntax})

    assert answer.status_code == 200
    assert 'versionInfo> "1.0.0"' in answer.text or 'versionInfo "1.0.0"' in answer.text


@pytest.mark.parametrize("version", ["0.0.1", "1.0", "..%2F..%2Foverleg", "latest"])
def test_a_version_that_never_was_is_unknown(
    client: httpx.Client, version: str
) -> None:
    """A version is a number of three parts and never a path."""
    assert client.get(f"/def/overleg/{version}").status_code == 404


def test_the_ontology_leads_to_its_earlier_versions(
    browser_client: httpx.Client,
) -> None:
    """All of them, and not to the one in force."""
    page = browser_client.get("/def/overleg").text
    found = re.findall(r'href="/def/overleg/([\d.]+)"', page)

    assert found == [path.stem for path in reversed(released_versions())]


def test_a_page_of_an_earlier_version_leads_to_the_one_in_force(
    browser_client: httpx.Client,
) -> None:
    """A person is told that it is not the newest."""
    page = browser_client.get("/def/overleg/1.0.0")

    assert "versie 1.0.0" in page.text
    assert 'href="/def/overleg"' in page.text
    assert 'href="/def/overleg/1.0.0.ttl"' in page.text


@pytest.fixture(scope="module")
def long_graph(
    tmp_path_factory: pytest.TempPathFactory,
    publish_lines: Callable[..., Release],
    serve: Serve,
) -> Iterator[httpx.Client]:
    """Return a client of a release whose one graph is written in several parts."""
    folder: Path = tmp_path_factory.mktemp("long")
    lines = [
        f'<{BASE}id/x/{n}> <http://purl.org/dc/terms/title> "n {n}" <{BASE}graph/g> .'
        for n in range(2 * PART + 1)
    ]
    with (
        serve(publish_lines(folder, lines)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda item: item.name)
def test_a_long_graph_is_sent_as_it_is_written(
    long_graph: httpx.Client, read_rdf: Read, syntax: Format
) -> None:
    """No memory holds all of it, and nothing is missing."""
    response = long_graph.get("/graph/g", headers={"Accept": syntax.media_type})

    assert "Content-Length" not in response.headers
    assert len(read_rdf(response.text, syntax)) == 2 * PART + 1


def test_a_long_graph_that_nobody_reads_gives_its_thread_back(
    long_graph: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More clients than there is room for leave it, or want its head alone."""
    room = 8
    monkeypatch.setattr(streaming, "_ROOM", threading.BoundedSemaphore(room))
    for _ in range(room + 1):
        with long_graph.stream("GET", "/graph/g.ttl") as response:
            assert response.status_code == 200
        assert long_graph.head("/graph/g.ttl").status_code == 200


def test_the_page_of_a_long_graph_tells_how_long_it_is(
    long_graph: httpx.Client,
) -> None:
    """It shows the first statements."""
    page = long_graph.get("/graph/g", headers={"Accept": "text/html"}).text

    assert "10.001 gegevens" in page
    assert page.count('<tr role="row">') == 201


@pytest.mark.parametrize(
    "host", ["a b", 'a"><b', "a,b", "a@b", "a/b", "a:b", "[::1", "é", "a_b"]
)
def test_a_host_that_cannot_be_is_refused(
    client: httpx.Client, assert_problem: Check, host: str
) -> None:
    """No link, header or cache holds what is no name of a server."""
    headers = [(b"Host", host.encode()), (b"Accept", b"application/json")]
    response = client.get("/doc/organisatie/lrt", headers=headers)

    assert_problem(response, 400, "host")


@pytest.mark.parametrize("host", ["ab:8080", "data.example", "[::1]:8000", "10.0.0.1"])
def test_a_host_that_can_be_is_linked_to(client: httpx.Client, host: str) -> None:
    """By name, by address, with a port."""
    response = client.get("/doc/organisatie/lrt", headers={"Host": host})

    assert f"<http://{host}/doc/" in response.headers["Link"]


@pytest.mark.parametrize(
    ("settings", "start"),
    [
        (Settings(), "http://elsewhere.example"),
        (Settings(public_url="https://data.example"), "https://data.example"),
    ],
    ids=["host", "public-url"],
)
def test_a_redirect_of_the_router_leads_to_the_public_address(
    release: Release, serve: Serve, settings: Settings, start: str
) -> None:
    """Whatever host a client or a proxy names, if the operator said which it is."""
    with serve(release, settings) as url, httpx.Client(base_url=url) as client:
        response = client.get(
            "/release/0123456789abcdef?a=b", headers={"Host": "elsewhere.example"}
        )

    assert response.status_code == 308
    assert response.headers["Location"].startswith(start + "/release/")
    assert response.content == b""


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/id/organisatie/lrt", 303),
        ("GET", "/doc/organisatie/niks", 404),
        ("GET", "/nothing", 404),
        ("HEAD", "/doc/organisatie/lrt", 200),
        ("GET", "/static/base.css", 200),
        ("GET", "/healthz", 200),
        ("GET", "/sparql?query=ASK%20%7B", 400),
        ("GET", "/sparql?query=ASK%7B%7D&format=xlsx", 406),
        ("POST", "/sparql", 415),
        ("DELETE", "/sparql", 405),
        ("OPTIONS", "/sparql", 200),
        ("CONNECT", "/sparql", 405),
    ],
)
def test_every_answer_tells_its_release_and_its_time(
    client: httpx.Client, release: Release, method: str, path: str, status: int
) -> None:
    """Also one that leads on, refuses, is kept or is unchanged."""
    answers = [client.request(method, path) for _ in range(2)]
    if tag := answers[0].headers.get("ETag"):
        answers.append(client.request(method, path, headers={"If-None-Match": tag}))
        assert answers[2].status_code == 304

    for answer in answers[:2]:
        assert answer.status_code == status
    for answer in answers:
        assert answer.headers["Regietafel-Release"] == release.manifest.id
        assert "total;dur=" in answer.headers["Server-Timing"]
        assert answer.headers["Request-Id"]
