"""What was said of a thing on a date can be asked again (RFC 7089)."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client, TestResponse

from graph.keeping import prune, rollback
from graph.manifest import NAME, Manifest
from graph.terms import Iri
from server.hosting import open_folder
from server.links import Links
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import httpx

    from graph.releasing import Release

    Publish = Callable[[Path, Iterable[str]], Release]

BASE = "https://data.regietafel.example/"
LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
ROOT = "http://localhost"
#: Three releases: the moment of each, as the manifest and as HTTP write it.
DAYS = (
    ("2021-12-20T12:00:00.500000+00:00", "Mon, 20 Dec 2021 12:00:00 GMT"),
    ("2022-06-01T00:00:00+00:00", "Wed, 01 Jun 2022 00:00:00 GMT"),
    ("2023-01-01T23:30:00+00:00", "Sun, 01 Jan 2023 23:30:00 GMT"),
)


class Visitor(Client):
    """A client that reads each answer to its end, as one on the web does."""

    def open(self, *args: Any, **options: Any) -> TestResponse:  # noqa: ANN401  as in its parent
        """Ask, and read the whole answer."""
        return super().open(*args, **(options | {"buffered": True}))


def about(name: str, label: str) -> str:
    """Return a statement about a thing, in a graph that is called like the thing."""
    graph = f"<{BASE}graph/bron/{name}>"
    return f'<{BASE}id/organisatie/{name}> {LABEL} "{label}"@nl {graph} .'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the three releases."""
    return tmp_path_factory.mktemp("dated")


@pytest.fixture(scope="module")
def dated(folder: Path, publish_lines: Publish) -> list[str]:
    """Return the ids of three releases of known dates; `weg` is gone from the last."""
    made = []
    for number, (moment, _) in enumerate(DAYS):
        lines = [about("ding", f"Naam {number}")]
        lines += [about("weg", "Weg")] if number < 2 else []
        lines += [about("nieuw", "Nieuw")] if number == 2 else []
        release = publish_lines(folder, lines)
        told = Manifest(**(vars(release.manifest) | {"published": moment})).sealed()
        (release.path / NAME).write_text(told.text(), encoding="utf-8")
        made.append(release.manifest.id)
    return made


@pytest.fixture(scope="module")
def visitor(folder: Path, dated: list[str]) -> Iterator[Visitor]:
    """Return a client of the folder of the three releases."""
    assert dated
    yield from visiting(folder)


@pytest.fixture
def copied(tmp_path: Path, folder: Path, dated: list[str]) -> Path:
    """Return a copy of that folder, to change at will."""
    assert dated
    return shutil.copytree(folder, tmp_path / "copy", symlinks=True)


@pytest.fixture
def own_visitor(copied: Path) -> Iterator[Visitor]:
    """Return a client of the copy."""
    yield from visiting(copied)


def visiting(folder: Path) -> Iterator[Visitor]:
    """Give a client of a folder of releases, and close what answers it."""
    switch = open_folder(folder, Settings(query_workers=1))
    yield Visitor(switch)
    switch.close()


def links_of(header: str) -> dict[str, str]:
    """Return the targets of a Link header or a TimeMap by their relation."""
    return {rel: href for href, rel in re.findall(r'<([^>]+)>; rel="([^"]+)"', header)}


def test_a_description_says_where_its_past_is(visitor: Visitor) -> None:
    """Original, TimeGate and TimeMap, in every form; it is itself no memento."""
    for suffix in ("", ".ttl", ".html"):
        response = visitor.get(f"/doc/organisatie/ding{suffix}")
        links = links_of(response.headers["Link"])

        assert links["original"] == f"{ROOT}/doc/organisatie/ding"
        assert links["timegate"] == f"{ROOT}/timegate/doc/organisatie/ding"
        assert links["timemap"] == f"{ROOT}/timemap/doc/organisatie/ding"
        assert "Memento-Datetime" not in response.headers
        assert visitor.get(links["timegate"]).status_code == 302
        assert visitor.get(links["timemap"]).status_code == 200


