"""Publishers find the dataset, its releases and a feed, and machines their way."""

from __future__ import annotations

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from typing import TYPE_CHECKING, Any

import html5lib
import httpx
import pytest
import rdflib
from rdflib import VOID
from rdflib.compare import isomorphic

from graph.formats import RDF_FORMATS
from server.crawling import PAGES, subjects
from server.explaining import PAGES as PROSE
from server.publishing import size_in_words
from server.settings import Settings
from server.site import FOOTER, MENU

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.formats import Format
    from graph.releasing import Release

    Serve = Callable[..., AbstractContextManager[str]]

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
START = "https://data.regietafel.example/id"
HTML = {"Accept": "text/html"}


def tree_of(response: httpx.Response) -> Any:  # noqa: ANN401  html5lib has no types
    """Return the page of an answer, parsed as browsers do, without a fault."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(response.text)


def xml_of(response: httpx.Response) -> ET.Element:
    """Return the XML of an answer."""
    return ET.fromstring(response.content)  # noqa: S314  our own server's


def triple(name: str, text: str) -> str:
    """Return a line of N-Quads that names a thing."""
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    graph = "<https://data.regietafel.example/graph/referentie/x>"
    return f'<{START}/{name}> {label} "{text}"@nl {graph} .'


@pytest.fixture(scope="module")
def grown(
    tmp_path_factory: pytest.TempPathFactory,
    publish_lines: Callable[..., Release],
    serve: Serve,
) -> Iterator[tuple[httpx.Client, list[str]]]:
    """Return a client of two releases and their ids: one thing came, one went."""
    folder = tmp_path_factory.mktemp("grown")
    kinds = [("persoon/een", "Een"), ("persoon/twee", "Twee"), ("persoon/drie", "Drie")]
    old = publish_lines(folder, [triple(*item) for item in kinds])
    kinds[1:] = [("persoon/twee", "Anders"), ("persoon/vier", "Vier & <b>")]
    new = publish_lines(folder, [triple(*item) for item in kinds])
    with serve(new) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client, [old.manifest.id, new.manifest.id]


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda x: x.name)
def test_the_dataset_is_described_in_rdf(
    client: httpx.Client,
    release: Release,
    syntax: Format,
    read_rdf: Callable[..., list[Any]],
) -> None:
    """By Accept as by `format`: what the release says of itself and no more."""
    response = client.get("/dataset", headers={"Accept": syntax.media_type})
    named = client.get("/dataset", params={"format": syntax.name})
    merged = rdflib.Graph()
    for subject, predicate, value, _ in read_rdf(response.text, syntax):
        merged.add((subject, predicate, value))
    wanted = rdflib.Graph().parse(release.path / "void.ttl")

    assert response.headers["Content-Type"].startswith(syntax.media_type)
    assert named.content == response.content
    assert isomorphic(merged, wanted)
    assert set(merged.subjects(rdflib.RDF.type, DCAT.Dataset))


def test_the_well_known_address_leads_to_the_dataset(client: httpx.Client) -> None:
    """Programs that know VoID find the description."""
    response = client.get("/.well-known/void")

    assert response.status_code == 303
    assert response.headers["Location"] == "/dataset"


def test_the_page_names_each_file_with_its_checksum(
    browser_client: httpx.Client, release: Release
) -> None:
    """What is downloaded has the size and the SHA-256 that the page gives."""
    tree = tree_of(browser_client.get("/dataset"))
    rows = tree.findall(".//tbody/tr")
    found = {}
    for row in rows:
        link, digest = row.find("td/a"), row.find("td/code")
        if digest is not None:
            found[link.get("href")] = digest.text
    for path, digest in found.items():
        body = browser_client.get(path, headers={"Accept-Encoding": "identity"}).content
        assert hashlib.sha256(body).hexdigest() == digest

    named = {f"/{name}" for name in release.manifest.files if "dataset." in name}
    assert named <= set(found)
    assert any(path.endswith(".csv") for path in found)


def test_the_page_counts_each_class_and_each_property(
    browser_client: httpx.Client, release: Release
) -> None:
    """The counts are those of the description, and lead to a query that counts so."""
    tree = tree_of(browser_client.get("/dataset?lang=en"))
    described = rdflib.Graph().parse(release.path / "void.ttl")
    for number, (part, counted) in enumerate(
        ((rdflib.URIRef(f"{VOID}class"), VOID.entities), (VOID.property, VOID.triples))
    ):
        table = tree.findall(".//main//details//table")[number]
        shown = [
            int((cell.text or "").replace(",", ""))
            for cell in table.findall(".//tbody/tr/td/a")
        ]
        wanted = [
            int(str(described.value(node, counted)))
            for node in described.subjects(part, None)
        ]
        assert shown == sorted(wanted, reverse=True)

    links = tree.findall(".//main//details//table//td/a")
    for link in (links[0], links[-1]):
        assert browser_client.get(link.get("href")).status_code == 200


def test_search_engines_find_the_dataset(
    browser_client: httpx.Client, release: Release
) -> None:
    """What their guide requires and recommends, with the files as they are served."""
    page = browser_client.get("/dataset?lang=nl")
    text = tree_of(page).findtext(".//script[@type='application/ld+json']")
    said = json.loads(text)
    files = {item["name"]: item for item in said["distribution"]}
    wanted = (
        "name description url identifier license creator temporalCoverage "
        "spatialCoverage keywords version dateModified isAccessibleForFree"
    )

    assert said["@type"] == "Dataset"
    assert [name for name in wanted.split() if not said.get(name)] == []
    assert 50 <= len(said["description"]) <= 5_000
    assert "overlegtafels" in said["description"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", said["temporalCoverage"])
    assert files["meetings.csv"]["encodingFormat"] == "text/csv"
    for name, item in files.items():
        body = release.path.joinpath(name).read_bytes()
        assert item["sha256"] == hashlib.sha256(body).hexdigest()
        assert item["contentSize"] == f"{len(body)} B"
        fixed = f"/release/{release.manifest.id}/{name}"
        assert item["contentUrl"] == str(page.url.join(fixed))


def test_a_description_that_is_known_is_not_sent_again(client: httpx.Client) -> None:
    """Each form has a tag of its own."""
    turtle = client.get("/dataset", headers={"Accept": "text/turtle"})
    etag = turtle.headers["ETag"]
    again = client.get(
        "/dataset", headers={"Accept": "text/turtle", "If-None-Match": etag}
    )
    page = client.get(
        "/dataset", headers={"Accept": "text/html", "If-None-Match": etag}
    )

    assert again.status_code == 304
    assert page.status_code == 200


def test_the_releases_tell_what_changed(
    grown: tuple[httpx.Client, list[str]],
) -> None:
    """One came, one changed and one went, of the statements three and two."""
    client, (old, new) = grown
    page = client.get("/releases?lang=en").text
    changes = client.get(f"/releases/{new}?lang=en")
    tree = tree_of(changes)
    rows = [row.findall("td")[2].text for row in tree.findall(".//tbody/tr")]

    assert page.index(new) < page.index(old)
    assert "1 new, 1 changed, 1 gone." in page
    assert "No earlier release to compare with." in page
    assert "(+2 −2)" in page
    assert sorted(rows) == ["changed", "gone", "new"]
    assert "Vier &amp; &lt;b&gt;" in changes.text
    assert "No earlier release" in client.get(f"/releases/{old}?lang=en").text


def test_what_changed_is_narrowed_and_paged(
    grown: tuple[httpx.Client, list[str]],
) -> None:
    """By what became of things; each leads to the release that had it."""
    client, (old, new) = grown
    gone = tree_of(client.get(f"/releases/{new}?state=gone&lang=en"))
    links = [cell.get("href") for cell in gone.findall(".//tbody//a")]
    refused = client.get(f"/releases/{new}?page=2&lang=en", headers=HTML)

    assert links == [
        f"/release/{old}/doc/persoon/drie",
        f"/releases/{new}?thing=persoon%3Adrie&lang=en",
    ]
    assert refused.status_code == 400
    assert "Allowed: 1–1" in refused.text


def test_the_statements_of_a_thing_that_changed_are_shown(
    grown: tuple[httpx.Client, list[str]],
) -> None:
    """What came and what went, each with its graph, as each release worded it."""
    client, (_, new) = grown
    address = f"/releases/{new}?thing=persoon:twee&lang=en"
    tree = tree_of(client.get(address, headers=HTML))
    shown = {
        part.get("aria-labelledby"): [
            "".join(cell.itertext()) for cell in part.findall(".//tbody/tr/td")
        ][1]
        for part in tree.findall(".//main/section")
    }

    assert shown == {"rows-added": "Anders", "rows-removed": "Twee"}


@pytest.mark.parametrize("thing", ["persoon:niemand", "x:y", "persoon:twee"])
def test_of_a_thing_without_changes_there_is_no_page(
    grown: tuple[httpx.Client, list[str]], thing: str
) -> None:
    """It is unknown, or the release has none before it, or it is no name."""
    client, (old, _) = grown
    answer = client.get(f"/releases/{old}", params={"thing": thing}, headers=HTML)

    assert answer.status_code == (400 if thing == "x:y" else 404)


def test_an_unknown_release_has_no_page(
    client: httpx.Client, assert_problem: Callable[..., dict[str, Any]]
) -> None:
    """It is a 404, whatever it is called."""
    for name in ("0123456789abcdef", "...", "x%00y"):
        assert_problem(client.get(f"/releases/{name}"), 404, "unknown-page")


def test_the_feed_tells_of_the_releases(
    grown: tuple[httpx.Client, list[str]],
) -> None:
    """Atom as RFC 4287 asks: ids, titles, moments, an author and links."""
    client, (old, new) = grown
    response = client.get("/releases.atom")
    feed = xml_of(response)
    entries = feed.findall(f"{ATOM}entry")

    assert response.headers["Content-Type"].startswith("application/atom+xml")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Regietafel"
    assert [e.findtext(f"{ATOM}id", "")[-16:] for e in entries] == [new, old]
    for item in (feed, *entries):
        assert item.findtext(f"{ATOM}title")
        moment = datetime.fromisoformat(item.findtext(f"{ATOM}updated", ""))
        assert moment.tzinfo
    for entry in entries:
        href = entry.find(f"{ATOM}link").get("href")  # type: ignore[union-attr]
        assert client.get(href or "").status_code == 200


def test_the_sitemap_names_every_thing_once(
    client: httpx.Client, release: Release
) -> None:
    """The index leads to files that together name each page there is."""
    index = xml_of(client.get("/sitemap.xml"))
    found: list[str] = []
    for place in index.iter(f"{SITEMAP}loc"):
        part = xml_of(client.get(place.text or ""))
        found += [item.text or "" for item in part.iter(f"{SITEMAP}loc")]
    paths = [item.removeprefix(str(client.base_url).rstrip("/")) for item in found]
    things = {
        line.partition(" ")[0][1:-1].removeprefix(START)
        for line in release.dataset.read_text(encoding="utf-8").splitlines()
        if line.startswith(f"<{START}/")
    }

    assert len(paths) == len(set(paths))
    assert {path.removeprefix("/doc") for path in paths} >= things
    assert set(PAGES) <= set(paths)
    for path in (*PAGES, *paths[:: len(paths) // 20]):
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 200, (
            path
        )


@pytest.mark.parametrize("size", [1, 7, 50, 1_000])
def test_stretches_of_any_size_name_every_subject_once(
    tmp_path: Path, size: int
) -> None:
    """However the file is cut, none is lost and none is told twice."""
    path = tmp_path / "dataset.nq"
    names = [f"<x:{n}>" for n in range(40) for _ in range(n % 5 + 1)]
    path.write_text("".join(f'{n} <x:p> "{i}" .\n' for i, n in enumerate(names)))
    found = [
        subject.decode()
        for start in range(0, path.stat().st_size, size)
        for subject in subjects(path, start, start + size)
    ]

    assert found == list(dict.fromkeys(names))


def test_the_sitemap_names_what_every_page_leads_to(client: httpx.Client) -> None:
    """All that is in the menu and at the foot, each of which is there."""
    places = {path for _, path in (*MENU, *FOOTER)}

    assert places <= {*PAGES}
    for path in PAGES:
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("name", ["0", "999999", "-1", "pages2", "١", "1" * 5_000])
def test_a_sitemap_that_is_not_there_is_not_found(
    client: httpx.Client, name: str
) -> None:
    """Absurd numbers are no server error."""
    assert client.get(f"/sitemap/{name}.xml").status_code == 404


@pytest.mark.parametrize("name", ["", "curl/8", "python-requests/2", "GPTBot", "Java"])
def test_nobody_is_turned_away_by_name(client: httpx.Client, name: str) -> None:
    """Programs get what they ask for, without a cookie or a script to run first."""
    for path in ("/doc/organisatie/lrt", "/sparql?query=ASK%7B%7D", "/dataset"):
        answer = client.get(path, headers={"User-Agent": name})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


def test_crawlers_are_told_the_way(client: httpx.Client) -> None:
    """The sitemap stands in robots.txt, and no page of the data is shut off."""
    text = client.get("/robots.txt").text
    shut = [x.split()[1] for x in text.splitlines() if x.startswith("Disallow")]

    assert f"Sitemap: {str(client.base_url).rstrip('/')}/sitemap.xml" in text
    assert not any(path in {"/", "/doc", "/id", "/queries"} for path in shut)


def test_every_link_for_language_models_leads_somewhere(client: httpx.Client) -> None:
    """llms.txt begins with a heading and names only what is there."""
    text = client.get("/llms.txt").text
    links = [line.partition("](")[2].partition(")")[0] for line in text.splitlines()]

    assert text.startswith("# Regietafel\n\n> ")
    for link in filter(None, links):
        assert client.get(link).status_code == 200, link


def test_browsers_can_offer_the_search(
    client: httpx.Client, browser_client: httpx.Client
) -> None:
    """Every page names the description, whose template finds things."""
    page = browser_client.get("/").text
    description = xml_of(client.get("/opensearch.xml"))
    url = description.find(f"{SEARCH}Url[@type='text/html']")
    assert url is not None
    found = client.get((url.get("template") or "").replace("{searchTerms}", "lrt"))

    suggestions = description.find(f"{SEARCH}Url[@rel='suggestions']")
    assert suggestions is not None
    template = suggestions.get("template") or ""
    suggested = client.get(template.replace("{searchTerms}", "landelijke%20regiet"))
    asked, names, kinds, places = suggested.json()

    assert asked == "landelijke regiet"
    assert len(names) == len(kinds) == len(places) > 0
    assert "Landelijke Regietafel" in names[0]
    assert client.get(places[0]).status_code == 200
    assert suggested.headers["Content-Type"] == suggestions.get("type")
    assert "Accept-Language" in suggested.headers["Vary"]
    assert 'rel="search"' in page
    assert description.findtext(f"{SEARCH}ShortName") == "Regietafel"
    assert found.status_code == 200


@pytest.mark.parametrize("name", PROSE)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pages_in_plain_words_are_whole(
    browser_client: httpx.Client, name: str, language: str
) -> None:
    """Each section has a heading, and whom to turn to is said."""
    response = browser_client.get(f"/{name}", params={"lang": language})
    tree = tree_of(response)

    assert len(tree.findall(".//main//h2")) == len(PROSE[name])
    assert "beheerder" in response.text or "operator" in response.text


def test_the_operator_is_reached_as_the_settings_say(
    release: Release, serve: Serve
) -> None:
    """An address becomes a link, and what is no address does not."""
    for contact, shown in (
        ("mailto:team@example.org", '<a href="mailto:team@example.org">'),
        ("javascript:alert(1)", ": javascript:alert(1)</p>"),
    ):
        with serve(release, Settings(contact=contact)) as url:
            assert shown in httpx.get(f"{url}/about").text


def test_no_page_sets_a_cookie(browser_client: httpx.Client) -> None:
    """What the page on privacy says is so."""
    for path in (*PAGES, "/search?q=lrt", "/doc/organisatie/lrt?lang=en"):
        assert "Set-Cookie" not in browser_client.get(path).headers


def test_the_foot_of_each_page_leads_on(browser_client: httpx.Client) -> None:
    """Every link in it is a page."""
    tree = tree_of(browser_client.get("/about"))
    links = [item.get("href") for item in tree.findall(".//footer//a")]

    assert len(links) > 10
    for link in links:
        assert browser_client.get(link).status_code == 200, link


def test_sizes_are_worded_for_readers() -> None:
    """In the largest unit, with the language's own decimal mark."""
    assert size_in_words(999, "nl") == "999 bytes"
    assert size_in_words(6_373_294, "nl") == "6,4 MB"
    assert size_in_words(6_373_294, "en") == "6.4 MB"
