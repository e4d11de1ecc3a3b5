"""The pages made for this domain: what they tell, and that every value has a source."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import html5lib
import httpx
import pytest

from graph.paths import VIEWS
from graph.terms import Iri
from graph.workers import QueryWorkers
from server import answering, panels
from server.answering import Asker
from server.panels import NUMBERS, PANELS, TIMELINE
from server.settings import Settings
from server.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from graph.releasing import Release

    Serve = Callable[..., AbstractContextManager[str]]

BASE = "https://data.regietafel.example/"
PATHS = (
    "/op-datum",
    "/op-datum?datum=2021-11-18",
    "/tijdlijn/lrt",
    "/tijdlijn/lrt?van=2020-01-01&tot=2021-12-31&peildatum=2020-03-03",
    "/overleggen",
    "/afspraken",
    "/toezeggingen",
    "/cijfers",
    "/dossiers",
    "/bronnen",
    "/tegenspraken",
    "/kwaliteit",
    "/samen",
    "/samen?persoon=klijnsma-j",
)
#: A thing of each class that has panels.
THINGS = (
    "/doc/organisatie/lrt",
    "/doc/overleg/lrt-2021-11-18",
    "/doc/afspraak/uitvoeringsagenda-2020",
    "/doc/toezegging/t02933",
    "/doc/dossier/35210-vi",
    "/doc/tegenspraak/voorzitter-organisatie-lrt",
    "/doc/dataset/taakstellingen",
    "/doc/persoon/klijnsma-j",
)


T02933 = "/doc/toezegging/t02933"


def tree_of(response: httpx.Response) -> Element:
    """Return a page as HTML5 parses it; it must have no parse error."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(response.text)
    assert response.status_code == 200, response.text
    assert parser.errors == []
    found: Element = tree
    return found


def text_of(element: Element) -> str:
    """Return the words of an element, on one line."""
    return re.sub(r"\s+", " ", "".join(element.itertext()))


def section(tree: Element, anchor: str) -> str:
    """Return the words of the section that a heading names."""
    found = next(
        item for item in tree.iter("section") if item.get("aria-labelledby") == anchor
    )
    return text_of(found)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("path", [*PATHS, *THINGS])
def test_a_page_is_whole_in_both_languages(
    browser_client: httpx.Client, path: str, language: str
) -> None:
    """It parses, has one first heading, and no panel of it failed."""
    join = "&" if "?" in path else "?"
    response = browser_client.get(f"{path}{join}lang={language}")
    tree = tree_of(response)

    assert len(list(tree.iter("h1"))) == 1
    assert Texts.read().text("panels.failed", language) not in response.text
    assert response.headers["Content-Language"] == language


@pytest.mark.parametrize("path", PATHS)
def test_what_is_drawn_is_said_in_words_too(
    browser_client: httpx.Client, path: str
) -> None:
    """A chart is a table: each strip stands beside its words and its sources."""
    tree = tree_of(browser_client.get(path))
    figures = [item for item in tree.iter("figure") if item.find("table") is not None]
    for figure in figures:
        legend = [item for item in figure.iter("p") if item.get("class") == "marks led"]
        for row in figure.iter("tr"):
            cells = list(row.iter("td"))
            drawn = any(str(item.tag)[-4:] == "rect" for item in row.iter())
            assert not drawn or text_of(cells[0]).strip()
            assert not drawn or legend or next(cells[-1].iter("a"), None) is not None
    for figure in (item for item in tree.iter("section") if item.get("class")):
        ties = {
            str(item.get("href"))
            for item in figure.iter()
            if str(item.tag).endswith("}a") and item.get("href")
        }
        assert ties <= {str(item.get("href")) for item in figure.iter("a")}


def test_who_chaired_is_told_with_how_sure_it_is(browser_client: httpx.Client) -> None:
    """Derived, possible, and nobody known are three things."""
    asked = {
        day: section(tree_of(browser_client.get(f"/op-datum?datum={day}")), "chair")
        for day in ("2021-11-18", "2020-03-03", "2010-01-01")
    }

    assert "was Kajsa Ollongren voorzitter van" in asked["2021-11-18"]
    assert "Dat is afgeleid" in asked["2021-11-18"]
    assert "was Raymond Knops voorzitter van" in asked["2020-03-03"]
    assert "Ollongren" not in asked["2020-03-03"], "another held her office"
    assert "is niet bekend" in asked["2010-01-01"]


