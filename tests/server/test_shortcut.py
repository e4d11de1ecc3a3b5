"""A short query is answered ahead of the application, and nobody can tell which did."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from graph.current import point
from graph.formats import JSON
from graph.workers import Limits, QueryWorkers
from server.app import SHORTCUT, create_app
from server.caching import Cache
from server.gateway import Gateway
from server.hosting import open_folder
from server.settings import Settings
from server.shortcut import MOMENT, Finished
from server.switching import Hosted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.releasing import Release
    from server.calls import Call
    from server.shortcut import Underway

    Listen = Callable[[Gateway], AbstractContextManager[str]]
    Publish = Callable[[Path, Iterable[str]], Release]

SOME = "SELECT ?s ?l { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?l } LIMIT 9"
NEVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"
OUTSIDE = {"X-Forwarded-For": "203.0.113.7"}
#: Headers that tell of one answer alone.
ITS_OWN = {"date", "request-id", "server-timing"}

#: A text of 64,000 letters: a single piece of an answer.
TEXT = f'REPLACE(REPLACE("{"a" * 40}", "a", "{"b" * 40}"), "b", "{"c" * 40}")'
#: What is answered ahead: parameters and headers.
AHEAD: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "as JSON": ({"query": SOME}, {}),
    "as XML": ({"query": SOME}, {"Accept": "application/sparql-results+xml"}),
    "as CSV for spreadsheets": ({"query": SOME, "format": "csv", "bom": "true"}, {}),
    "as TSV": ({"query": SOME}, {"Accept": "text/tab-separated-values"}),
    "an ASK": ({"query": "ASK {}"}, {}),
    "a graph": ({"query": "DESCRIBE <urn:x>"}, {"Accept": "text/turtle"}),
    "a graph as XML": ({"query": "DESCRIBE <urn:x>", "format": "rdfxml"}, {}),
    "of no graph": ({"query": SOME, "default-graph-uri": "urn:none"}, {}),
    "in little time": ({"query": SOME, "timeout": "5"}, {}),
    "compressed": ({"query": SOME.replace("9", "50")}, {"Accept-Encoding": "br"}),
    "a long text": ({"query": f"SELECT ({TEXT} AS ?t) {{}}"}, {}),
    "a long text, compressed": (
        {"query": f"SELECT ({TEXT} AS ?t) {{}}"},
        {"Accept-Encoding": "br, gzip"},
    ),
    "a long text as XML": (
        {"query": f"SELECT ({TEXT.replace('c', '<')} AS ?t) {{}}", "format": "xml"},
        {"Accept-Encoding": "gzip"},
    ),
    "a long query": ({"query": "ASK {} #" + "x" * 9_000}, {}),
    "through a proxy": ({"query": SOME}, OUTSIDE | {"X-Forwarded-Host": "a.nl"}),
}
#: What only the application tells.
LEFT: dict[str, tuple[str, dict[str, str]]] = {
    "a page": (urlencode({"query": SOME}), {"Accept": PAGE}),
    "what there is": ("", {"Accept": "text/turtle"}),
    "two queries": (urlencode([("query", SOME), ("query", SOME)]), {}),
    "no query": ("query=SELECT", {}),
    "an update": (urlencode({"update": "DROP ALL"}), {}),
    "an unknown form": (urlencode({"query": SOME, "format": "docx"}), {}),
    "an unacceptable form": (urlencode({"query": SOME}), {"Accept": "image/png"}),
    "no graph for rows": (urlencode({"query": SOME, "format": "turtle"}), {}),
    "a wrong time": (urlencode({"query": SOME, "timeout": "-1"}), {}),
    "a wrong graph": (urlencode({"query": SOME, "named-graph-uri": "x y"}), {}),
    "broken UTF-8": ("query=ASK%7B%7D%23%FF", {}),
    "another each time": (urlencode({"query": "SELECT (NOW() AS ?n) {}"}), {}),
    "of other servers": (urlencode({"query": "ASK { SERVICE <urn:x> {} }"}), {}),
    "too deep": (urlencode({"query": "ASK " + "{" * 200 + "}" * 200}), {}),
    "in a language": (urlencode({"query": SOME, "lang": "xx"}), {}),
    "of no host": (urlencode({"query": SOME}), {"Host": "a b"}),
    "unless it is known": (urlencode({"query": "ASK {}"}), {"If-None-Match": "*"}),
}


#: Statements of two releases, in turn.
LINES = [
    f'<urn:x:{n}> <urn:p> "{n}" <https://data.regietafel.example/graph/bron/b> .'
    for n in range(100, 200)
]


class Watched:
    """A served release, and how each request was answered."""

    def __init__(self, url: str, hosted: Hosted, ahead: list[bool]) -> None:
        """Keep where it is, and the list that grows by each query."""
        self.url = url
        self.hosted = hosted
        self.ahead = ahead


@contextmanager
def watch(
    listen: Listen, release: Release, settings: Settings, *, ahead: bool = True
) -> Iterator[Watched]:
    """Serve a release, with the shortcut or without it."""
    workers = QueryWorkers(release.store_path, Limits(workers=1, slow=1))
    app = create_app(release, workers, settings)
    hosted = Hosted(release, app, workers, app.extensions[SHORTCUT])
    told: list[bool] = []

    def begin(call: Call) -> Underway | None:
        return hosted.begin(call) if ahead else None

    def observe(call: Call) -> None:
        told.append(call.underway is not None)

    gateway = Gateway(
        app, lambda: (release.manifest.id, 0), Cache(0), (observe,), begin=begin
    )
    workers.evaluate("ASK {}", solutions=JSON, graph=None)
    try:
        with listen(gateway) as url:
            yield Watched(url, hosted, told)
    finally:
        workers.close()


@pytest.fixture(scope="module", name="pair")
def both(listen: Listen, release: Release) -> Iterator[tuple[Watched, Watched]]:
    """Return the same release served with the shortcut, and without."""
    settings = Settings(trusted_proxies=1)
    with (
        watch(listen, release, settings) as ahead,
        watch(listen, release, settings, ahead=False) as plain,
    ):
        yield ahead, plain


def _ask(served: Watched, query: str, headers: dict[str, str]) -> httpx.Response:
    given = {"Accept": "*/*", "Accept-Encoding": "identity", "Host": "data.nl"}
    url = f"{served.url}/sparql" + (f"?{query}" if query else "")
    return httpx.get(url, headers=given | headers, timeout=60)


def _told(response: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """Return what an answer says, in a form that another can be compared with."""
    headers = {k: v for k, v in response.headers.items() if k not in ITS_OWN}
    if "application/problem+json" in headers.get("content-type", ""):
        problem: dict[str, Any] = json.loads(response.content)
        problem.pop("request", None)
        return response.status_code, {}, json.dumps(problem).encode()
    return response.status_code, headers, response.content


@pytest.mark.parametrize(("asked", "headers"), AHEAD.values(), ids=AHEAD.keys())
def test_both_ways_give_the_same_answer(
    pair: tuple[Watched, Watched], asked: dict[str, str], headers: dict[str, str]
) -> None:
    """Header by header, and byte by byte."""
    ahead, plain = (_ask(item, urlencode(asked), headers) for item in pair)

    assert ahead.status_code == 200
    assert _told(ahead) == _told(plain)
    assert ahead.headers["Server-Timing"].startswith("query;dur=")


def test_a_short_query_does_take_the_shortcut(pair: tuple[Watched, Watched]) -> None:
    """Where it can be had, that is, and no worker is idle for a moment."""
    ahead, plain = pair
    for number in range(20):
        _ask(ahead, urlencode({"query": f"ASK {{}} # {number}"}), {})
        _ask(plain, urlencode({"query": f"ASK {{}} # {number}"}), {})

    assert sum(ahead.ahead[-20:]) > 10
    assert not any(plain.ahead)


@pytest.mark.parametrize(("query", "headers"), LEFT.values(), ids=LEFT.keys())
def test_the_application_tells_the_rest(
    pair: tuple[Watched, Watched], query: str, headers: dict[str, str]
) -> None:
    """There is one place that words what is wrong, and what a page shows."""
    ahead, plain = (_ask(item, query, headers) for item in pair)

    assert ahead.status_code == plain.status_code
    if ahead.headers.get("Content-Type", "").startswith("text/html"):
        assert "<h1" in ahead.text
    elif "NOW" not in query:
        assert _told(ahead) == _told(plain)


def test_a_query_that_takes_longer_is_answered_by_whom_it_was_begun(
    listen: Listen, release: Release
) -> None:
    """The application waits on for the same worker, until the deadline."""
    with watch(listen, release, Settings()) as served:
        slow = _ask(served, urlencode({"query": NEVER, "timeout": "0.5"}), {})
        kills = served.hosted.workers.counts().kills

    assert slow.status_code == 503
    assert slow.json()["code"] == "query-timeout"
    assert kills == 1


def test_what_takes_a_little_longer_needs_no_thread(
    listen: Listen, release: Release
) -> None:
    """The loop waits for it; the application is not asked."""
    workers = QueryWorkers(release.store_path, Limits(workers=1, slow=1))
    app = create_app(release, workers)
    hosted = Hosted(release, app, workers, app.extensions[SHORTCUT])
    gateway = Gateway(
        lambda *_: pytest.fail("asked"),
        lambda: (release.manifest.id, 0),
        Cache(0),
        begin=hosted.begin,
    )
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(REGEX(STR(?o), 'a.*b.*c')) }"
    workers.evaluate("ASK {}", solutions=JSON, graph=None)
    try:
        with listen(gateway) as url:
            answer = httpx.get(f"{url}/sparql", params={"query": query}, timeout=30)
    finally:
        workers.close()

    assert answer.json()["results"]["bindings"][0]["n"]["value"].isdigit()
    spent = dict(re.findall(r"(\w+);dur=([\d.]+)", answer.headers["Server-Timing"]))
    assert float(spent["query"]) > MOMENT


def test_a_long_answer_follows_piece_by_piece(
    pair: tuple[Watched, Watched],
) -> None:
    """What is not all there in a moment is streamed as ever."""
    query = urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 20000", "format": "tsv"})
    ahead, plain = (_ask(item, query, {}) for item in pair)

    assert len(ahead.content.splitlines()) == 20_001
    assert ahead.content == plain.content


def test_a_client_is_counted_once_whoever_answers(
    listen: Listen, release: Release
) -> None:
    """Queries that take the shortcut count as others do."""
    settings = Settings(trusted_proxies=1, queries_per_minute=4)
    queries = ("ASK {}", "SELECT", "ASK { ?s ?p 1 }", "SELECT (NOW() AS ?n) {}")
    with watch(listen, release, settings) as served:
        statuses = [
            _ask(served, f"query={quote(query)}", OUTSIDE).status_code
            for query in (*queries, "ASK { ?s ?p 2 }", "ASK { ?s ?p 3 }")
        ]
        other = _ask(served, "query=ASK%7B%7D", {"X-Forwarded-For": "203.0.113.8"})

    assert statuses == [200, 400, 200, 200, 429, 429]
    assert other.status_code == 200


@pytest.mark.parametrize("joined", [1, 4], ids=["ahead", "by the application"])
def test_a_query_is_answered_by_the_release_that_it_was_begun_on(
    listen: Listen, tmp_path: Path, publish_lines: Publish, joined: int
) -> None:
    """Also where another takes over before its answer is there."""
    old, new = (
        publish_lines(tmp_path, LINES[start::2]).manifest.id for start in (0, 1)
    )
    point(tmp_path, old)
    switch = open_folder(tmp_path, Settings())
    hosted = switch.current
    hosted.workers.evaluate("ASK {}", solutions=JSON, graph=None)
    patterns = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(joined))

    def begin(call: Call) -> Underway | None:
        underway = switch.begin(call)
        point(tmp_path, new)
        switch.refresh()
        return underway

    with listen(Gateway(switch, lambda: (old, 0), Cache(0), begin=begin)) as url:
        query = f"SELECT (MIN(?c0) AS ?least) {{ {patterns} }}"
        asked = {"query": query, "format": "csv"}
        answer = httpx.get(f"{url}/sparql", params=asked, timeout=60)
    current = switch.current.release.manifest.id
    switch.close()

    assert current == new
    assert answer.headers["Regietafel-Release"] == old
    assert answer.text.split() == ["least", "100"]
    assert hosted.ended.wait(10)


class Large:
    """A query whose whole answer is there at once, and is large."""

    release = "a"

    def reply(self) -> Finished:
        """Return the answer."""
        headers = [
            (b"content-type", b"text/csv"),
            (b"cache-control", b"public, max-age=60"),
            (b"content-length", b"1000000"),
        ]
        return Finished(200, headers, b"x" * 1_000_000)

    def close(self) -> None:
        """Let nothing go."""


@pytest.mark.parametrize("coding", ["identity", "br"])
def test_a_large_answer_is_given_on_the_loop(listen: Listen, coding: str) -> None:
    """It is compressed by a thread and sent in pieces, both of which need the loop."""
    gateway = Gateway(
        lambda *_: [],
        lambda: ("a", 0),
        Cache(0),
        begin=lambda _: Large(),  # type: ignore[arg-type,return-value]  # a stand-in
    )
    with listen(gateway) as url:
        headers = {"Accept-Encoding": coding}
        answer = httpx.get(f"{url}/sparql?query=x", headers=headers, timeout=20)

    assert len(answer.content) == 1_000_000
