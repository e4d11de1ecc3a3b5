"""What the service promises whoever asks it, and mistakes that others make.

The real command runs with two processes. Nothing that a client sends may end it, or
keep others waiting.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from graph.current import current_id
from graph.paths import ROOT
from server.shortcut import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.releasing import Release

ASK = "ASK {}"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
DOUBLINGS = " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
NUMBER = '"42"^^<http://www.w3.org/2001/XMLSchema#integer>'
THING = "/doc/organisatie/lrt"


@contextmanager
def running(releases: Path, *options: str) -> Iterator[tuple[str, Any]]:
    """Run the server; give its address and its process."""
    command = [sys.executable, "-m", "server", "serve", "--port", "0", *options]
    process = subprocess.Popen(
        [*command, "--releases", str(releases)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        url = process.stdout.readline().split(" at ")[1].strip().rstrip("/")
        _wait_for(url)
        yield url, process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.fixture(scope="module")
def url(releases: Path, release: Release) -> Iterator[str]:
    """Return the address of a server with two processes and short queries."""
    del release
    options = ("--processes", "2", "--query-timeout", "2", "--query-timeout-max", "60")
    limits = ("--queries-per-minute", "0", "--requests-per-minute", "0")
    with running(releases, *options, *limits) as (address, _):
        yield address


@pytest.fixture(autouse=True)
def _goes_on(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test the service answers as before, in both processes."""
    yield
    if "url" in request.fixturenames:
        address = request.getfixturevalue("url")
        for _ in range(4):
            assert ask(address, ASK).json()["boolean"] is True


def ask(url: str, query: str, accept: str = "*/*", **more: str) -> httpx.Response:
    """Ask a query on a connection of its own."""
    parameters = {"query": query} | more
    headers = {"Accept": accept}
    return httpx.get(f"{url}/sparql", params=parameters, headers=headers, timeout=60)