def test_what_was_agreed_on_a_day_stands_with_its_source(
    browser_client: httpx.Client,
) -> None:
    """The agreement, its points, their due dates, and the document and place."""
    tree = tree_of(browser_client.get("/op-datum?datum=2021-11-18"))
    agreed, there = section(tree, "agreements"), section(tree, "participants")

    assert "Ankie Broekers-Knol" in there
    assert "Kritieke weken" in section(tree, "reports")
    assert "Nog 1.200 reguliere opvangplekken in 2021" in agreed
    assert "tot en met 31 december 2021" in agreed
    assert "Nieuwsbericht, 19 november 2021, eerste alinea" in agreed


def test_a_meeting_of_an_unknown_day_is_not_said_to_be_on_it(
    browser_client: httpx.Client,
) -> None:
    """It may have been; what was agreed in it does not mix with what surely was."""
    sure = tree_of(browser_client.get("/op-datum?datum=2020-03-03"))
    unsure = tree_of(browser_client.get("/op-datum?datum=2020-03-01&lang=en"))

    assert "3 maart 2020" in section(sure, "met-1-stated")
    assert "eerste helft van 2020" in section(sure, "met-3-possible")
    assert "Uitvoeringsagenda" not in section(sure, "agreements")
    assert "Implementation agenda" in section(unsure, "agreements")
    assert "may have been on that day" in text_of(unsure)
    assert "Meeting on that day" not in text_of(unsure)


def test_days_to_choose_from_are_those_that_are_known(
    browser_client: httpx.Client,
) -> None:
    """A meeting of which only the month is known is on no day."""
    page = browser_client.get("/op-datum?lang=en").text

    assert "/op-datum?tafel=lrt&amp;datum=2021-11-18&amp;lang=en" in page
    assert "datum=2021-09" not in page


def test_what_is_derived_is_not_said_by_a_source(browser_client: httpx.Client) -> None:
    """Neither drawn so nor worded so; a time that a source names is no term."""
    chairs = section(tree_of(browser_client.get("/tijdlijn/lrt")), "panel-chairs")

    assert "afgeleid voor 3 maart 2020" in chairs
    assert "genoemd op 3 maart 2020" not in chairs
    assert "genoemd op enig moment in: 11 juni 2019 – 10 januari 2022" in chairs
    assert "afgeleid voor de dag van een overleg; geen bron noemt het zo" in chairs


def test_an_unknown_end_is_said_not_to_be_known(browser_client: httpx.Client) -> None:
    """In words in the row, and as a key of the legend."""
    tree = tree_of(browser_client.get("/tijdlijn/lrt"))
    offices = section(tree, "panel-offices")

    assert "vanaf 2 juli 2024, einde onbekend" in offices
    assert "dat is iets anders dan ‘nog gaande’" in offices


def test_the_times_of_a_row_are_in_order(browser_client: httpx.Client) -> None:
    """Whatever the order in which the sources were read."""
    page = browser_client.get("/tijdlijn/lrt?lang=nl").text

    assert "afgeleid voor 15 maart 2021; 18 november 2021<" in page
    assert "in: 2019; 11 juni 2019 – 10 januari 2022; 10 januari 2022 – 5 sept" in page


def test_a_window_leaves_out_what_lies_outside(browser_client: httpx.Client) -> None:
    """`van` and `tot` bound drawings and tables alike."""
    page = browser_client.get("/tijdlijn/lrt?van=2020-01-01&tot=2020-12-31").text

    assert "/doc/overleg/lrt-2020-03-03" in page
    assert "/doc/overleg/lrt-2021-11-18" not in page


def months_of(client: httpx.Client) -> dict[str, list[str]]:
    """Return the words of the calendar's cells, by year."""
    tree = tree_of(client.get("/overleggen"))
    calendar = next(t for t in tree.iter("table") if t.get("class") == "calendar")
    return {
        text_of(next(row.iter("th"))).strip(): [
            text_of(cell) for cell in row.iter("td")
        ]
        for row in calendar.iter("tr")
    }


