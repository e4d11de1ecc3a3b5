"""The page of a thing: narrowed, dated, disputed, pointed at, and when a part fails."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import html5lib
import httpx
import pytest
import rdflib

from graph.releasing import Release
from graph.terms import Iri
from server.backlinks import AT_ONCE
from server.heading import parted
from server.naming import Labels
from server.settings import Settings
from server.standing import NO, UNKNOWN, YES, Calendar
from server.texts import Texts
from server.views import Fact, Group, Link, Row, Source, Table, Value, View
from server.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    Serve = Callable[..., AbstractContextManager[str]]

BASE = "https://data.regietafel.example/"
DUTCH = {"Accept": "text/html", "Accept-Language": "nl"}
TABLE = "/doc/organisatie/lrt"


def page_of(client: httpx.Client, path: str) -> Any:  # noqa: ANN401  an element
    """Return a page as a tree, after checking that it is valid HTML."""
    response = client.get(path, headers=DUTCH)
    assert response.status_code == 200, path
    parser = html5lib.HTMLParser(
        html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    return parser.parse(response.text)


def words_of(element: Any) -> str:  # noqa: ANN401  an element
    """Return the words of an element, spaces made single."""
    return " ".join("".join(element.itertext()).split())


def marks_of(tree: Any) -> list[Any]:  # noqa: ANN401  elements
    """Return the marks of sources on a page."""
    return [i for i in tree.iter() if i.get("class") in {"source", "marks"}]


def test_a_page_narrows_to_what_one_source_says(client: httpx.Client) -> None:
    """No other document is named by a mark, and less is shown."""
    whole = marks_of(page_of(client, TABLE))
    part = marks_of(page_of(client, f"{TABLE}?source=document:coa-lrt-old"))
    documents = {
        link.get("href")
        for mark in part
        for link in mark.iter("a")
        if (link.get("href") or "").startswith("/doc/document/")
    }

    assert documents == {"/doc/document/coa-lrt-old"}
    assert 0 < len(part) < len(whole)


def test_every_source_on_offer_says_something(client: httpx.Client) -> None:
    """Each choice of the list gives a page with facts."""
    tree = page_of(client, TABLE)
    options = [i.get("value") for i in tree.iter("option") if i.get("value")]

    assert len(options) > 5
    for word in options[:6]:
        assert marks_of(page_of(client, f"{TABLE}?source={word}")), word


def test_a_source_that_says_nothing_is_said_to(client: httpx.Client) -> None:
    """An empty page would look as if nothing were known."""
    path = "/doc/persoon/broekers-knol-a?source=document:coa-faq-2018"

    assert "Deze bron zegt hier niets over." in words_of(page_of(client, path))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("?peildatum=gisteren", "1900-01-01"),
        ("?peildatum=2020-02-30", "1900-01-01"),
        ("?peildatum=9999-12-31", "2199-12-31"),
        ("?source=nix", "document:"),
        ("?source=document:a&source=document:b", "1×"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    client: httpx.Client, path: str, allowed: str
) -> None:
    """With what can."""
    response = client.get(TABLE + path, headers=DUTCH)

    assert response.status_code == 400
    assert allowed in response.text


def test_on_a_day_what_was_over_is_left_out_and_counted(
    client: httpx.Client, release: Release
) -> None:
    """What certainly did not hold is gone; the rest stands, sure or not."""
    calendar = Calendar(Labels(release.store, BASE))
    path = "/doc/functie/minister-bzk"
    post, via = Iri(f"{BASE}id/functie/minister-bzk"), Iri(f"{BASE}def/overleg#viaPost")
    things = [i.subject for i in release.store.statements(None, via, post, None)]
    states = [
        calendar.standing(thing, date(2020, 3, 3))
        for thing in things
        if isinstance(thing, Iri)
    ]
    page = words_of(page_of(client, f"{path}?peildatum=2020-03-03"))

    assert {NO, YES} <= set(states)
    assert f"{states.count(NO)} weggelaten die op de peildatum niet golden." in page
    assert "Kajsa Ollongren" in page
    assert "weggelaten die" not in words_of(page_of(client, path))


@pytest.mark.parametrize(
    ("lasting", "day", "expected"),
    [
        ("2017-10-26/dag 2022-01-10/dag", "2020-03-03", YES),
        ("2017-10-26/dag 2022-01-10/dag", "2017-10-26", YES),
        ("2017-10-26/dag 2022-01-10/dag", "2022-01-11", NO),
        ("2017-01-01/jaar 2022-01-10/dag", "2017-05-01", UNKNOWN),
        ("2017-01-01/jaar 2022-01-10/dag", "2016-12-31", NO),
        ("2017-10-01/maand -", "2017-10-31", UNKNOWN),
        ("2017-10-01/maand -", "2030-01-01", UNKNOWN),
        ("2017-10-01/maand -", "2017-09-30", NO),
        ("- 2022-01-10/dag", "2023-01-01", NO),
        ("- -", "2023-01-01", UNKNOWN),
    ],
)
def test_dates_are_compared_as_far_as_they_are_known(
    tmp_path: Path,
    publish_lines: Callable[..., Release],
    lasting: str,
    day: str,
    expected: str,
) -> None:
    """A year is a year, and an unknown end is not the same as still going on."""
    graph, thing = f"<{BASE}graph/bron/a>", f"<{BASE}id/zetel/a>"
    period = f"<{BASE}id/periode/a>"
    lines = [f"{thing} <{BASE}def/overleg#validDuring> {period} {graph} ."]
    for name, edge in zip(("start", "end"), lasting.split(), strict=True):
        if edge != "-":
            text, precision = edge.split("/")
            lines += [
                (
                    f"{period} <http://www.w3.org/ns/dcat#{name}Date> "
                    f'"{text}"^^<http://www.w3.org/2001/XMLSchema#date> {graph} .'
                ),
                (
                    f"{period} <{BASE}def/overleg#{name}Precision> "
                    f"<{BASE}id/begrip/precisie-{precision}> {graph} ."
                ),
            ]
    release = publish_lines(tmp_path / "releases", lines)
    calendar = Calendar(Labels(release.store, BASE))

    found = calendar.standing(Iri(thing[1:-1]), date.fromisoformat(day))
    assert found == expected


def test_a_contradiction_stands_where_it_occurs_with_both_sides(
    client: httpx.Client, release: Release
) -> None:
    """Each claim has its source, and the fact in question points at them."""
    about = Iri(f"{BASE}def/overleg#contradictionAbout")
    things = {i.object.value for i in release.store.statements(None, about)}
    start = f"{BASE}id/"

    assert len(things) > 10
    for thing in sorted(things):
        tree = page_of(client, "/doc/" + thing.removeprefix(start))
        lists = [i for i in tree.iter("ul") if i.get("class") == "claims"]
        assert lists, thing
        for claims in lists:
            assert len(list(claims)) >= 2, thing
            for claim in claims:
                assert marks_of(claim), thing
    page = page_of(client, "/doc/overleg/lrt-2016-09-08")
    assert "⚠" not in words_of(page)
    assert any(i.get("href") == "#contradictions" for i in page.iter("a"))


def test_a_side_of_a_contradiction_stands_once_with_all_its_sources(
    client: httpx.Client,
) -> None:
    """Two say who chairs; several documents say the same of one of them."""
    tree = page_of(client, "/doc/tegenspraak/voorzitter-organisatie-lrt")
    sides = next(list(i) for i in tree.iter("ul") if i.get("class") == "claims")
    said = [words_of(side[0]).strip() for side in sides]

    assert len(said) == len(set(said)) == 2
    assert max(len(list(side.iter("a"))) for side in sides) >= 4


def test_what_other_languages_say_is_folded(client: httpx.Client) -> None:
    """The language of the page comes first; a name that is in it is not said twice."""
    tree = page_of(client, "/doc/begrip/rol-lid?lang=nl")
    folded = [i for i in tree.iter("details") if i.get("class") == "translated"]

    assert {words_of(i[0]) for i in folded} == {"in het Engels"}
    assert "standing member" in " ".join(map(words_of, folded))
    assert any(i.get("lang") == "en" for fold in folded for i in fold.iter("span"))


def test_the_contents_of_a_page_come_first_and_lead_to_what_is_there(
    client: httpx.Client,
) -> None:
    """Panels and lists are named, and each has its place."""
    tree = page_of(client, TABLE)
    contents = next(i for i in tree.iter("nav") if i.get("class") == "contents")
    led = [(i.get("href") or "").removeprefix("#") for i in contents.iter("a")]
    there = [i.get("id") for i in tree.iter() if i.get("id")]

    assert {"panel-chairs", "panel-meetings", "contradictions"} <= set(led)
    assert set(led) <= set(there)
    assert [place for place in there if place in led] == led


def test_the_page_of_the_table_folds_what_is_many(client: httpx.Client) -> None:
    """Each list is named, counted and whole in a fold; the newest meetings stand open.

    What sources contradict each other on says so before it is opened.
    """
    tree = page_of(client, TABLE)
    folds = {
        fold.find("div").get("id"): (words_of(fold.find("summary")), fold.find("div"))
        for fold in tree.iter("details")
        if fold.get("class") == "listed"
    }
    contents = next(i for i in tree.iter("nav") if i.get("class") == "contents")
    led_to = {(link.get("href") or "").lstrip("#") for link in contents.iter("a")}
    meetings = next(
        i for i in tree.iter("section") if i.get("aria-labelledby") == "panel-meetings"
    )
    shown, earlier = (
        [words_of(row) for row in table.iter("tr")][1:]
        for table in reversed([*meetings.iter("table")])
    )

    assert len(folds) > 5
    assert folds.keys() <= led_to
    assert all(any(fold.iter("tr")) for _, fold in folds.values())
    assert "Bronnen spreken elkaar tegen" in folds["van-arrangementOf"][0]
    assert "september 2024" in shown[-1]
    assert "september 2018" in earlier[0]
    assert len(shown) == 6
    assert any(link.get("href") == "/tijdlijn/lrt" for link in tree.iter("a"))


def test_what_describes_a_thing_leads_its_page_once_with_its_source(
    client: httpx.Client,
) -> None:
    """What was promised is the first sentence; its translation is folded with it."""
    tree = page_of(client, "/doc/toezegging/t02933")
    lead = next(i for i in tree.iter("div") if i.get("class") == "described")
    title = next(i for i in tree.iter("div") if i.get("class") == "title")
    said = words_of(next(lead.iter("p")))

    assert lead in [*title.iter()]
    assert said.startswith("Volgens het register gaat het om")
    assert words_of(next(tree.iter("main"))).count(said) == 1
    assert marks_of(lead)
    assert "in het Engels" in words_of(lead)


def test_descriptions_that_differ_stand_side_by_side() -> None:
    """Each has its own source; neither is chosen."""
    said = [Value(Link(word), (Source("document", Link(word)),)) for word in "AB"]
    fact = Fact(
        Link("Omschrijving", iri="d"), "d", 2, (*said, Value(Link("C", None, "en")))
    )
    named = Fact(Link("Naam", iri="n"), "n", 1, (Value(Link("X")),))
    groups = [Group(None, (named, fact))]
    short = {"dcterms:description": "d", "skos:prefLabel": "n"}
    found = parted(groups, "X", lambda path: Iri(short.get(path, path)))
    other = parted(groups, "Y", lambda path: Iri(short.get(path, path)))

    assert found.lead is not None
    assert found.lead.own == tuple(said)
    assert (found.groups, found.explaining.facts) == ((), (named,))
    assert other.groups == (Group(None, (named,)),)


def test_what_panels_show_is_named_again_only_where_all_of_it_is() -> None:
    """A list that leads nowhere and is whole above is not named, nor has a heading."""
    row = Row(Link("A", "/a"), (), ())
    table = Table(Link("T"), (), (row,), named=True)
    whole = Fact(Link("Deelname"), "w", 1, tables=(table,))
    cut, led = replace(whole, total=2), replace(whole, all="/backlinks")
    groups = (Group(None, (whole, cut)),)
    view = View("a", Link("A"), (), groups, incoming=(led,))

    assert view.beside(["/a"]).above == (cut, led)
    assert view.beside([]).above == ()


def test_what_only_tells_where_data_is_from_is_folded(client: httpx.Client) -> None:
    """So are a name that the heading says and the class that the badge says."""
    tree = page_of(client, "/doc/functie/minister-bzk")
    fold = next(
        i
        for i in tree.iter("details")
        if any(x.get("id") == "explaining" for x in i.iter())
    )
    names = [words_of(i) for i in fold.iter("dt")]
    others = [words_of(i) for i in tree.iter("dt") if i not in [*fold.iter("dt")]]
    letter = page_of(client, "/doc/document/brief-2021-12-20-jenv-lrt")

    assert fold.get("open") is None
    assert names == ["Naam", "is een", "Staat in graaf"]
    assert not {*names} & {*others}
    assert "Naam Titel Brief van de Staatssecretaris" in words_of(letter)


def test_a_fold_of_sources_leads_to_all_and_tells_places_apart(
    client: httpx.Client,
) -> None:
    """More than four sources are a link; two letterheads differ by their characters."""
    post = page_of(client, "/doc/functie/minister-bzk")
    folds = [i for i in post.iter("details") if i.get("class") == "source"]
    links = [i for fold in folds for i in fold.iter("a")]
    led = next(i for i in links if words_of(i) == "Toon alle 16")
    answer = client.get(str(led.get("href")), headers={"Accept": "text/csv"})
    letter = page_of(client, "/doc/document/brief-2021-12-20-jenv-lrt")
    fold = next(i for i in letter.iter("details") if i.get("class") == "source")
    lines = [words_of(i) for i in fold.iter("p")]

    assert len({row["graph"] for row in csv.DictReader(io.StringIO(answer.text))}) == 16
    assert {"briefhoofd, tekens 237–293", "briefhoofd, tekens 295–379"} <= set(lines)
    assert not [line for line in lines if line.startswith((",", "·"))]
    assert "En nog" not in words_of(post)


def test_what_a_document_tells_of_stands_by_kind_the_first_lists_open(
    client: httpx.Client,
) -> None:
    """What it is read for comes first; one list may hold several classes."""
    tree = page_of(client, "/doc/document/brief-2021-12-20-jenv-lrt")
    section = next(
        i for i in tree.iter("section") if i.get("aria-labelledby") == "says"
    )
    folds = [i for i in section.iter("details") if i.get("class") == "listed"]
    names = [words_of(i.find("summary")) for i in folds]
    bodies = folds[names.index("Organisaties 14")]

    assert names[:3] == ["Toezeggingen 1", "Afspraken 1", "Weergegeven uitspraken 3"]
    assert [i.get("open") is not None for i in folds] == [True] * 3 + [False] * 11
    assert len([*bodies.iter("table")]) > 1
    assert "geen adres van het origineel bekend" in words_of(tree)


def test_the_page_of_a_post_begins_with_who_held_it_the_newest_too(
    client: httpx.Client,
) -> None:
    """Who held a post or a seat stands open and first; who stood in is said to."""
    tree = page_of(client, "/doc/functie/minister-bzk")
    first = next(iter(tree.iter("section")))
    rows = [words_of(row) for row in first.iter("tr")][1:]
    seat = page_of(client, "/doc/zetel/lrt-minister-bzk")

    assert first.get("aria-labelledby") == "panel-post_holders"
    assert not [*first.iter("details")]
    assert any(
        row.startswith("Stef Blok, waarnemer vanaf 29 juni 2016") for row in rows
    )
    assert rows[-1].startswith("Judith Uitermark vanaf 2 juli 2024, einde onbekend")
    assert "Wie op deze zetel zaten" in words_of(next(iter(seat.iter("section"))))


def test_on_a_day_the_page_of_the_table_says_the_day_in_words(
    client: httpx.Client,
) -> None:
    """The drawings mark the day where they reach it, and the page says so."""
    words = words_of(page_of(client, f"{TABLE}?peildatum=2020-03-03"))
    before = words_of(page_of(client, f"{TABLE}?peildatum=1999-01-01"))

    assert "Op 3 maart 2020: wat toen zeker niet gold" in words
    assert "De onderbroken lijn is 3 maart 2020." in words
    assert "De onderbroken lijn" not in before


def test_every_property_has_a_name_from_its_other_end(release: Release) -> None:
    """No list of what points at a thing is called by the fallback."""
    vocabulary, start = Vocabulary(release.store, BASE), Iri(f"{BASE}id/").value
    said = {
        item.predicate
        for item in release.store.statements()
        if isinstance(item.object, Iri)
        and item.object.value.startswith(start)
        and item.subject.value.startswith(start)
    }
    short, texts = vocabulary.labels.short, Texts.read()
    nameless = [
        short(path)
        for path in said
        if "incoming." + short(path).replace(":", "-") not in texts
        and not vocabulary.inverses(path)
        and short(path) != "ovl:contradictionAbout"
    ]

    assert len(said) > 50
    assert nameless == []


def test_backlinks_are_counted_and_lead_to_all_of_them(
    client: httpx.Client, release: Release
) -> None:
    """The page bounds them; the list and the table hold every one."""
    path = "/backlinks?of=organisatie:lrt&by=ovl:party"
    tree = page_of(client, TABLE)
    hrefs = [i.get("href") or "" for i in tree.iter("a")]
    wanted = release.store.count(Iri(f"{BASE}id/organisatie/lrt"))
    overview = page_of(client, "/backlinks?of=organisatie:lrt")
    total = 0
    for link in [
        i for i in overview.iter("a") if "/backlinks.csv?" in i.get("href", "")
    ]:
        text = client.get(link.get("href")).text
        total += len(list(csv.reader(io.StringIO(text)))) - 1

    assert any(href.startswith("/backlinks?of=organisatie%3Alrt") for href in hrefs)
    assert client.get(path, headers=DUTCH).status_code == 200
    disputes = len(
        list(
            release.store.statements(
                None,
                Iri(f"{BASE}def/overleg#contradictionAbout"),
                Iri(f"{BASE}id/organisatie/lrt"),
                None,
            )
        )
    )
    assert total + disputes == wanted


def test_the_table_of_backlinks_is_whole_where_blank_nodes_point_too(
    tmp_path: Path, publish_lines: Callable[..., Release], serve: Serve
) -> None:
    """More than is read at a time; a blank node is no row and ends nothing."""
    kind, graph = f"<{BASE}id/begrip/soort>", f"<{BASE}graph/bron/b>"
    path = "http://purl.org/dc/terms/type"
    wanted = {f"{BASE}id/document/d{n}" for n in range(AT_ONCE + 1_500)}
    lines = [
        *(f"<{iri}> <{path}> {kind} {graph} ." for iri in wanted),
        *(f"_:b{n} <{path}> {kind} {graph} ." for n in range(1_500)),
    ]
    asked = "of=begrip:soort&by=dcterms:type"
    with (
        serve(publish_lines(tmp_path, lines)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        text = client.get(f"/backlinks.csv?{asked}").text
        page = words_of(page_of(client, f"/backlinks?{asked}"))
        overview = words_of(page_of(client, "/backlinks?of=begrip:soort"))
    rows = list(csv.reader(io.StringIO(text)))[1:]

    assert len(rows) == len(wanted)
    assert {row[0] for row in rows} == wanted
    assert "21.500" in page
    assert "21.500" in overview


@pytest.mark.parametrize("blank", [0, 3])
def test_many_backlinks_are_counted_alike_with_and_without_blank_nodes(
    tmp_path: Path, publish_lines: Callable[..., Release], serve: Serve, blank: int
) -> None:
    """A release that names all its things is asked without leaving any out."""
    kind, graph = f"<{BASE}id/begrip/soort>", f"<{BASE}graph/bron/b>"
    rest = f"<http://purl.org/dc/terms/type> {kind} {graph} ."
    named = [f"<{BASE}id/document/d{n}> {rest}" for n in range(1_500)]
    release = publish_lines(tmp_path, named + [f"_:b{n} {rest}" for n in range(blank)])
    with serve(release) as url, httpx.Client(base_url=url, timeout=60) as client:
        page = words_of(page_of(client, "/backlinks?of=begrip:soort"))

    assert release.names_all == (blank == 0)
    assert "1.500" in page


@pytest.mark.parametrize(
    "path",
    [
        "/backlinks?of=organisatie:onbekend",
        "/backlinks?of=organisatie:lrt&by=ovl:nix",
        "/backlinks.csv?of=organisatie:onbekend&by=ovl:party",
    ],
)
def test_backlinks_of_what_is_unknown_are_unknown(
    client: httpx.Client, path: str
) -> None:
    """And not an empty list."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (TABLE, "Organization"),
        ("/doc/overleg/lrt-2021-11-18", "Event"),
        ("/doc/persoon/broekers-knol-a", "Person"),
        ("/doc/document/brief-2021-12-20-jenv-lrt", "CreativeWork"),
        ("/doc/begrip/thema-opvang", "DefinedTerm"),
    ],
)
def test_search_engines_read_what_a_thing_is(
    client: httpx.Client, path: str, kind: str
) -> None:
    """In schema.org's terms, with its IRI and its name."""
    tree = page_of(client, path)
    scripts = [i for i in tree.iter("script") if i.get("type") == "application/ld+json"]
    found = json.loads(scripts[0].text)

    assert found["@type"] == kind
    assert found["@id"] == BASE + "id/" + path.removeprefix("/doc/")
    assert found["name"] == words_of(next(tree.iter("h1")))
    if kind == "Event":
        assert found["startDate"] == "2021-11-18"


