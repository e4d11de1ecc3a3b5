"""The page of a query: examples, an order, views, links to share, and its parts."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import html5lib
import pytest
import rdflib

from server.naming import breakable, is_name
from server.querying import around
from server.questions import Questions, headed

if TYPE_CHECKING:
    import httpx

NUMBERS = "SELECT ?word ?n WHERE { VALUES (?word ?n) { ('b' 10) ('a' 9) ('c' 100) } }"


def page_of(client: httpx.Client, query: str, **more: str) -> str:
    """Return the page of a query."""
    answer = client.get("/sparql", params={"query": query} | more)
    assert answer.status_code == 200, answer.text
    return answer.text


def column(page: str, number: int) -> list[str]:
    """Return the words of a column of the result."""
    table = page.partition('<table class="result-table')[2].partition("</table>")[0]
    rows = re.findall(r"<tr[^>]*>(<td.*?)</tr>", table)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row)[number] for row in rows]
    return [html.unescape(re.sub("<[^>]+>", "", cell)) for cell in cells]


def test_every_example_is_offered_by_its_subject(browser_client: httpx.Client) -> None:
    """A short address asks it, and it is valid HTML."""
    page = browser_client.get("/sparql").text
    names = re.findall(r'href="/sparql\?example=([\w-]+)"', page)
    shown = browser_client.get(f"/sparql?example={names[0]}")

    assert len(names) > 20
    assert "<summary>" in page
    assert shown.status_code == 200
    assert 'id="result"' in shown.text
    html5lib.HTMLParser(strict=True).parse(shown.text)


def query_in(page: str) -> str:
    """Return the query in the field of a page."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return "".join("".join(field.itertext()) for field in tree.iter("textarea"))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_query_to_begin_with_gives_each_thing_once(
    browser_client: httpx.Client, client: httpx.Client, language: str
) -> None:
    """By its label in the language of the page."""
    query = query_in(browser_client.get("/sparql", params={"lang": language}).text)
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    things = [row["meeting"]["value"] for row in rows]

    assert {row["label"]["xml:lang"] for row in rows} == {language}
    assert len(things) == len(set(things)) > 10