@contextmanager
def connected(url: str, data: bytes = b"") -> Iterator[socket.socket]:
    """Open a connection and send what is given."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(data)
        yield connection


HOSTILE = {
    "nested STR": "SELECT (" + "STR(" * 20_000 + "1" + ")" * 20_000 + " AS ?a) {}",
    "nested groups": "SELECT * " + "{" * 20_000 + "}" * 20_000,
    "unions": "SELECT * {" + " UNION ".join(["{?a ?b ?c}"] * 10_000) + "}",
    "alternatives": "SELECT * { ?a (" + "|".join(["<x:p>"] * 5_000) + ")* ?b }",
    "long path": "SELECT * { ?a " + "/".join(["<x:p>"] * 2_000) + " ?b }",
    "or chain": "SELECT * { FILTER(" + "||".join(["?a"] * 20_000) + ") }",
    "brackets in a string": 'SELECT ("' + "(" * 60_000 + '" AS ?a) {}',
    "cross product": ENDLESS,
    "sorted cross product": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?a",
    "string bomb": "SELECT (STRLEN(?v40) AS ?n) { BIND('0123456789' AS ?v0) "
    + DOUBLINGS
    + " }",
    "backtracking": 'ASK { FILTER(REGEX("' + "x" * 5_000 + '", "^(x+x+)+y$")) }',
    "huge repetition": 'ASK { FILTER(REGEX("x", "((((x{500}){500}){500}){500})")) }',
    "group concat": "SELECT (GROUP_CONCAT(?c) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "paths": "SELECT (COUNT(*) AS ?n) { ?a (<x:p>|!<x:p>)* ?b . ?c (!<x:q>)* ?d }",
    "service": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }",
    "load": "LOAD <http://127.0.0.1:1/>",
    "from a file": "SELECT * FROM <file:///etc/passwd> { ?a ?b ?c }",
    "nul": "ASK { ?a ?b '\x00' }",
    "nonsense": "\ufffe" * 1_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_query_ends_the_service(url: str, name: str) -> None:
    """Each gets an answer with a proper status, or a connection that breaks."""
    query = HOSTILE[name]
    started = time.monotonic()
    try:
        answer = httpx.post(f"{url}/sparql", data={"query": query}, timeout=60)
    except httpx.RemoteProtocolError:
        return
    assert answer.status_code in {200, 400, 403, 413, 503}
    assert time.monotonic() - started < 20
    if answer.status_code != 200:
        problem = answer.json()
        assert problem["detail"]
        assert problem.get("mend") or problem["code"] == "long-body"


def test_heavy_queries_do_not_keep_others_waiting(url: str) -> None:
    """Eight endless ones, and short ones are answered, or told when to come back."""
    stop = threading.Event()

    def torment(number: int) -> None:
        while not stop.is_set():
            ask(url, f"{ENDLESS} # {number}")

    threads = [threading.Thread(target=torment, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    answers = [ask(url, f"ASK {{}} # {n}") for n in range(50)]
    pages = [httpx.get(f"{url}{THING}?n={n}", timeout=60) for n in range(10)]
    stop.set()
    for thread in threads:
        thread.join()

    refused = [item for item in answers if item.status_code != 200]
    assert {item.status_code for item in pages} == {200}
    assert len(refused) <= len(answers) // 10
    assert all(item.headers["Retry-After"] for item in refused)


def test_a_query_stops_when_its_client_leaves(url: str) -> None:
    """Long before its deadline: each worker is ended that nobody waits for."""
    query = httpx.QueryParams({"query": ENDLESS + " # leaves", "timeout": "60"})
    line = f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    time.sleep(4 * PATIENCE)  # until it is noticed that earlier clients left
    before = ended(url)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connected(url, line))
        time.sleep(0.5)
    until = time.monotonic() + 30
    while ended(url) < before + 3 and time.monotonic() < until:
        time.sleep(0.2)

    assert ended(url) == before + 3
    assert time.monotonic() < until


def ended(url: str) -> float:
    """Return how many queries were ended so far, but those that made room."""
    text = httpx.get(f"{url}/metrics").text
    name = 'regietafel_query_kills{reason="limit"} '
    return float(text.partition(f"\n{name}")[2].partition("\n")[0])


def test_silent_and_slow_clients_are_borne(url: str) -> None:
    """300 say nothing, 100 half a request, 50 half a body, 20 do not read."""
    body = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nquery="
    query = httpx.QueryParams({"query": ROWS, "format": "csv"})
    rows = f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as stack:
        for data, many in ((b"", 300), (b"GET / HT", 100), (body, 50), (rows, 20)):
            for _ in range(many):
                stack.enter_context(connected(url, data))
        time.sleep(1)
        for path in ("/", THING, "/search?q=lrt"):
            answer = httpx.get(url + path, headers={"Accept": "text/html"}, timeout=20)
            assert answer.status_code == 200


def test_large_and_compressed_bodies_are_refused(url: str) -> None:
    """Unread: 10 MB, a bomb of 100 MB in 100 kB, and a form of endless chunks."""
    kind = {"Content-Type": "application/sparql-query"}
    bomb = gzip.compress(bytes(100_000_000))
    packed = kind | {"Content-Encoding": "gzip"}

    large = httpx.post(f"{url}/sparql", content=b"#" * 10_000_000, headers=kind)
    squeezed = httpx.post(f"{url}/sparql", content=bomb, headers=packed)
    small = httpx.post(
        f"{url}/sparql", content=gzip.compress(ASK.encode()), headers=packed
    )
    chunks = (b"#" * 65_536 for _ in range(200))
    endless = httpx.post(f"{url}/sparql", content=chunks, headers=kind)

    assert large.status_code == endless.status_code == 413
    assert squeezed.status_code == small.status_code == 415
    assert small.json()["code"] == "content-coding"


@pytest.mark.parametrize(
    "data",
    [
        b"CONNECT data.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://169.254.169.254/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%ff%fe/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"a" * 500_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 50_000 + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n"
        ),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        bytes(10_000),
    ],
    ids=str,
)
def test_no_bytes_end_the_service(url: str, data: bytes) -> None:
    """Each gets an error or a closed connection; none an answer of success."""
    with connected(url) as connection:
        connection.settimeout(40)
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            got = connection.recv(64)
        except OSError:
            got = b""
    if b"169.254" not in data:
        assert not got.startswith(b"HTTP/1.1 200"), got


def test_two_queries_and_an_endpoint_are_no_way_out(url: str) -> None:
    """Two queries are refused; `endpoint=` opens no proxy; no GET empties a cache."""
    twice = httpx.get(f"{url}/sparql?query=ASK%7B%7D&query=ASK%7B%7D")
    proxied = ask(url, ASK, endpoint="http://127.0.0.1:1/")
    purge = httpx.request("PURGE", f"{url}{THING}")

    assert twice.status_code == 400
    assert proxied.json()["boolean"] is True
    assert purge.status_code == 405


def test_the_dataset_is_the_one_asked_for(url: str, release: Release) -> None:
    """Default and named graphs of the protocol are obeyed; an unknown one is empty."""
    graph = next(name for name in release.store.graphs() if "/bron/" in name)
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"

    def number(query: str, **dataset: str) -> int:
        return int(ask(url, query, "text/csv", **dataset).text.splitlines()[1])

    one = number(count, **{"default-graph-uri": graph})
    assert 0 < one < number(count)
    assert number(named, **{"named-graph-uri": graph}) == one < number(named)
    assert number(count, **{"default-graph-uri": "urn:unknown"}) == 0


def test_csv_is_what_spreadsheets_read(url: str) -> None:
    """Numbers are numbers, and the mark of UTF-8 stands before it on request."""
    query = f"SELECT ?n ?text {{ VALUES (?n ?text) {{ ({NUMBER} 'a,\"é\"') }} }}"
    plain, marked = (ask(url, query, "text/csv", bom=x) for x in ("false", "true"))

    assert [*csv.reader(io.StringIO(plain.text))] == [["n", "text"], ["42", 'a,"é"']]
    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert ask(url, query, bom="perhaps").status_code == 400


def test_tags_are_of_one_form_of_one_thing(url: str) -> None:
    """304 is decided after negotiation; every form and page has a tag of its own."""
    wishes = ("text/html", "text/turtle", "application/ld+json")
    pages = [f"{url}{THING}", f"{url}/doc/organisatie", f"{url}/sparql?query=ASK%7B%7D"]
    answers = {
        (page, wish): httpx.get(page, headers={"Accept": f"{wish}, */*;q=0.1"})
        for page in pages
        for wish in wishes
    }
    tags = {key: item.headers.get("ETag") for key, item in answers.items()}

    assert len({tags[pages[0], wish] for wish in wishes}) == 3
    assert len({tags[page, "text/turtle"] for page in pages}) == 3
    for (page, _), tag in tags.items():
        assert tag
        for other in wishes:
            headers = {"Accept": f"{other}, */*;q=0.1", "If-None-Match": tag}
            same = tags[page, other] == tag
            assert httpx.get(page, headers=headers).status_code == (
                304 if same else 200
            )


def test_answers_are_kept_and_say_for_how_long(url: str) -> None:
    """And one that is another each time is not."""
    query = "SELECT (STRUUID() AS ?id) {}"
    assert ask(url, query).text != ask(url, query).text
    kept = [ask(url, "SELECT (1 AS ?kept) {}") for _ in range(12)]

    assert any("hit" in item.headers["Cache-Status"] for item in kept)
    assert len({item.text for item in kept}) == 1
    assert "stale-while-revalidate" in kept[0].headers["Cache-Control"]


def test_a_failed_description_is_no_missing_thing(url: str) -> None:
    """What takes too long is 503, never 404, and never 200 with half of it."""
    query = f"DESCRIBE ?a {{ {{ {ENDLESS} }} ?a ?b ?c }}"
    answer = ask(url, query, "text/turtle")

    assert answer.status_code == 503
    assert answer.json()["code"] in {"query-timeout", "query-memory", "query-evicted"}


def test_no_page_takes_anything_from_elsewhere(url: str) -> None:
    """Neither scripts nor styles; and the policy says so."""
    for path in ("/", "/sparql", THING):
        page = httpx.get(url + path, headers={"Accept": "text/html"})
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        for part in page.text.split("<script")[1:] + page.text.split("<link")[1:]:
            tag = part.partition(">")[0]
            if "stylesheet" in tag or "src=" in tag:
                assert "://" not in tag, tag


def test_an_answer_under_way_is_finished_when_the_server_stops(
    releases: Path, release: Release
) -> None:
    """And then every process ends."""
    del release
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?n > 1) }"
    with running(releases, "--processes", "1", "--query-timeout", "2") as (
        url,
        process,
    ):
        answers: list[httpx.Response] = []
        thread = threading.Thread(target=lambda: answers.append(ask(url, slow)))
        thread.start()
        time.sleep(0.7)
        process.terminate()
        thread.join()
        assert process.wait(timeout=30) == 0

    assert answers[0].status_code in {200, 503}
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_killed_process_is_replaced_and_nothing_is_left(
    releases: Path, release: Release
) -> None:
    """Whichever process it was."""
    with running(releases, "--processes", "2") as (url, process):
        children = _children(process.pid)
        assert len(children) == 2
        os.kill(children[0], signal.SIGKILL)
        time.sleep(1)
        _wait_for(url)
        identity = ask(url, ASK).headers["Regietafel-Release"]
        assert identity == current_id(releases) == release.manifest.id
        group = _group(process.pid)
        process.kill()
        until = time.monotonic() + 15
        while _group(process.pid) - {process.pid} and time.monotonic() < until:
            time.sleep(0.2)
        assert len(group) > 4
        assert _group(process.pid) <= {process.pid}


def _children(process: int) -> list[int]:
    path = f"/proc/{process}/task/{process}/children"
    with open(path, encoding="ascii") as file:  # noqa: PTH123  not a file of ours
        return [int(word) for word in file.read().split()]


def _group(group: int) -> set[int]:
    """Return the processes of a group that run."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,pgid=,stat="], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    rows = (line.split() for line in listed)
    return {int(p) for p, g, state in rows if int(g) == group and state[0] != "Z"}