def test_rdf_that_is_cut_says_so(
    release: Release, serve: Serve, client: httpx.Client
) -> None:
    """In itself and in its header, with where the rest is; whole RDF says nothing."""
    with (
        serve(release, Settings(incoming_in_rdf=3)) as url,
        httpx.Client(base_url=url, timeout=60) as asked,
    ):
        cut = asked.get(f"{TABLE}.ttl")
        graph = rdflib.Graph().parse(data=cut.text, format="turtle")
        rest = next(graph.objects(rdflib.URIRef(url + TABLE), rdflib.RDFS.seeAlso))
        table = asked.get(str(rest), headers={"Accept": "text/html"})

    whole = client.get(f"{TABLE}.ttl")
    said = {str(i) for i in graph.objects(None, rdflib.RDFS.comment)}
    assert any("eerste 3 gegevens" in text for text in said)
    assert 'rel="next"' in cut.headers["Link"]
    assert cut.headers["Regietafel-Cut"] == "incoming=3"
    assert table.status_code == 200
    assert 'rel="next"' not in whole.headers["Link"]
    assert "Regietafel-Cut" not in whole.headers
    assert "seeAlso" not in whole.text


def test_a_part_that_fails_is_named_and_the_page_stands(
    release: Release, tmp_path: Path, serve: Serve
) -> None:
    """Here the list of changes of a release is damaged on disk."""
    folder = tmp_path / "releases" / release.path.name
    shutil.copytree(release.path, folder)
    line = f"<{BASE}id/organisatie/lrt>\t\xff\xfe no such thing\n"
    (folder / "changes.tsv").write_bytes(b"entity\n" + line.encode("latin-1"))
    with (
        serve(Release(folder)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        page = words_of(page_of(client, TABLE))
        kept = client.get(TABLE, headers=DUTCH).headers["Cache-Control"]

    assert kept == "no-store"
    assert "De uitgaven kunnen nu niet worden getoond." in page
    assert "Landelijke Regietafel Migratie en Integratie" in page


def test_a_page_tells_what_each_release_changed(
    tmp_path: Path,
    publish_lines: Callable[[Path, Iterable[str]], Release],
    serve: Serve,
) -> None:
    """From the first release on, with how much came and went."""
    graph, thing = f"<{BASE}graph/bron/a>", f"<{BASE}id/organisatie/a>"
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    first = [f'{thing} {label} "Een"@nl {graph} .']
    second = [
        f'{thing} {label} "Twee"@nl {graph} .',
        f'{thing} {label} "Two"@en {graph} .',
    ]
    publish_lines(tmp_path, first)
    release = publish_lines(tmp_path, second)
    with serve(release) as url, httpx.Client(base_url=url, timeout=60) as client:
        tree = page_of(client, "/doc/organisatie/a")

    events = next(i for i in tree.iter("ol") if i.get("class") == "events")
    told = [words_of(item) for item in events]
    assert "gewijzigd: 2 erbij, 1 eraf" in told[0]
    assert "in de eerste uitgave" in told[1]


def test_what_a_rule_derived_leads_to_the_documents_beneath(
    client: httpx.Client,
) -> None:
    """The other way round of a link is said by the document that says the link."""
    tree = page_of(client, "/doc/document/brief-2021-12-20-jenv-lrt")
    marks = [i for i in marks_of(tree) if words_of(i).startswith("Afgeleid")]
    links = [
        {a.get("href") for a in mark.iter("a") if a.get("href", "").startswith("/doc/")}
        for mark in marks
    ]

    assert marks
    assert all(
        any(href.startswith("/doc/document/") for href in found) for found in links
    )


def test_the_page_of_a_thing_is_small(client: httpx.Client) -> None:
    """However much points at it."""
    names = ("organisatie/coa", "organisatie/vng", "document/coa-lrt-old")
    paths = [TABLE, *(f"/doc/{name}" for name in names), "/doc/periode/2021"]
    pages = {path: client.get(path, headers=DUTCH).content for path in paths}

    assert {
        path: len(page) for path, page in pages.items() if len(page) > 120_000
    } == {}
    sent = {path: len(gzip.compress(page)) for path, page in pages.items()}
    assert {path: size for path, size in sent.items() if size > 20_000} == {}


def test_a_narrowed_page_leads_to_the_same_facts_in_rdf_and_as_a_query(
    client: httpx.Client,
) -> None:
    """The downloads and the query of one source hold that source alone."""
    word, graph = "document:coa-lrt-old", f"{BASE}graph/bron/coa-lrt-old"
    tree = page_of(client, f"{TABLE}?source={word}")
    hrefs = [link.get("href") or "" for link in tree.iter("a")]
    nquads = next(h for h in hrefs if ".nq?" in h)
    turtle = next(h for h in hrefs if ".ttl?" in h)
    query = next(h for h in hrefs if h.startswith("/sparql?query=SELECT+%3Fproperty"))
    quads = client.get(nquads).text.splitlines()
    whole = client.get(f"{TABLE}.nq").text.splitlines()
    rows = list(csv.reader(io.StringIO(client.get(query + "&format=csv").text)))[1:]
    subject = f"<{BASE}id/organisatie/lrt> "

    assert quads
    assert set(quads) < set(whole)
    assert all(line.endswith(f"<{graph}> .") for line in quads)
    assert len(rows) == len([line for line in quads if line.startswith(subject)])
    assert "coa-lrt-new" not in client.get(turtle).text
    assert client.get(f"{TABLE}.ttl?source=nix").status_code == 400


def test_what_has_no_day_says_so(client: httpx.Client) -> None:
    """The RDF of a page as of a day is that of every day."""
    page = words_of(page_of(client, f"{TABLE}?peildatum=2020-03-03"))

    assert "De downloads en de query kennen geen peildatum" in page