@pytest.mark.parametrize("name", ["chair-on-date", "contradictions"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_example_begins_with_what_it_answers(
    browser_client: httpx.Client, name: str, language: str
) -> None:
    """In one line, with nothing for programs, and no line is longer than it need be."""
    asked = {"example": name, "lang": language}
    page = browser_client.get("/sparql", params=asked).text
    head, *lines = query_in(page).split("\n")
    title = Questions("https://data.regietafel.example/").by_name[name].titles[language]

    assert head == f"# {title}"
    assert [line for line in lines if line.lstrip().startswith("#")] == []
    assert max(map(len, lines)) < 120


def test_a_question_as_a_query_says_what_was_chosen(
    browser_client: httpx.Client,
) -> None:
    """Its head is the question as it was asked, which a value cannot leave."""
    asked = {"at": "2020-03-03", "lang": "en"}
    page = browser_client.get("/queries/chair-on-date", params=asked).text
    heading = re.findall(r"<h1>(.*?)</h1>", page)[0]
    shown = page.partition("<pre><code>")[2]

    assert "3 March 2020" in heading
    assert shown.startswith(f"# {heading}\nPREFIX ")
    assert headed("# nl: x\nASK {}\n# y", "a\nb\rc") == "# a b c\nASK {}\n# y"


@pytest.mark.parametrize(
    ("sort", "wanted", "state"),
    [
        ("n", ["9", "10", "100"], "ascending"),
        ("-n", ["100", "10", "9"], "descending"),
        ("word", ["9", "10", "100"], "ascending"),
    ],
)
def test_a_result_is_sorted_by_a_link(
    browser_client: httpx.Client, sort: str, wanted: list[str], state: str
) -> None:
    """Numbers by their size; the heading says so, and turns the order round."""
    page = page_of(browser_client, NUMBERS, sort=sort)

    assert column(page, 1) == wanted
    assert page.count(f'aria-sort="{state}"') == 1


def test_dates_are_written_as_pages_write_them_and_sorted_by_time(
    browser_client: httpx.Client,
) -> None:
    """In the table and in the timeline; only its terms show a date as it is stored."""
    days = ("2020-12-02", "2021-01-30", "2020-04-01")
    values = " ".join(f"('{day}'^^xsd:date 1)" for day in days)
    query = (
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
        f"SELECT ?day ?n {{ VALUES (?day ?n) {{ {values} }} }}"
    )
    page = page_of(browser_client, query, sort="day", view="timeline")
    drawn = page.partition('class="chart timeline"')[2].partition("</table>")[0]
    english = page_of(browser_client, query, sort="-day", lang="en")
    terms = page_of(browser_client, query, view="terms")

    wanted = ["1 april 2020", "2 december 2020", "30 januari 2021"]
    assert column(page, 0) == wanted
    assert all(day in drawn for day in wanted)
    assert column(english, 0)[0] == "30 January 2021"
    assert "2021-01-30" in column(terms, 0)[1]


def test_an_absurd_order_or_view_is_told(browser_client: httpx.Client) -> None:
    """The page says what there is instead."""
    for name, value, allowed in (
        ("sort", "nothing", "word, n"),
        ("view", "pie", "table, terms, bars"),
        ("example", "none", "who-chaired"),
    ):
        query = {} if name == "example" else {"query": NUMBERS}
        answer = browser_client.get("/sparql", params=query | {name: value})

        assert answer.status_code == 400
        assert allowed in answer.text


def test_a_view_is_beside_the_table(browser_client: httpx.Client) -> None:
    """The same data, drawn and in rows: a strip for each number."""
    page = page_of(browser_client, NUMBERS, view="bars")

    assert page.count("<svg") == 3
    assert column(page, 1) == ["10", "9", "100"]
    html5lib.HTMLParser(strict=True).parse(page)


def test_a_script_gets_the_outcome_alone(browser_client: httpx.Client) -> None:
    """The same rows without the page around them, and faults as well."""
    whole = page_of(browser_client, NUMBERS)
    part = browser_client.post("/sparql?part=result", data={"query": NUMBERS})
    fault = browser_client.post("/sparql?part=result", data={"query": "SELECT"})

    assert column(part.text, 1) == column(whole, 1)
    assert "<html" not in part.text
    assert fault.status_code == 400
    assert 'role="alert"' in fault.text
    assert "<html" not in fault.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "WHER is geen woord van SPARQL; bedoelt u WHERE?"),
        ("en", "WHER is no word of SPARQL; did you mean WHERE?"),
    ],
)
def test_a_fault_is_told_in_the_language_of_the_reader(
    browser_client: httpx.Client, client: httpx.Client, language: str, words: str
) -> None:
    """On the page and to the editor; a program gets English and what stands there."""
    asked = {"query": "SELECT ?s\n  WHER { ?s ?p ?o }"}
    page = browser_client.get("/sparql", params=asked | {"lang": language})
    headers = {"Accept-Language": language}
    checked = client.post("/sparql/check", data=asked, headers=headers).json()
    problem = client.get("/sparql", params=asked).json()

    assert page.status_code == 400
    assert words in html.unescape(page.text)
    assert "  WHER {" in page.text
    assert (checked["line"], checked["column"], checked["message"]) == (2, 3, words)
    assert (problem["fault"], problem["found"]) == ("keyword", "WHER")
    assert problem["likely"] == "WHERE"
    assert "did you mean WHERE?" in problem["detail"]


@pytest.mark.parametrize(
    ("line", "column", "text", "place"),
    [
        ("ASK { ?a }", 10, "ASK { ?a }", 9),
        ("x" * 20 + "\t!", 22, "…" + "x" * 15 + " !", 17),
        ("!" + "x" * 50, 1, "!" + "x" * 39 + "…", 0),
        ("ASK {", 6, "ASK {", 5),
    ],
)
def test_a_line_is_cut_around_its_fault(
    line: str, column: int, text: str, place: int
) -> None:
    """The mark below it stands where the fault is, and nothing has to be scrolled."""
    assert around(line, column) == (text, place)