def test_the_calendar_marks_gaps(browser_client: httpx.Client) -> None:
    """A day stands in its month, what is less exact beside it, a gap as a gap."""
    rows = months_of(browser_client)

    assert rows["2021"][10] == "18"
    assert rows["2021"][8] == "dag onbekend"
    assert "lacune" in rows["2021"][12]
    assert "lacune" in rows["2021"][11]


def test_a_meeting_of_a_known_day_has_no_unknown_one(
    browser_client: httpx.Client,
) -> None:
    """Where one source gives the day and another the month, the day stands alone."""
    rows = months_of(browser_client)

    assert rows["2024"][8] == "26"


def test_the_list_of_meetings_begins_where_the_calendar_does(
    browser_client: httpx.Client,
) -> None:
    """With the newest."""
    page = browser_client.get("/overleggen").text
    links = re.findall(r"/doc/overleg/(lrt-\d{4})", page.partition("</table>")[2])

    assert links[0] == "lrt-2024"
    assert links == sorted(links, reverse=True)


@pytest.mark.parametrize(
    ("language", "within"),
    [
        ("nl", ("2019, tot en met 26 maart", "24 september – 30 september 2018")),
        ("en", ("2019, up to and including 26 March", "24 September – 30 September")),
    ],
)
def test_a_period_within_a_year_names_that_year_once(
    browser_client: httpx.Client, language: str, within: tuple[str, ...]
) -> None:
    """Of an unknown day in a part of a year it is not said that it lasted."""
    page = text_of(tree_of(browser_client.get(f"/overleggen?lang={language}")))

    assert all(words in page for words in within)
    assert "2019 –" not in page


def test_a_gap_within_another_is_not_counted_apart(
    browser_client: httpx.Client,
) -> None:
    """December 2021 lacks a meeting by one arrangement, all of 2021 by another."""
    page = text_of(tree_of(browser_client.get("/overleggen")))

    assert "3 lacunes" in page
    assert page.count("Valt binnen een andere lacune") == 1
    assert re.search(
        r"december 2021: 0 bekend, 1 verwacht\s*Valt binnen .*?, 2021:", page
    )


def test_contradictions_show_both_sides_with_documents(
    browser_client: httpx.Client,
) -> None:
    """Each claim leads to where it stands, and the share found by rules is told."""
    tree = tree_of(browser_client.get("/tegenspraken?soort=tegenspraak-totaal"))
    page = text_of(tree)

    assert "24 van de 27 zijn door een regel gevonden (89%)" in page
    assert "3 tegenspraken" in page
    assert "Totaal: Opvangopgave per 1 januari 2024" in page
    assert "Tegenspraak, totaal" not in page
    assert "Genoemd totaal" in page
    assert "Som van de delen" in page
    assert any("/doc/vindplaats/" in str(a.get("href")) for a in tree.iter("a"))


def test_a_term_that_has_passed_is_said_to_have(browser_client: httpx.Client) -> None:
    """Of what is open still; a status stands above its table and not within."""
    tree = tree_of(browser_client.get("/toezeggingen"))
    rows = {
        section.get("aria-labelledby"): [text_of(row) for row in section.iter("tr")]
        for section in tree.iter("section")
    }

    assert "was verstreken toen deze uitgave verscheen, op " in rows["status-1"][1]
    assert "Openbaarheid van verslagen" in rows["status-1"][1]
    assert not any("verstreken" in text for text in rows["status-3"])
    assert all("Status" not in texts[0] for texts in rows.values() if texts)


@pytest.mark.parametrize(
    ("language", "note", "unit"),
    [
        ("nl", "Bronnen spreken elkaar tegen (dossier, onderwerp", "Dagen"),
        ("en", "Sources contradict each other (dossier, object", "Days"),
    ],
)
def test_a_commitment_that_sources_contradict_is_marked(
    browser_client: httpx.Client, language: str, note: str, unit: str
) -> None:
    """The mark leads to both sides; the days are said to be those until a part."""
    tree = tree_of(browser_client.get(f"/toezeggingen?lang={language}"))
    marks = [a for a in tree.iter("a") if text_of(a).startswith(note)]
    to = [str(a.get("href")) for a in marks]
    page = tree_of(browser_client.get(str(marks[0].get("href"))))
    chart = next(t for t in tree.iter("table") if t.get("class") == "chart bars")

    assert [path.partition("?")[0].partition("#")[0] for path in to] == [T02933]
    assert to[0].endswith("#contradictions")
    assert any(item.get("id") == "contradictions" for item in page.iter())
    assert [text_of(th) for th in chart.iter("th")][1] == unit
    assert ("(deels)" if language == "nl" else "(in part)") in text_of(tree)


