"""Every example question is a page for people and a path for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import html5lib
import pytest
import rdflib

from graph.formats import RDF_FORMATS, RESULT_FORMATS
from graph.paths import QUERIES, ROOT
from server.asking import MOST_PER_PAGE
from server.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from graph.formats import Format

ANSWERS = ROOT / "tests" / "graph" / "answers"
NAMES = sorted(path.stem for path in QUERIES.glob("*.rq"))
LETTER = "Brief aan de Eerste Kamer over de Landelijke Regietafel, 20 december 2021"
RS = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
#: Values that no parameter takes, by query and parameter.
ABSURD = [
    ("chair-on-date", "at", "2021-02-30"),
    ("chair-on-date", "at", "20211220"),
    ("chair-on-date", "at", "gisteren"),
    ("chair-on-date", "at", "2021-12-20' } #"),
    ("chair-on-date", "body", "persoon/broekers-knol-a"),
    ("chair-on-date", "body", "organisatie/lrt> } #"),
    ("chair-on-date", "page", "0"),
    ("chair-on-date", "page", "-1"),
    ("chair-on-date", "page", "1e3"),
    ("chair-on-date", "page", "9" * 40),
    ("chair-on-date", "per_page", str(MOST_PER_PAGE + 1)),
    ("days-until-fulfilment", "least", "veel"),
    ("days-until-fulfilment", "least", "9" * 400),
    ("other-tables-of-that-name", "called", "x" * 201),
]


def rows_of(text: str) -> list[list[str]]:
    """Return the rows of a CSV file."""
    return list(csv.reader(io.StringIO(text, newline="")))


def tree_of(response: httpx.Response) -> Any:  # noqa: ANN401  html5lib has no types
    """Return the page of an answer, parsed as browsers do, without a fault."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(response.text)


@pytest.mark.parametrize("name", NAMES)
def test_a_query_answers_as_it_should(client: httpx.Client, name: str) -> None:
    """Without parameters a path gives the answer that belongs to its question."""
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        names, *rows = list(csv.reader(file))
    response = client.get(f"/api/queries/{name}", params={"format": "csv"})
    found = rows_of(response.text)

    assert response.status_code == 200
    assert found == [names, *rows][: 100 + 1]
    assert response.headers["Total-Count"] == str(len(rows))
    assert response.headers["API-Version"] == "1.0.0"


@pytest.mark.parametrize("name", NAMES)
def test_a_question_has_a_page(browser_client: httpx.Client, name: str) -> None:
    """Its page shows the question, the rows, the query and the way to the API."""
    question = Questions("https://data.regietafel.example/").by_name[name]
    language = "en" if len(name) % 2 else "nl"
    response = browser_client.get(f"/queries/{name}", params={"lang": language})
    tree = tree_of(response)
    heading = "".join(tree.find(".//h1").itertext())

    assert response.status_code == 200
    assert heading == question.titles[language]
    assert len(tree.findall(".//tbody/tr")) >= 1
    assert f"/api/queries/{name}" in response.text
    assert "SELECT" in response.text


@pytest.mark.parametrize("syntax", RESULT_FORMATS, ids=lambda x: x.name)
def test_solutions_come_in_each_format(client: httpx.Client, syntax: Format) -> None:
    """By Accept as by `format`, the same rows."""
    path = "/api/queries/who-chaired"
    accepted = client.get(path, headers={"Accept": syntax.media_type})
    named = client.get(path, params={"format": syntax.name})

    assert accepted.headers["Content-Type"].startswith(syntax.media_type)
    assert accepted.content == named.content
    assert "Accept" in accepted.headers["Vary"]


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda x: x.name)
def test_solutions_come_as_rdf(
    client: httpx.Client, syntax: Format, read_rdf: Callable[..., list[Any]]
) -> None:
    """Each row is a numbered solution with its bindings."""
    path = "/api/queries/who-chaired"
    rows = client.get(path, params={"format": "json"}).json()["results"]["bindings"]
    response = client.get(path, params={"format": syntax.name})
    quads = read_rdf(response.text, syntax)

    assert response.headers["Content-Type"].startswith(syntax.media_type)
    assert sum(q[1] == RS["index"] for q in quads) == len(rows)
    assert sum(q[1] == RS["value"] for q in quads) == sum(len(row) for row in rows)