def test_a_missing_prefix_is_told_once(browser_client: httpx.Client) -> None:
    """The fault says it, and the line to put in follows, also as a button."""
    query = "SELECT * { ?a foaf:name ?b }"
    page = browser_client.get("/sparql", params={"query": query}).text
    alert = page.partition('role="alert"')[2].partition("<form")[0]

    assert alert.count("bovenaan") == 1
    assert alert.count("PREFIX foaf: &lt;http://xmlns.com/foaf/0.1/&gt;") == 2
    assert "Zet PREFIX foaf erbij en voer uit</button>" in alert


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_is_not_kept_is_compressed_as_well(
    browser_client: httpx.Client, coding: str
) -> None:
    """The answer to a query that depends on the moment may be long, and is not kept."""
    query = "SELECT ?s ?o WHERE { ?s ?p ?o BIND(NOW() AS ?now) } LIMIT 60"
    answer = browser_client.get(
        "/sparql", params={"query": query}, headers={"Accept-Encoding": coding}
    )
    length = int(answer.headers["Content-Length"])

    assert answer.headers["Cache-Status"].endswith("fwd=bypass")
    assert answer.headers.get("Content-Encoding", "identity") == coding
    assert length == answer.num_bytes_downloaded
    if coding != "identity":
        assert length < len(answer.content) / 3
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_terms_are_shown_as_a_query_names_them(browser_client: httpx.Client) -> None:
    """With prefixes, languages and types, and still as links."""
    query = (
        'SELECT (<https://data.regietafel.example/id/organisatie/lrt> AS ?a) ("x"@nl '
        "AS ?b) (3 AS ?c) (<http://x.test/?> AS ?d) {}"
    )
    named = page_of(browser_client, query)
    written = page_of(browser_client, query, view="terms")
    shown = [
        html.unescape(text)
        for text in re.findall(r'class="code"[^>]*>(.*?)</', written)
    ]

    assert "Landelijke Regietafel Migratie en Integratie</a>" in named
    assert shown == [
        "organisatie:<wbr>lrt",
        '"x"@nl',
        '"3"^^xsd:<wbr>integer',
        "<http://<wbr>x.test/<wbr>?>",
    ]
    assert 'href="/doc/organisatie/lrt" class="code"' in written


def test_a_graph_is_shown_as_rows_and_as_turtle(browser_client: httpx.Client) -> None:
    """By label, each a link, and as text that declares its prefixes and parses."""
    query = (
        "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s { "
        "<https://data.regietafel.example/id/organisatie/lrt> } ?s ?p ?o }"
    )
    page = page_of(browser_client, query)
    text = page_of(browser_client, query, view="turtle")
    found = re.findall(r"<pre><code>(@prefix.*?)</code>", text, re.DOTALL)
    turtle = html.unescape(found[0])
    parsed = rdflib.Graph().parse(data=turtle)

    assert ">onderwerp<" in page
    assert len(column(page, 0)) == len(parsed) > 10
    assert "organisatie:lrt" in turtle
    assert page_of(browser_client, "SELECT * {}").count("view=turtle") == 0


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/sparql?query=ASK{}", "regietafel-resultaat.json .csv .tsv .xml"),
        ("/sparql?query=ASK{}&lang=en", "regietafel-result.json .csv .tsv .xml"),
        ("/sparql?query=DESCRIBE<x:y>", "regietafel-resultaat.ttl .jsonld .nt"),
        ("/queries/chair-on-date", "regietafel-chair-on-date.json .csv .tsv .xml"),
    ],
)
def test_what_is_saved_has_a_name(
    browser_client: httpx.Client, path: str, names: str
) -> None:
    """It says what it is, and by its ending a program opens it."""
    page = browser_client.get(path).text
    saved = re.findall(r'download="([^"]+)"', page)
    first, *others = names.split()
    name = first.partition(".")[0]

    assert saved[: len(others) + 1] == [first, *(name + item for item in others)]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT (TRIPLE(<x:a>, <x:b>, 3) AS ?t) {}", 200),
        ("CONSTRUCT { <x:a> <x:b> <<( <x:c> <x:d> 3 )>> } WHERE {}", 403),
    ],
)
def test_a_statement_as_a_term_is_no_fault_of_the_server(
    browser_client: httpx.Client, query: str, status: int
) -> None:
    """RDF 1.2 has them; a page shows one of a row, and refuses a graph of them."""
    answer = browser_client.get("/sparql", params={"query": query})

    assert answer.status_code == status
    assert "&lt;&lt;(" in answer.text