def test_a_part_of_a_point_stands_after_that_point(
    browser_client: httpx.Client,
) -> None:
    """As on the page of their meeting; the list on top has the dates."""
    tree = tree_of(browser_client.get("/afspraken"))
    page = text_of(tree)
    contents = next(nav for nav in tree.iter("nav") if nav.get("class") == "contents")
    point = page.index("Nog 1.200 reguliere opvangplekken in 2021")

    assert point < page.index("De eerste 600 van die plekken")
    assert "(18 november 2021)" in text_of(contents)


@pytest.mark.parametrize(
    ("path", "late"),
    [
        ("/afspraken?lang=nl", "(afgeleid: 183 dagen na de termijn)"),
        ("/afspraken?lang=en", "(derived: 183 days after the term)"),
        (
            "/doc/afspraak/uitvoeringsagenda-2020-plannen?lang=nl",
            "(afgeleid: 183 dagen na de termijn)",
        ),
    ],
)
def test_a_document_of_after_the_term_is_said_to_be_late(
    browser_client: httpx.Client, path: str, late: str
) -> None:
    """If both days are known; of one that is known to the month nothing is said."""
    page = text_of(tree_of(browser_client.get(path)))

    assert len(re.findall("afgeleid: .*? termijn|derived: .*? term", page)) == 1
    assert late in page


def test_the_way_of_a_commitment_shows_its_term(browser_client: httpx.Client) -> None:
    """As a mark of its own, told in the legend, on an axis that takes it in."""
    tree = tree_of(browser_client.get("/doc/toezegging/t03212"))
    path = section(tree, "panel-promise_path")
    words = [text_of(item) for item in tree.iter() if str(item.tag)[-4:] == "text"]

    assert "Uiterlijk tot en met 1 januari 2023 Toezeggingenregister" in path
    assert "op die dag laatste dag van de termijn" in path
    assert "van begin tot einde bekend" not in path
    assert words == ["2021", "2022", "2023"]


@pytest.mark.parametrize("path", ["/cijfers", "/doc/dataset/taakstellingen"])
def test_half_years_of_which_no_number_is_known_are_there(
    browser_client: httpx.Client, path: str
) -> None:
    """A year among them says that it is two; the column says what is counted."""
    tree = tree_of(browser_client.get(path))
    chart = next(t for t in tree.iter("table") if t.get("class") == "chart bars")
    rows = [text_of(row) for row in chart.iter("tr")]

    assert "Aantal vergunninghouders" in rows[0]
    assert any("heel 2020 (twee halfjaren samen)" in row for row in rows)
    for half in ("tweede halfjaar 2023", "tweede halfjaar 2024"):
        assert any(f"{half} geen aantal bekend" in row for row in rows)


@pytest.mark.parametrize(("language", "count"), [("nl", "75.499"), ("en", "75,499")])
def test_counts_have_thousands_marks(
    browser_client: httpx.Client, language: str, count: str
) -> None:
    """In the names of claims too, as each language writes them."""
    page = text_of(tree_of(browser_client.get(f"/cijfers?lang={language}")))

    assert f": {count} (" in page
    assert "75499" not in page


def test_a_person_stands_between_what_they_belonged_to_and_whom_they_met(
    browser_client: httpx.Client,
) -> None:
    """Both directions, each with the ties that the data have."""
    tree = tree_of(browser_client.get("/samen?persoon=klijnsma-j"))
    sides = {
        side: {
            str(link.get("href"))
            for part in tree.iter("div")
            if part.get("class") == side
            for link in part.iter("a")
        }
        for side in ("belongs", "met")
    }

    assert "/doc/functie/commissaris-drenthe" in sides["belongs"]
    assert "/doc/organisatie/lrt" in sides["belongs"]
    assert "/doc/persoon/faber-m" in sides["met"]
    assert "/doc/persoon/klijnsma-j" not in sides["met"] | sides["belongs"]


