"""Queries over HTTP, as the SPARQL 1.1 Protocol words them."""

from __future__ import annotations

import csv
import io
import socket
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import html5lib
import httpx
import pytest

from graph.formats import RDF_FORMATS, RESULT_FORMATS, by_name
from graph.paths import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.formats import Format
    from graph.releasing import Release

    Check = Callable[..., dict[str, Any]]
    Read = Callable[[str, Format], list[Any]]

FORM = "application/x-www-form-urlencoded"
TABLE = "https://data.regietafel.example/id/organisatie/lrt"
SELECT = f"SELECT ?kind WHERE {{ <{TABLE}> a ?kind }}"
ASK = f"ASK {{ <{TABLE}> ?p ?o }}"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{TABLE}> a ?kind }}"
HEAVY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
DESCRIBE = f"DESCRIBE <{TABLE}>"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def kinds(response: httpx.Response) -> set[str]:
    """Return what SELECT found, from the JSON of an answer."""
    return {row["kind"]["value"] for row in response.json()["results"]["bindings"]}


def ask_for(client: httpx.Client, query: str, accept: str, **more: str) -> Any:  # noqa: ANN401  an httpx.Response with untyped JSON
    """Return the answer to a query in a form."""
    parameters = {"query": query} | more
    return client.get("/sparql", params=parameters, headers={"Accept": accept})


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("GET", {"params": {"query": SELECT}}),
        ("POST", {"data": {"query": SELECT}}),
        (
            "POST",
            {
                "content": SELECT.encode(),
                "headers": {"Content-Type": "application/sparql-query"},
            },
        ),
        (
            "POST",
            {
                "content": SELECT.encode(),
                "headers": {"Content-Type": "application/sparql-query; charset=UTF-8"},
            },
        ),
    ],
)
def test_a_query_is_asked_in_each_of_the_three_ways(
    client: httpx.Client, method: str, options: dict[str, Any]
) -> None:
    """All give the same answer, and JSON to who takes anything."""
    response = client.request(method, "/sparql", **options)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/sparql-results+json"
    assert "https://data.regietafel.example/def/overleg#ConsultationBody" in kinds(
        response
    )


def test_a_form_is_decoded_once(client: httpx.Client) -> None:
    """A percent sign in a query stays one."""
    query = 'SELECT ("100%25 + é" AS ?kind) {}'

    assert kinds(client.post("/sparql", data={"query": query})) == {"100%25 + é"}
    assert kinds(client.get("/sparql", params={"query": query})) == {"100%25 + é"}


@pytest.mark.parametrize("syntax", RESULT_FORMATS, ids=lambda item: item.name)
@pytest.mark.parametrize("query", [SELECT, ASK], ids=["select", "ask"])
def test_solutions_come_in_every_syntax(
    client: httpx.Client, syntax: Format, query: str
) -> None:
    """By Accept and by `format=` alike, and of that media type."""
    by_accept = ask_for(client, query, syntax.media_type)
    by_name = client.get("/sparql", params={"query": query, "format": syntax.name})

    assert by_accept.status_code == by_name.status_code == 200
    assert by_accept.headers["Content-Type"].startswith(syntax.media_type)
    assert by_accept.content == by_name.content


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda item: item.name)
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE], ids=["construct", "describe"])
def test_graphs_come_in_every_syntax(
    client: httpx.Client, syntax: Format, query: str, read_rdf: Read
) -> None:
    """By Accept and by `format=` alike, and another library can read it."""
    by_accept = ask_for(client, query, syntax.media_type)
    by_name = client.get("/sparql", params={"query": query, "format": syntax.name})

    for response in (by_accept, by_name):
        assert response.headers["Content-Type"].startswith(syntax.media_type)
        found = read_rdf(response.text, syntax)
        assert {str(subject) for subject, *_ in found} >= {TABLE}
        assert len(found) == 1 or query is DESCRIBE