@pytest.mark.parametrize("number", range(3))
def test_a_memento_tells_its_date(
    visitor: Visitor, dated: list[str], number: int
) -> None:
    """And where the original is; its content is that of the date."""
    response = visitor.get(f"/release/{dated[number]}/doc/organisatie/ding.nt")
    links = links_of(response.headers["Link"])

    assert response.headers["Memento-Datetime"] == DAYS[number][1]
    assert "Memento-Datetime" in response.headers["Access-Control-Expose-Headers"]
    assert f"Naam {number}" in response.text
    assert links["original"] == f"{ROOT}/doc/organisatie/ding"
    assert links["timegate"] == f"{ROOT}/timegate/doc/organisatie/ding"
    assert links["canonical"].startswith(f"{ROOT}/release/{dated[number]}/")


def test_a_page_of_a_release_says_so_and_leads_to_the_current_one(
    visitor: Visitor, dated: list[str]
) -> None:
    """The page that is answered from the current release does not."""
    path = "/doc/organisatie/ding?lang=nl&peildatum=2021-01-01"
    headers = {"Accept": "text/html"}
    fixed = visitor.get(f"/release/{dated[0]}{path}", headers=headers).text
    current = visitor.get(path, headers=headers).text
    link = f'<a href="{path.replace("&", "&amp;")}">Deze pagina in de huidige uitgave'

    assert f"Vaste uitgave {dated[0]} van " in fixed
    assert link in fixed
    assert "Vaste uitgave" not in current


@pytest.mark.parametrize("suffix", ["nt", "html"])
def test_each_release_has_tags_of_its_own(
    visitor: Visitor, dated: list[str], suffix: str
) -> None:
    """Although two of them say the same of a thing."""
    answers = [
        visitor.get(f"/release/{identity}/doc/organisatie/weg.{suffix}")
        for identity in dated[:2]
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert suffix == "html" or answers[0].text == answers[1].text
    assert len({answer.headers["ETag"] for answer in answers}) == 2


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ("Mon, 20 Dec 2021 12:00:00 GMT", 0),
        ("Tue, 31 May 2022 23:59:59 GMT", 0),
        ("Wed, 01 Jun 2022 00:00:00 GMT", 1),
        ("Sun, 01 Jan 2023 23:29:59 GMT", 1),
        ("Sun, 01 Jan 2023 23:30:00 GMT", 2),
        ("Thu, 01 Jan 2099 00:00:00 GMT", 2),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        (None, 2),
    ],
)
@pytest.mark.parametrize("start", ["doc", "id"])
def test_the_timegate_leads_to_the_release_of_the_date(
    visitor: Visitor, dated: list[str], wanted: str | None, number: int, start: str
) -> None:
    """To the last one before it, before the first one to the first."""
    headers = {"Accept-Datetime": wanted} if wanted else {}

    response = visitor.get(f"/timegate/{start}/organisatie/ding", headers=headers)

    memento = f"{ROOT}/release/{dated[number]}/doc/organisatie/ding"
    assert response.status_code == 302
    assert response.headers["Location"] == memento
    assert response.headers["Vary"].lower() == "accept-datetime"
    assert links_of(response.headers["Link"]) == {
        "original": f"{ROOT}/doc/organisatie/ding",
        "timemap": f"{ROOT}/timemap/doc/organisatie/ding",
    }
    assert "Memento-Datetime" not in response.headers


def test_a_date_that_is_none_is_refused(visitor: Visitor) -> None:
    """400, as the RFC has it."""
    headers = {"Accept-Datetime": "gisteren"}

    assert (
        visitor.get("/timegate/doc/organisatie/ding", headers=headers).status_code
        == 400
    )


def test_the_timemap_lists_every_memento(visitor: Visitor, dated: list[str]) -> None:
    """In the link format, each with its date, and the range of them all."""
    response = visitor.get("/timemap/doc/organisatie/ding")
    entries = re.findall(
        r'<([^>]+)>; rel="([a-z ]*memento)"; datetime="([^"]+)"', response.text
    )

    assert response.headers["Content-Type"] == "application/link-format"
    assert entries == [
        (f"{ROOT}/release/{identity}/doc/organisatie/ding", relation, date)
        for identity, relation, (_, date) in zip(
            dated, ("first memento", "memento", "last memento"), DAYS, strict=True
        )
    ]
    assert f'from="{DAYS[0][1]}"; until="{DAYS[2][1]}"' in response.text
    assert links_of(response.text)["original"] == f"{ROOT}/doc/organisatie/ding"


def test_only_releases_that_describe_a_thing_are_mementos_of_it(
    visitor: Visitor, dated: list[str]
) -> None:
    """One that came later has one, one that went has two."""
    new = visitor.get("/timemap/doc/organisatie/nieuw").text
    gone = visitor.get("/timemap/doc/organisatie/weg").text

    assert 'rel="first last memento"' in new
    assert [identity in new for identity in dated] == [False, False, True]
    assert [identity in gone for identity in dated] == [True, True, False]