def test_a_day_and_a_table_may_be_chosen(client: httpx.Client) -> None:
    """The answer is about the values, and about nothing else."""
    chosen = {"at": "2021-12-20", "body": "organisatie/lrt", "format": "csv"}
    path = "/api/queries/chair-on-date"
    names, *rows = rows_of(client.get(path, params=chosen).text)
    whole = chosen | {"body": "https://data.regietafel.example/id/organisatie/lrt"}
    other = rows_of(client.get(path, params=chosen | {"at": "1999-01-01"}).text)

    assert {row[names.index("at")] for row in rows} == {"2021-12-20"}
    assert any("Ollongren" in row[names.index("holder")] for row in rows)
    assert rows_of(client.get(path, params=whole).text) == [names, *rows]
    assert not any("1999" not in row[0] for row in other[1:])


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("holder-of-office-on-date", {"day": "2021-12-20"}, "Kajsa Ollongren"),
        ("agreements-of-a-meeting", {"session": "overleg/lrt-2021-11-18"}, ""),
        ("outcomes-of-2021-11-18", {"session": "overleg/lrt-2020-03-03"}, "afspraak"),
        (
            "commitments-and-fulfilment",
            {"state": "begrip/status-voldaan"},
            LETTER,
        ),
        ("documents-about-an-entity", {"thing": "persoon/broekers-knol-a"}, ""),
        ("seats-of-a-body-on-date", {"at": "2021-12-20"}, "ja"),
        ("standing-participants-on-date", {"at": "2021-12-20"}, LETTER),
        ("meetings-in-a-period", {"from": "2019-01-01", "until": "2019-12-31"}, "2019"),
        ("days-until-fulfilment", {"least": "100"}, "566"),
        ("other-tables-of-that-name", {"called": "regietafel"}, "kst-19637"),
    ],
)
def test_each_kind_of_value_makes_its_difference(
    client: httpx.Client, name: str, values: dict[str, str], expected: str
) -> None:
    """What is chosen is what is answered about."""
    response = client.get(f"/api/queries/{name}", params=values | {"format": "csv"})

    assert response.status_code == 200
    assert len(rows_of(response.text)) > 1
    assert expected in response.text


def test_a_status_that_may_be_chosen_narrows(client: httpx.Client) -> None:
    """A parameter without a value of its own leaves all, and with one leaves some."""
    path = "/api/queries/commitments-and-fulfilment"
    every = int(client.get(path).headers["Total-Count"])
    state = {"state": "begrip/status-voldaan"}
    met = int(client.get(path, params=state).headers["Total-Count"])

    assert 0 < met < every


def test_a_form_may_leave_a_value_out(
    client: httpx.Client, browser_client: httpx.Client
) -> None:
    """On a page a blank value is none; a program that sends one made a mistake."""
    blank = {"state": "", "post": ""}
    page = browser_client.get("/queries/commitments-and-fulfilment", params=blank)
    whole = browser_client.get("/queries/commitments-and-fulfilment")
    answer = client.get("/api/queries/commitments-and-fulfilment", params=blank)

    assert page.status_code == 200
    assert page.text.count("<tr>") == whole.text.count("<tr>")
    assert answer.status_code == 400


@pytest.mark.parametrize("case", ABSURD, ids=["-".join(x)[:60] for x in ABSURD])
def test_an_absurd_value_is_told_what_is_allowed(
    client: httpx.Client,
    browser_client: httpx.Client,
    assert_problem: Callable[..., dict[str, Any]],
    case: tuple[str, str, str],
) -> None:
    """A program gets a problem, and a reader the form again."""
    name, parameter, value = case
    values = {parameter: value}
    answer = client.get(f"/api/queries/{name}", params=values)
    page = browser_client.get(f"/queries/{name}", params=values)

    problem = assert_problem(answer, 400, "parameter-value")
    assert problem["parameter"] == parameter
    assert problem["allowed"]
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    tree_of(page)


def test_what_is_not_asked_about_is_refused(
    client: httpx.Client, assert_problem: Callable[..., dict[str, Any]]
) -> None:
    """A misspelt parameter would change nothing in silence."""
    path = "/api/queries/chair-on-date"
    misspelt = client.get(path, params={"att": "2020-01-01"})
    twice = client.get(f"{path}?at=2020-01-01&at=2021-01-01")
    bytes_ = client.get(f"{path}?at=%ff")

    assert "body" in assert_problem(misspelt, 400, "parameter-unknown")["known"]
    assert_problem(twice, 400, "parameter-value")
    assert_problem(bytes_, 400, "encoding")