def test_a_cell_leads_to_the_meetings_that_two_share(
    browser_client: httpx.Client,
) -> None:
    """Shades are only spoken of where counts differ; derived chairs do not count."""
    tree = tree_of(browser_client.get("/samen"))
    matrix = next(t for t in tree.iter("table") if t.get("class") == "matrix")
    cells = [a for td in matrix.iter("td") for a in td.iter("a")]
    first = tree_of(browser_client.get(str(cells[0].get("href"))))
    met = next(s for s in first.iter("section") if s.get("aria-labelledby") == "shared")
    shades = {td.get("class") for td in matrix.iter("td") if td.get("class")}

    assert len(list(met.iter("tr"))) == int(text_of(cells[0])) + 1
    assert any("/doc/overleg/" in str(a.get("href")) for a in met.iter("a"))
    assert ("hoe donkerder" in text_of(tree).lower()) is (len(shades) > 1)
    assert "Voorzitters die voor een dag zijn afgeleid, tellen niet mee" in text_of(
        tree
    )


def test_quality_is_what_the_gate_reported(
    browser_client: httpx.Client, release: Release
) -> None:
    """The counts of the report, and the reasons of warnings."""
    report = release.report
    page = browser_client.get("/kwaliteit?ernst=Warning").text

    assert f"<b>{report['counts']['Warning']}</b>" in page
    assert f"{report['counts']['Warning']} bevindingen" in page
    for item in report["findings"]:
        if item["severity"] == "Warning":
            assert item["waiver"]["nl"] in page
            assert item["waiver"]["en"] not in page
    assert 'voeg met <a href="/def/overleg#party">partij</a> toe' in page
    assert "ovl:" not in page
    every = browser_client.get("/kwaliteit?ernst=Info").text
    assert 'aria-current="true"' in every
    assert "<dd></dd>" not in every


def test_sources_are_found_by_kind_and_year(browser_client: httpx.Client) -> None:
    """Each leads to the document and to all that it says."""
    page = browser_client.get("/bronnen?soort=document-kamerbrief&jaar=2021").text

    assert "/doc/document/brief-2021-12-20-jenv-lrt" in page
    assert "/graph/bron/brief-2021-12-20-jenv-lrt" in page
    assert "/doc/document/coa-lrt-old" not in page


def test_a_source_has_its_date_and_its_publisher(
    browser_client: httpx.Client,
) -> None:
    """The date as exact as the source has it; what is not known is said not to be."""
    tree = tree_of(browser_client.get("/bronnen?jaar=2021"))
    unknown = tree_of(browser_client.get("/bronnen?jaar=-"))
    rows = [text_of(row) for row in tree.iter("tr")]

    assert "Naam Soort Datum Uitgever Wat erin staat" in rows[0]
    assert any("20 december 2021 Ministerie van Justitie" in row for row in rows)
    assert any("onbekend" in text_of(row) for row in unknown.iter("tr"))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/op-datum?datum=gisteren", "1900-01-01"),
        ("/op-datum?datum=2021-02-30", "1900-01-01"),
        ("/op-datum?datum=0001-01-01", "1900-01-01"),
        ("/op-datum?tafel=<script>", "lrt"),
        ("/tijdlijn/lrt?van=2021-01-01&tot=2020-01-01", "2021-01-01"),
        ("/bronnen?page=0", "1–"),
        ("/bronnen?page=²", "1–"),
        ("/bronnen?soort=x", "document-"),
        ("/tegenspraken?page=99999999999", "1–"),
        ("/kwaliteit?ernst=Erg", "Warning"),
        ("/samen?persoon=niemand", "klijnsma-j"),
        ("/samen?persoon=klijnsma-j&met=niemand", "klijnsma-j"),
    ],
)
def test_what_cannot_be_asked_is_answered_with_what_can(
    browser_client: httpx.Client, path: str, allowed: str
) -> None:
    """A friendly page that says what is allowed."""
    response = browser_client.get(path)

    assert response.status_code == 400
    assert allowed in response.text
    assert "<script>" not in response.text.replace('<script src="', "")


def test_a_table_that_is_not_there_is_unknown(browser_client: httpx.Client) -> None:
    """An organisation that is no table has no timeline."""
    assert browser_client.get("/tijdlijn/onbekend").status_code == 404
    assert browser_client.get("/tijdlijn/coa").status_code == 404