def test_a_query_is_shared_with_and_without_its_release(
    browser_client: httpx.Client, client: httpx.Client
) -> None:
    """Both addresses answer; one names the release."""
    page = page_of(browser_client, NUMBERS)
    shared = [html.unescape(x) for x in re.findall(r'data-copy="(http[^"]+)"', page)]
    release = client.get("/sparql").headers["Regietafel-Release"]

    assert len(shared) == 2
    assert shared[0].endswith("/sparql?" + urlencode({"query": NUMBERS}))
    assert f"/release/{release}/sparql?" in shared[1]
    assert client.get(shared[0]).json()["results"]["bindings"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (NUMBERS, {}),
        ("SELECT * WHERE {\n  ?a foaf:name }", {"line": 2, "missing": ["foaf"]}),
        ("ASK { SERVICE <http://x.test/> { ?a ?b ?c } }", {"line": 1, "column": 1}),
        ("DROP ALL", {"line": 1, "column": 1}),
    ],
)
def test_a_query_is_checked_without_being_asked(
    client: httpx.Client, query: str, wanted: dict[str, object]
) -> None:
    """What is wrong and where; nothing where it parses."""
    found = client.post("/sparql/check", data={"query": query}).json()

    assert {key: found.get(key) for key in wanted} == wanted
    assert bool(found) == bool(wanted)


def test_what_breaks_parsers_does_not_break_the_check(client: httpx.Client) -> None:
    """Deep nesting, endless lists and no query at all end in an answer."""
    hostile = (
        "ASK { " + "{" * 5_000,
        "SELECT * WHERE { ?s " + "!" * 60_000 + "<p:p> ?o }",
        "ASK { FILTER(" + "-" * 60_000 + "1) }",
        "ASK { FILTER(" + "!" * 60_000 + "true) }",
        "ASK { ?a " + "<p:p>/" * 9_000 + "<p:p> ?b }",
        "",
    )
    statuses = [
        client.post("/sparql/check", data={"query": query}).status_code
        for query in hostile
    ]

    assert set(statuses) <= {200, 503}
    assert client.post("/sparql/check", data={"query": NUMBERS}).json() == {}


def test_the_terms_are_those_of_the_graph(client: httpx.Client) -> None:
    """Prefixes, classes and properties, with labels in both languages, kept a while."""
    answer = client.get("/vocab-terms.json")
    found = answer.json()
    named = {item["name"]: item for item in found["terms"]}

    assert found["prefixes"]["ovl"].endswith("def/overleg#")
    assert named["ovl:Meeting"]["kind"] == "class"
    assert named["skos:prefLabel"]["kind"] == "property"
    assert set(named["ovl:Meeting"]["labels"]) == {"nl", "en"}
    assert "max-age" in answer.headers["Cache-Control"]
    again = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/vocab-terms.json", headers=again).status_code == 304
    assert len(json.dumps(found)) < 100_000


def test_a_hostile_query_stays_text(browser_client: httpx.Client) -> None:
    """Nothing of a query becomes markup, in the field, the links or the programs."""
    query = "ASK {} # </textarea></script><script>alert(1)</script>\"' onclick=x"
    page = browser_client.get(f"/sparql?query={quote(query)}").text

    assert "<script>alert" not in page
    html5lib.HTMLParser(strict=True).parse(page)


def test_rows_of_many_columns_are_stacked(browser_client: httpx.Client) -> None:
    """Each cell then has the name of its column; two columns stay a table."""
    query = "SELECT ?a ?b ?cD { VALUES (?a ?b ?cD) { (1 2 3) } }"
    wide = page_of(browser_client, query)
    narrow = page_of(browser_client, NUMBERS)

    assert re.findall(r'<td[^>]*data-label="(\w+)"', wide) == ["a", "b", "cD"]
    assert 'class="result-table stacked"' in wide
    assert re.findall(r"<td[^>]*data-label", narrow) == []


def test_a_name_is_broken_between_its_parts() -> None:
    """Words are left to the browser, and markup stays text."""
    assert breakable("tooiont:Provincie") == "tooiont:<wbr>Provincie"
    assert breakable("<a/b>&#39;") == "&lt;a/<wbr>b&gt;&amp;#<wbr>39;"
    assert breakable("om 10:30") == "om 10:30"
    assert is_name("tooiont:Provincie")
    assert not is_name("x" * 25)
    assert not is_name("twee woorden")