def test_an_unknown_thing_and_an_unknown_query_are_not_found(
    client: httpx.Client, assert_problem: Callable[..., dict[str, Any]]
) -> None:
    """A well-formed name of nothing is a 404."""
    path = "/api/queries/documents-about-an-entity"
    unknown = client.get(path, params={"thing": "organisatie/nietsx"})

    assert_problem(unknown, 404, "unknown-resource")
    assert_problem(client.get("/api/queries/nothing"), 404, "unknown-page")


def test_pages_follow_one_another_to_the_end(client: httpx.Client) -> None:
    """The links of RFC 8288 lead through the whole answer, each row once."""
    path = "/api/queries/quota-series"
    whole = rows_of(client.get(path, params={"format": "csv"}).text)
    response = client.get(path, params={"format": "csv", "per_page": "7"})
    found, pages = rows_of(response.text), 1
    while "next" in response.links:
        response = client.get(response.links["next"]["url"])
        found += rows_of(response.text)[1:]
        pages += 1
        assert response.links["prev"]["url"]
        assert response.links["first"]["url"]

    assert found == whole
    assert pages == -(-(len(whole) - 1) // 7)
    past = client.get(path, params={"format": "csv", "page": "900"})
    assert rows_of(past.text) == whole[:1]
    assert past.links["last"]["url"].endswith("page=1&per_page=100&format=csv")


def test_a_label_leads_to_what_it_names(browser_client: httpx.Client) -> None:
    """In English a label is the English one, and a link as in Dutch."""
    path = "/queries/holder-of-office-on-date"
    dutch = browser_client.get(path, params={"lang": "nl"}).text
    english = browser_client.get(path, params={"lang": "en"}).text

    assert 'href="/doc/functie/minister-bzk?lang=en"' in english
    assert 'href="/doc/functie/minister-bzk?lang=nl"' in dutch
    assert "Minister of the Interior and Kingdom Relations</a>" in english
    assert ">holder</th>" in english
    assert ">bekleder</th>" in dutch


def test_what_a_question_answers_with_is_in_the_language_of_the_page(
    browser_client: httpx.Client,
) -> None:
    """Programs get the word of the query in every language."""
    words = {
        language: browser_client.get(
            "/queries/chair-on-date", params={"at": "2021-12-20", "lang": language}
        ).text
        for language in ("nl", "en")
    }

    assert "<span>onbekend</span>" in words["nl"]
    assert "<span>unknown</span>" in words["en"]
    assert "onbekend</span>" not in words["en"]


def test_the_question_is_worded_about_what_was_chosen(
    browser_client: httpx.Client,
) -> None:
    """The heading names the day that is asked about, as a language writes it."""
    page = browser_client.get("/queries/chair-on-date?at=2019-05-06&lang=nl")
    heading = "".join(tree_of(page).find(".//h1").itertext())

    assert "6 mei 2019" in heading
    assert "Landelijke Regietafel" in heading


def test_the_list_names_every_question(
    client: httpx.Client, browser_client: httpx.Client
) -> None:
    """For people by subject, for programs with the parameters."""
    page = browser_client.get("/queries").text
    listed = client.get("/api/queries").json()["queries"]
    chair = next(item for item in listed if item["name"] == "chair-on-date")

    assert [item["name"] for item in listed] == NAMES
    assert all(f'href="/queries/{name}"' in page for name in NAMES)
    assert [item["type"] for item in chair["parameters"]] == ["date", "entity"]
    assert chair["parameters"][0]["defaults"] == ["2020-03-03", "2021-12-20"]
    assert client.get(chair["url"]).status_code == 200


def test_the_words_are_of_queries_that_are_there() -> None:
    """No group names a query that is gone, and each column has its words."""
    questions = Questions("https://data.regietafel.example/")
    grouped = [q.name for group in questions.groups for q in group.questions]
    words = (QUERIES / "words.toml").read_text(encoding="utf-8")
    columns = {
        name
        for path in ANSWERS.glob("*.csv")
        for name in rows_of(path.read_text(encoding="utf-8"))[0]
    }

    assert sorted(grouped) == NAMES
    assert all(f"\n{name} = " in words for name in columns)
    assert json.dumps(questions.column("nothing", "nl")) == '"nothing"'