def test_a_link_may_lead_to_the_page(client: httpx.Client) -> None:
    """Also for who takes anything; without a query to the empty page."""
    by_name = client.get("/sparql", params={"query": SELECT, "format": "html"})
    empty = client.get("/sparql", params={"format": "text/html"})

    assert "ConsultationBody" in page_of(by_name)
    assert "<textarea" in page_of(empty)


def test_answers_can_be_read_by_the_standard_library(client: httpx.Client) -> None:
    """CSV, TSV, XML and JSON say the same."""
    rows = list(csv.reader(io.StringIO(ask_for(client, SELECT, "text/csv").text)))
    tsv = ask_for(client, SELECT, "text/tab-separated-values").text.splitlines()
    tree = ET.fromstring(ask_for(client, SELECT, "application/xml").text)  # noqa: S314  our own server's
    names = "{http://www.w3.org/2005/sparql-results#}"

    assert {row[0] for row in rows[1:]} == kinds(ask_for(client, SELECT, "*/*"))
    assert tsv == ["?kind", f"<{rows[1][0]}>"]
    assert [item.text for item in tree.iter(f"{names}uri")] == [rows[1][0]]


def test_xml_is_well_formed_whatever_the_data_holds(client: httpx.Client) -> None:
    """Control characters, which XML cannot hold, are replaced; a return is kept."""
    query = 'SELECT ("a\\u0007b\\u000Dc\\u0000" AS ?kind) {}'
    graph = 'CONSTRUCT { <urn:a> <urn:b> "a\\u0007b\\rc" } WHERE {}'
    text = ask_for(client, query, "application/xml").text
    rdf = ask_for(client, graph, "application/rdf+xml").text

    assert "a\ufffdb\rc\ufffd" in {item.text for item in ET.fromstring(text).iter()}  # noqa: S314  our own server's
    assert "a\ufffdb\rc" in {item.text for item in ET.fromstring(rdf).iter()}  # noqa: S314  our own server's


def test_the_default_graph_holds_each_statement_once(client: httpx.Client) -> None:
    """A statement of several sources counts once, and GRAPH tells the sources."""
    merged = "SELECT (COUNT(*) AS ?kind) { ?s ?p ?o }"
    distinct = "SELECT (COUNT(*) AS ?kind) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }"
    shapes = f"https://data.regietafel.example/def/overleg-shapes/{VERSION}"
    named = (
        "SELECT (COUNT(*) AS ?kind) { SELECT DISTINCT ?s ?p ?o "
        f"{{ GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != <{shapes}>) }} }}"
    )

    counts = [kinds(ask_for(client, q, "*/*")) for q in (merged, distinct, named)]
    assert counts[0] == counts[1] == counts[2]


def test_the_datasets_graphs_are_those_that_are_asked_for(
    client: httpx.Client,
) -> None:
    """default-graph-uri and named-graph-uri are obeyed, also together and repeated."""
    letter = "https://data.regietafel.example/graph/bron/brief-2021-12-20-jenv-lrt"
    register = "https://data.regietafel.example/graph/register"
    count = "SELECT (COUNT(*) AS ?kind) { ?s ?p ?o }"
    named = "SELECT DISTINCT ?kind { GRAPH ?kind { ?s ?p ?o } }"

    def found(query: str, **graphs: Any) -> set[str]:  # noqa: ANN401  str or list
        parameters = {"query": query} | {
            name.replace("_", "-"): value for name, value in graphs.items()
        }
        return kinds(client.get("/sparql", params=parameters))

    of_letter, of_register, of_both = (
        int(next(iter(found(count, default_graph_uri=graphs))))
        for graphs in (letter, register, [letter, register])
    )
    assert 0 < of_letter < of_both
    assert 0 < of_register < of_both
    assert found(count, default_graph_uri="urn:unknown") == {"0"}
    assert found(count, named_graph_uri=letter) == {"0"}
    assert found(named, named_graph_uri=[letter, register]) == {letter, register}
    assert found(named, default_graph_uri=letter) == set()