@pytest.mark.parametrize(
    "path", ["graph/bron/ding", "doc/organisatie/ding", "doc/organisatie/ding.ttl"]
)
def test_every_sort_of_original_has_a_past(visitor: Visitor, path: str) -> None:
    """Each memento that the TimeMap lists answers with the date that it gives."""
    found = re.findall(
        r'<([^>]+)>; rel="[a-z ]*memento"; datetime="([^"]+)"',
        visitor.get(f"/timemap/{path}").text,
    )

    assert len(found) == 3
    for href, date in found:
        response = visitor.get(href)
        assert response.status_code == 200
        assert response.headers["Memento-Datetime"] == date


@pytest.mark.parametrize("service", ["timegate", "timemap"])
@pytest.mark.parametrize(
    "path", ["doc/organisatie/nooit", "doc", "sparql", "nix/a", "doc/"]
)
def test_what_never_was_has_no_past(visitor: Visitor, service: str, path: str) -> None:
    """404, for things and for what is no description at all."""
    assert visitor.get(f"/{service}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["doc/organisatie/weg", "graph/bron/weg"])
def test_what_vanished_is_gone_and_not_unknown(
    visitor: Visitor, dated: list[str], path: str
) -> None:
    """410 with the last release that had it, and the address of what it said."""
    told = visitor.get(f"/{path}").json
    page = visitor.get(f"/{path}", headers={"Accept": "text/html"})
    memento = f"{ROOT}/release/{dated[1]}/{path}"

    assert told is not None
    assert (told["status"], told["code"]) == (410, "vanished")
    assert (told["release"], told["day"]) == (dated[1], "2022-06-01")
    assert told["memento"] == memento
    assert page.status_code == 410
    assert f'<a href="{memento}">' in page.text
    assert visitor.get(memento).status_code == 200


def test_an_old_release_does_not_know_the_future(
    visitor: Visitor, dated: list[str]
) -> None:
    """What came later is unknown to it, what was gone by then is gone."""
    early = visitor.get(f"/release/{dated[0]}/doc/organisatie/nieuw")
    late = visitor.get(f"/release/{dated[2]}/doc/organisatie/weg")

    assert early.status_code == 404
    assert late.status_code == 410


def test_what_came_later_than_a_rollback_is_gone(
    copied: Path, own_visitor: Visitor, dated: list[str]
) -> None:
    """Because it was published, and leads to the release that had it."""
    rollback(copied, dated[1])
    own_visitor.application.refresh()  # type: ignore[attr-defined]  # it is a switch

    told = own_visitor.get("/doc/organisatie/nieuw").json

    assert told is not None
    assert (told["status"], told["release"]) == (410, dated[2])


def test_every_iri_of_the_graph_is_answered(
    client: httpx.Client, release: Release
) -> None:
    """Whatever the data names under its base, as a subject, a value or a graph."""
    links = Links(release.manifest.base)
    named = {
        links.local(term.value.partition("#")[0])
        for statement in release.store.statements()
        for term in statement
        if isinstance(term, Iri) and term.value.startswith(release.manifest.base)
    }
    headers = {"Accept": "application/n-triples"}

    unanswered = [
        path
        for path in named
        if path is None
        or client.get(path, headers=headers, follow_redirects=True).status_code != 200
    ]

    assert len(named) > 500
    assert unanswered == []


def test_no_iri_that_was_ever_published_answers_404(
    copied: Path, own_visitor: Visitor, dated: list[str]
) -> None:
    """Of any release, of things and of graphs; nor when old releases are pruned."""
    iris = [f"id/organisatie/{n}" for n in ("ding", "weg", "nieuw")]
    iris += [f"graph/bron/{n}" for n in ("ding", "weg", "nieuw")]
    for _ in range(2):
        answers = [own_visitor.get(f"/{iri}", follow_redirects=True) for iri in iris]
        assert {answer.status_code for answer in answers} == {200, 410}
        prune(copied, keep=1)

    told = own_visitor.get("/doc/organisatie/weg").json
    assert told is not None
    assert told["release"] == dated[1]
    assert "memento" not in told
    assert own_visitor.get("/timegate/doc/organisatie/weg").status_code == 410