def test_a_panel_that_fails_says_so_and_the_page_stands(
    browser_client: httpx.Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A query file that cannot be read takes only its own panel along."""
    broken = PANELS["ovl:Meeting"][0]._replace(query="weg")
    others = PANELS["ovl:Meeting"][1:]
    monkeypatch.setattr(panels, "PANELS", {"ovl:Meeting": (broken, *others)})
    response = browser_client.get("/doc/overleg/lrt-2021-11-18")
    tree = tree_of(response)

    assert not (tmp_path / "weg.rq").exists()
    assert "kon niet worden gemaakt" in section(tree, "panel-meeting_chair")
    assert "Nog 1.200" in section(tree, "panel-meeting_agreements")
    assert "Ankie Broekers-Knol" in section(tree, "panel-meeting_participants")


def test_every_panel_has_its_query_and_its_words() -> None:
    """A panel is a row, a query and its words; none of these is left over."""
    specs = [*TIMELINE, *NUMBERS, *panels.DAYS, *panels.COMPANY]
    specs += [spec for row in PANELS.values() for spec in row]
    texts = Texts.read()

    assert {spec.query for spec in specs} <= {path.stem for path in VIEWS.glob("*.rq")}
    assert {f"panels.{spec.name}" for spec in specs} <= set(texts)


@pytest.mark.parametrize("path", sorted(VIEWS.glob("*.rq")), ids=lambda p: p.stem)
def test_a_query_of_a_page_says_what_it_answers_and_is_bounded(path: Path) -> None:
    """Its head is in both languages, and no page grows with the graph."""
    text = path.read_text(encoding="utf-8")

    assert text.splitlines()[0].startswith("# nl: ")
    assert text.splitlines()[1].startswith("# en: ")
    assert re.search(r"^LIMIT \d+$", text, re.MULTILINE)
    assert "ORDER BY" in text


def test_every_query_of_a_page_is_asked_by_one() -> None:
    """A query that no page asks is not kept."""
    folder = VIEWS.parent.parent / "server"
    code = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.py"))

    assert [p.stem for p in VIEWS.glob("*.rq") if f'"{p.stem}"' not in code] == []


def test_blanks_are_filled_with_checked_values_alone(release: Release) -> None:
    """An IRI that could end a query is refused, and so is a blank too many."""
    with closing(QueryWorkers(release.store_path)) as workers:
        asker = Asker(workers, BASE, 10)
    body = Iri(BASE + "id/organisatie/lrt")
    query = asker.query("chair-on-day", body=body, at=date(2021, 11, 18))

    assert '"2021-11-18"^^' in query
    assert "?at" not in query
    for given in ({}, {"body": Iri("x> } DROP ALL #")}, {"body": body, "more": body}):
        with pytest.raises(ValueError, match=r"is (?:not an IRI|to be given)"):
            asker.rows("body-chairs", **given)


@pytest.fixture
def endless(
    release: Release,
    serve: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[httpx.Client]:
    """Return a client of a server with a query of a panel that does not end."""
    views = shutil.copytree(VIEWS, tmp_path / "views")
    (views / "body-meetings.rq").write_text(
        "# given: ?body\nSELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        encoding="utf-8",
    )
    monkeypatch.setattr(answering, "VIEWS", views)
    answering._read.cache_clear()  # noqa: SLF001  what it kept are the real queries
    with (
        serve(release, Settings(page_timeout=4)) as url,
        httpx.Client(base_url=url, timeout=60, headers={"Accept": "text/html"}) as made,
    ):
        yield made
    answering._read.cache_clear()  # noqa: SLF001  what it kept are not


def test_a_query_without_an_end_ends_with_its_panel(endless: httpx.Client) -> None:
    """The panel says that it failed, the others stand, and nobody keeps the page."""
    page = endless.get("/tijdlijn/lrt")

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.text.count(Texts.read().text("panels.failed", "nl")) == 1


def test_a_page_that_is_one_query_without_an_end_says_so(
    endless: httpx.Client,
) -> None:
    """It is not the reader's query, so the advice is another."""
    page = endless.get("/overleggen")
    problem = endless.get("/overleggen", headers={"Accept": "*/*"}).json()

    assert page.status_code == 503
    assert "Deze pagina kostte te veel tijd" in page.text
    assert problem["code"] == "page-slow"
    assert problem["seconds"] == 4