def test_graphs_of_the_request_go_before_those_of_the_query(
    client: httpx.Client,
) -> None:
    """As the protocol has it: FROM counts where the request names none."""
    register = "https://data.regietafel.example/graph/register"
    query = "SELECT (COUNT(*) AS ?kind) FROM <urn:x> { ?s ?p ?o }"
    query = query.replace("urn:x", register)
    asked = {"query": query, "default-graph-uri": "urn:unknown"}

    assert kinds(ask_for(client, query, "*/*")) != {"0"}
    assert kinds(client.get("/sparql", params=asked)) == {"0"}


def test_a_form_may_name_the_graphs_as_well(client: httpx.Client) -> None:
    """The parameters of a form, of an address and of a page are the same."""
    register = "https://data.regietafel.example/graph/register"
    named = "SELECT DISTINCT ?kind { GRAPH ?kind { ?s ?p ?o } }"
    asked = {"query": named, "named-graph-uri": register}
    body = {"query": ASK, "default-graph-uri": "urn:unknown"}

    assert kinds(client.post("/sparql", data=asked)) == {register}
    assert "1 rij in" in client.get("/sparql", params=asked | {"format": "html"}).text
    assert client.post("/sparql", data=body).json()["boolean"] is False
    response = client.post(
        "/sparql",
        params={"default-graph-uri": "urn:unknown"},
        content=ASK.encode(),
        headers={"Content-Type": "application/sparql-query"},
    )
    assert response.json()["boolean"] is False


@pytest.mark.parametrize("value", ["not an iri", "relative", "http://[", "urn:a>"])
def test_a_graph_that_is_no_iri_is_refused(
    client: httpx.Client, value: str, assert_problem: Check
) -> None:
    """Ignoring it would answer another question."""
    response = client.get("/sparql", params={"query": ASK, "default-graph-uri": value})

    assert_problem(response, 400, "parameter")


def test_two_queries_are_refused(client: httpx.Client, assert_problem: Check) -> None:
    """Taking one of them would be a guess."""
    twice = client.get("/sparql", params=[("query", ASK), ("query", SELECT)])
    both = client.post("/sparql", params={"query": ASK}, data={"query": ASK})

    assert_problem(twice, 400, "parameter-value")
    assert_problem(both, 400, "parameter-value")


def test_a_post_without_a_query_is_refused(
    client: httpx.Client, assert_problem: Check
) -> None:
    """Only GET asks for the description of the service."""
    assert_problem(client.post("/sparql", data={"a": "b"}), 400, "parameter")


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("GET", {"url": "/sparql?query=ASK%20%7B%7D%20%23%FF"}),
        ("GET", {"url": "/sparql?query=ASK%7B%7D&default-graph-uri=urn:%C3"}),
        (
            "POST",
            {
                "url": "/sparql",
                "content": b"query=%FF",
                "headers": {"Content-Type": FORM},
            },
        ),
        (
            "POST",
            {
                "url": "/sparql",
                "content": b'ASK { ?s ?p "\xe9" }',
                "headers": {"Content-Type": "application/sparql-query"},
            },
        ),
        (
            "POST",
            {
                "url": "/sparql",
                "content": b"ASK {}",
                "headers": {"Content-Type": "application/sparql-query; charset=latin1"},
            },
        ),
    ],
)
def test_what_is_not_utf_8_is_refused(
    client: httpx.Client,
    method: str,
    options: dict[str, Any],
    assert_problem: Check,
) -> None:
    """A query with replaced characters would be another query."""
    assert_problem(client.request(method, **options), 400, "encoding")


def test_a_malformed_query_is_told_where(
    client: httpx.Client, assert_problem: Check
) -> None:
    """Line and column are members of their own."""
    problem = assert_problem(
        ask_for(client, "SELECT *\nWHERE { ?s ?p }", "*/*"), 400, "query-syntax"
    )

    assert problem["line"] == 2
    assert problem["column"] > 1
    assert problem["reason"]


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("GET", {"params": {"update": "CLEAR ALL"}}),
        ("POST", {"data": {"update": "CLEAR ALL"}}),
        (
            "POST",
            {
                "content": b"CLEAR ALL",
                "headers": {"Content-Type": "application/sparql-update"},
            },
        ),
        ("GET", {"params": {"query": "CLEAR ALL"}}),
        ("GET", {"params": {"query": "SELECT * { SERVICE <http://a/> {?s ?p ?o} }"}}),
    ],
)
def test_updates_and_fetches_are_refused(
    client: httpx.Client,
    method: str,
    options: dict[str, Any],
    assert_problem: Check,
) -> None:
    """The data are read-only, and the server speaks to no other."""
    problem = assert_problem(
        client.request(method, "/sparql", **options), 403, "query-refused"
    )

    assert problem["mend"]


def test_from_fetches_nothing(client: httpx.Client, tmp_path: Any) -> None:  # noqa: ANN401  a Path
    """An unknown graph is empty, also where it is the name of a file."""
    secret = tmp_path / "secret.ttl"
    secret.write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    graph = f"<{secret.as_uri()}>"
    query = "SELECT (COUNT(*) AS ?kind) FROM GRAPH { ?s ?p ?o }".replace("GRAPH", graph)

    assert kinds(ask_for(client, query, "*/*")) == {"0"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <{here}> {{ ?s ?p ?o }}",
        "SELECT * FROM NAMED <{here}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "SELECT * {{ GRAPH <{here}> {{ ?s ?p ?o }} }}",
        "DESCRIBE <{here}>",
        "LOAD <{here}>",
        "LOAD SILENT <{here}> INTO GRAPH <urn:a>",
        "SELECT * {{ SERVICE SILENT <{here}> {{ ?s ?p ?o }} }}",
    ],
)
def test_nothing_is_fetched(client: httpx.Client, query: str) -> None:
    """Whatever a query names, nobody is connected to, also not silently."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        response = ask_for(client, query.format(here=here), "*/*")
        graphs = {"default-graph-uri": here, "named-graph-uri": here}
        client.get("/sparql", params={"query": SELECT, **graphs})
        listener.settimeout(0.3)

        assert response.status_code in {200, 403}
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=a", ""])
def test_another_kind_of_body_is_refused(
    client: httpx.Client, kind: str, assert_problem: Check
) -> None:
    """The answer lists the kinds that are understood."""
    response = client.post(
        "/sparql", content=ASK.encode(), headers={"Content-Type": kind}
    )

    assert FORM in assert_problem(response, 415, "media-type")["known"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(
    client: httpx.Client, method: str, assert_problem: Check
) -> None:
    """The answer names the methods that there are."""
    response = client.request(method, "/sparql")

    assert_problem(response, 405, "method")
    allowed = {item.strip() for item in response.headers["Allow"].split(",")}
    assert allowed == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_long_query_is_refused(hurried: httpx.Client, assert_problem: Check) -> None:
    """In a body, in an address, and as a body too large to be read at all."""
    query = ASK + " #" + "x" * 500

    problem = assert_problem(
        hurried.post("/sparql", data={"query": query}), 413, "long-query"
    )
    assert problem["limit"] == 500
    assert_problem(hurried.get("/sparql", params={"query": query}), 414, "long-address")
    assert_problem(
        hurried.post("/sparql", data={"query": query * 50}), 413, "long-body"
    )


def test_a_slow_query_is_stopped(hurried: httpx.Client, assert_problem: Check) -> None:
    """The answer names the limit and what to do; the next query is answered."""
    problem = assert_problem(ask_for(hurried, HEAVY, "*/*"), 503, "query-timeout")

    assert problem["seconds"] == 0.5
    assert "LIMIT" in problem["mend"]
    assert ask_for(hurried, ASK, "*/*").json()["boolean"] is True


def test_an_answer_that_breaks_off_breaks_the_connection(
    hurried: httpx.Client,
) -> None:
    """What has begun as 200 never ends as if it were whole."""
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    with pytest.raises(httpx.HTTPError):
        ask_for(hurried, query, "text/csv")
    assert ask_for(hurried, ASK, "*/*").json()["boolean"] is True


def test_too_many_parameters_are_refused(
    client: httpx.Client, assert_problem: Check
) -> None:
    """Nobody needs a thousand."""
    response = client.post("/sparql", data={f"p{n}": "" for n in range(1001)})

    assert_problem(response, 400, "parameter")


def test_a_shorter_limit_may_be_asked_for(
    client: httpx.Client, assert_problem: Check
) -> None:
    """`timeout` is in seconds."""
    problem = assert_problem(
        ask_for(client, HEAVY, "*/*", timeout="0.3"), 503, "query-timeout"
    )

    assert problem["seconds"] == 0.3


def test_a_longer_limit_than_the_servers_is_that(
    hurried: httpx.Client, assert_problem: Check
) -> None:
    """Who asks for more time than there is gets what there is, asked either way."""
    asked = {"query": HEAVY, "timeout": "1e9"}

    for response in (
        hurried.get("/sparql", params=asked, headers={"Accept": "*/*"}),
        hurried.post("/sparql", data=asked),
    ):
        assert assert_problem(response, 503, "query-timeout")["seconds"] == 0.5


@pytest.mark.parametrize("value", ["soon", "0", "-1", "inf", "nan", ""])
def test_a_limit_that_is_no_time_is_refused(
    client: httpx.Client, value: str, assert_problem: Check
) -> None:
    """No limit is guessed."""
    response = ask_for(client, ASK, "*/*", timeout=value)

    assert_problem(response, 400, "parameter-value")


@pytest.mark.parametrize(
    ("query", "accept", "code"),
    [
        (SELECT, "image/png", "not-acceptable"),
        (SELECT, "text/turtle", "answer-kind"),
        (CONSTRUCT, "text/csv", "answer-kind"),
    ],
)
def test_an_answer_that_cannot_be_given_so_is_refused(
    client: httpx.Client,
    query: str,
    accept: str,
    code: str,
    assert_problem: Check,
) -> None:
    """No other format is sent in its place."""
    assert_problem(ask_for(client, query, accept), 406, code)


def test_an_unknown_format_is_refused(
    client: httpx.Client, assert_problem: Check
) -> None:
    """The answer lists the formats."""
    response = client.get("/sparql", params={"query": ASK, "format": "xlsx"})

    assert "csv" in assert_problem(response, 406, "not-acceptable")["offers"]


def test_head_is_get_without_a_body(client: httpx.Client) -> None:
    """Also for a query."""
    got = client.get("/sparql", params={"query": ASK})
    head = client.head("/sparql", params={"query": ASK})

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_answers_name_their_release_and_their_time(
    client: httpx.Client, release: Release
) -> None:
    """Whoever keeps an answer knows what it was asked of, whichever way it came."""
    for response in (
        ask_for(client, ASK, "*/*"),
        client.post("/sparql", data={"query": ASK}),
    ):
        assert response.headers["Regietafel-Release"] == release.manifest.id
        assert response.headers["Server-Timing"].startswith("query;dur=")


def test_any_page_on_the_web_may_ask(client: httpx.Client) -> None:
    """CORS for everybody, without credentials, and never an echo of the origin."""
    headers = {"Origin": "https://elders.example"}
    answer = client.get("/sparql", params={"query": ASK}, headers=headers)
    preflight = client.options(
        "/sparql", headers=headers | {"Access-Control-Request-Method": "POST"}
    )

    for response in (answer, preflight):
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    exposed = answer.headers["Access-Control-Expose-Headers"]
    for name in ("ETag", "Regietafel-Cut", "Regietafel-Release", "Total-Count"):
        assert name in exposed


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda item: item.name)
def test_without_a_query_the_service_describes_itself(
    client: httpx.Client,
    address: str,
    release: Release,
    syntax: Format,
    read_rdf: Read,
) -> None:
    """In every syntax of RDF: the endpoint, the formats and the graphs."""
    response = client.get("/sparql", headers={"Accept": syntax.media_type})
    start = "http://www.w3.org/ns/sparql-service-description#"
    found: dict[str, set[str]] = {}
    for _, path, value, _ in read_rdf(response.text, syntax):
        found.setdefault(str(path).removeprefix(start), set()).add(str(value))

    assert response.headers["Content-Type"].startswith(syntax.media_type)
    assert found["endpoint"] == {f"{address}/sparql"}
    assert found["name"] == set(release.store.graphs())
    assert len(found["resultFormat"]) == 10


def test_the_description_says_what_is_queried(
    client: httpx.Client, address: str, release: Release, read_rdf: Read
) -> None:
    """The default graph is the merged one, with its size and in words; none else is."""
    start = "http://www.w3.org/ns/sparql-service-description#"
    found = {
        (str(subject), str(path).removeprefix(start)): value
        for subject, path, value, _ in read_rdf(
            client.get("/sparql?format=nt").text, by_name("ntriples")
        )
    }
    dataset = found[f"{address}/sparql#service", "defaultDataset"]
    merged = str(found[str(dataset), "defaultGraph"])
    size = found[merged, "http://rdfs.org/ns/void#triples"]
    count = "SELECT (COUNT(*) AS ?kind) { ?s ?p ?o }"

    assert kinds(ask_for(client, count, "*/*")) == {str(size)}
    assert (merged, "http://purl.org/dc/terms/description") in found
    named = [path for _, path in found if path == "name"]
    assert len(named) == len(list(release.store.graphs()))


def test_the_description_is_turtle_for_who_takes_anything(
    client: httpx.Client,
) -> None:
    """As curl does."""
    response = client.get("/sparql")

    assert response.headers["Content-Type"].startswith("text/turtle")
    assert client.get("/sparql?format=nt").status_code == 200


def page_of(response: httpx.Response) -> str:
    """Return a page, after checking that it is valid HTML."""
    html5lib.HTMLParser(strict=True).parse(response.text)
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return response.text


def test_a_browser_gets_the_page_with_the_result(browser_client: httpx.Client) -> None:
    """Labels instead of IRIs, links to this server, and downloads."""
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    query = (
        f"SELECT ?thing ?name {{ VALUES ?thing {{ <{TABLE}> }} ?thing {label} ?name }}"
    )
    page = page_of(browser_client.get("/sparql", params={"query": query}))

    assert '<a href="/doc/organisatie/lrt">Landelijke Regietafel' in page
    assert 'lang="en"' in page
    assert "format=csv" in page
    assert "2 rijen in" in page


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (ASK, "<b>Ja</b>"),
        ("ASK { <urn:a> <urn:b> <urn:c> }", "<b>Nee</b>"),
        (CONSTRUCT, "ConsultationBody"),
        ("SELECT * WHERE { <urn:a> ?b ?c }", "Geen rijen"),
        ("SELECT ?a WHERE { VALUES ?a { UNDEF } }", "1 rij in"),
    ],
)
def test_the_page_shows_every_kind_of_answer(
    browser_client: httpx.Client, query: str, text: str
) -> None:
    """Yes or no, a graph, no rows, and a row without a value."""
    assert text in page_of(browser_client.get("/sparql", params={"query": query}))


def test_a_long_result_is_cut_on_the_page_and_says_so(
    browser_client: httpx.Client,
) -> None:
    """The page shows the first rows; the download has them all."""
    query = "SELECT * WHERE { ?s ?p ?o }"
    rows = browser_client.get("/sparql", params={"query": query})
    graph = browser_client.get(
        "/sparql", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }"}
    )
    whole = browser_client.get("/sparql", params={"query": f"{query} LIMIT 500"})

    assert page_of(rows).count("<tr ") == page_of(whole).count("<tr ") == 501
    assert "Er zijn meer rijen dan de 500" in rows.text
    assert rows.headers["Regietafel-Cut"] == "rows=500"
    assert "Er zijn meer rijen dan de 500" in graph.text
    assert graph.headers["Regietafel-Cut"] == "rows=500"
    assert "Er zijn meer rijen" not in whole.text
    assert "Regietafel-Cut" not in whole.headers


def test_the_page_of_an_answer_that_breaks_off_says_so(hurried: httpx.Client) -> None:
    """In its words and in a header, and nobody keeps it."""
    long = f'REPLACE(REPLACE("{"a" * 20}", "a", "{"b" * 20}"), "b", "{"c" * 40}")'
    never = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?f && ?f = ?i && ?n = 1)"
    query = (
        f"SELECT ?n ?t {{ VALUES ?n {{ 1 2 3 }} BIND(IF(?n = 1, 1, {long}) AS ?t) "
        f"FILTER(?n < 3 || EXISTS {{ {never} }}) }}"
    )
    headers = {"Accept": "text/html", "Accept-Language": "nl"}
    page = hurried.get("/sparql", params={"query": query}, headers=headers)

    assert "Het antwoord brak af" in page_of(page)
    assert page.headers["Regietafel-Cut"] == "rows=1;broken"
    assert page.headers["Cache-Control"] == "no-store"


def test_an_error_keeps_the_query_on_the_page(browser_client: httpx.Client) -> None:
    """The line is shown with a mark, and the prefix that is missing."""
    query = "SELECT *\nWHERE { foaf:x <b> ?p"
    response = browser_client.get("/sparql", params={"query": query})
    page = page_of(response)

    assert response.status_code == 400
    assert 'role="alert"' in page
    assert "Fout op regel 2" in page
    assert "2 | WHERE { foaf:x &lt;b&gt; ?p" in page
    assert "PREFIX foaf: &lt;http://xmlns.com/foaf/0.1/&gt;" in page
    assert "SELECT *\nWHERE" in page


def test_every_error_has_a_page(browser_client: httpx.Client) -> None:
    """With the status it has for programs."""
    pages = {
        403: {"query": "CLEAR ALL"},
        400: {"query": "ASK {}", "timeout": "soon"},
        406: {"query": "ASK {}", "format": "xlsx"},
    }
    for status, parameters in pages.items():
        response = browser_client.get("/sparql", params=parameters)

        page_of(response)
        assert response.status_code == status


def test_the_page_without_a_query_holds_one_to_begin_with(
    browser_client: httpx.Client,
) -> None:
    """It names the address to ask; the field is not empty; examples are links."""
    page = page_of(browser_client.get("/sparql"))

    assert f"{browser_client.base_url.join('/sparql')}</code>" in page
    assert "PREFIX ovl: &lt;https://data.regietafel.example/def/overleg#&gt;" in page
    assert page.count('href="/sparql?example=') >= 10


def test_the_example_questions_are_answered(
    client: httpx.Client, browser_client: httpx.Client
) -> None:
    """Each question on the start page has an answer with rows."""
    tree = html5lib.parse(browser_client.get("/").text, namespaceHTMLElements=False)
    hrefs = [item.get("href") or "" for item in tree.iter("a")]
    links = [href for href in hrefs if href.startswith("/queries/")]

    assert len(links) >= 6
    for link in links:
        answer = client.get(f"/api{link}", params={"format": "json"}).json()
        assert answer["results"]["bindings"], link
