"""A store elsewhere that is slow, down or lying harms no one and fools no one."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from graph.body import Bounds
from graph.endpoint import Endpoint, check_address
from graph.errors import (
    QueryAbandonedError,
    ServiceSlowError,
    StoreAddressError,
    StoreAnswerError,
    StoreError,
    StoreRefusalError,
    StoreSlowError,
    StoreUnreachableError,
)
from graph.formats import JSON
from graph.manifest import Manifest
from graph.namespaces import DEFAULT_BASE
from graph.quirks import SOLUTIONS
from graph.relaying import Relay
from graph.remote import RemoteStore
from graph.terms import Iri
from graph.workers import Limits, QueryWorkers
from server.remoting import open_store
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Handler = Callable[[BaseHTTPRequestHandler], None]

JSON_HEAD = b'{"head":{"vars":["s","p","o","g"]},"results":{"bindings":['
EMPTY = JSON_HEAD + b"]}}"
ROW = b'{"s":{"type":"uri","value":"http://e/%d"}}'


def reply(
    body: bytes, kind: str = SOLUTIONS, status: int = 200, **headers: str
) -> Handler:
    """Return what answers with a body; a header without a value is left out."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        if "Content_Length" not in headers:
            request.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            if not value:
                continue
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return handle


def chunks(pieces: Callable[[], Iterator[bytes]], *, ends: bool) -> Handler:
    """Return what answers piece by piece, and may leave without an end."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", SOLUTIONS)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        for piece in pieces():
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if ends:
            request.wfile.write(b"0\r\n\r\n")
        request.close_connection = True

    return handle


def endless() -> Iterator[bytes]:
    """Yield solutions without end."""
    yield JSON_HEAD
    number = 0
    while True:
        number += 1
        yield (ROW % number + b",") * 500


def dripping() -> Iterator[bytes]:
    """Yield a byte now and then, so that no single one is late."""
    for byte in EMPTY:
        yield bytes([byte])
        time.sleep(0.3)


def silent(request: BaseHTTPRequestHandler) -> None:
    """Answer nothing for longer than anyone waits."""
    request.connection.recv(1)
    time.sleep(15)


def vanishing(request: BaseHTTPRequestHandler) -> None:
    """End the connection without a word."""
    request.connection.shutdown(socket.SHUT_RDWR)


#: What a store may do, and what it then is to the service.
LIES: dict[str, tuple[Callable[[], Handler], type[StoreError], str]] = {
    "a page": (
        lambda: reply(b"<html>", "text/html"),
        StoreAnswerError,
        "type text/html",
    ),
    "no type": (lambda: reply(EMPTY, ""), StoreAnswerError, "type (none)"),
    "a page that claims to be JSON": (
        lambda: reply(b"<html>"),
        StoreAnswerError,
        "does not parse",
    ),
    "half of it": (lambda: reply(EMPTY[:-5]), StoreAnswerError, "does not parse"),
    "less than it says": (
        lambda: reply(EMPTY, Content_Length="9999", Connection="close"),
        StoreUnreachableError,
        "breaks off",
    ),
    "chunks that stop": (
        lambda: chunks(lambda: iter([JSON_HEAD]), ends=False),
        StoreUnreachableError,
        "breaks off",
    ),
    "no end that it tells": (
        lambda: reply(EMPTY, Content_Length="", Connection="close"),
        StoreAnswerError,
        "ends",
    ),
    "without end": (
        lambda: chunks(endless, ends=True),
        StoreAnswerError,
        "larger than",
    ),
    "a huge row": (
        lambda: reply(JSON_HEAD + ROW[:-3] + b"x" * 3_000_000 + b'"}}]}}'),
        StoreAnswerError,
        "larger than",
    ),
    "compressed": (
        lambda: reply(EMPTY, Content_Encoding="gzip"),
        StoreAnswerError,
        "compressed",
    ),
    "elsewhere": (
        lambda: reply(b"", status=302, Location="http://127.0.0.1:9/"),
        StoreAnswerError,
        "another address",
    ),
    "cut, said in a header": (
        lambda: reply(EMPTY, X_SPARQL_MaxRows="10000"),
        StoreAnswerError,
        "cut",
    ),
    "interrupted, said in a header": (
        lambda: reply(EMPTY, X_SQL_State="S1TAT"),
        StoreAnswerError,
        "stopped",
    ),
    "true, where rows were asked": (
        lambda: reply(b'{"head":{},"boolean":true}'),
        StoreAnswerError,
        "true or false",
    ),
    "an error of its own": (
        lambda: reply(b"<h1>Oops</h1>\x1b[31m", "text/html", 500),
        StoreRefusalError,
        "status 500 (Oops [31m)",
    ),
    "that it wants a password": (
        lambda: reply(b"", status=401),
        StoreRefusalError,
        ".netrc",
    ),
    "nothing in time": (lambda: silent, StoreSlowError, "in time"),
    "a byte now and then": (
        lambda: chunks(dripping, ends=True),
        StoreSlowError,
        "seconds",
    ),
    "by hanging up": (lambda: vanishing, StoreUnreachableError, "breaks off"),
}


class Hostile(ThreadingHTTPServer):
    """A store that answers as `handler` says; it knows what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: Handler = reply(EMPTY)
        self.asked: list[bytes] = []
        self.address = f"http://127.0.0.1:{self.server_port}/sparql"

    def handle_error(self, *_: object) -> None:
        """Let a client that hangs up do so."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hostile

    def do_POST(self) -> None:
        """Answer a query."""
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append(self.rfile.read(length))
        self.server.answer(self)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  as in its parent
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Hostile]:
    """Run a hostile store."""
    server = Hostile()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """Return a store that is not to be trusted."""
    with listening() as server:
        yield server


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_cannot_be_trusted_is_none(lie: str, hostile: Hostile) -> None:
    """Each lie is found, within the time and the size that an answer may take."""
    make, kind, told = LIES[lie]
    hostile.answer = make()
    store = RemoteStore(Endpoint(hostile.address, Bounds(seconds=1, size=200_000)))
    began = time.monotonic()

    with pytest.raises(kind) as raised:
        store.select("SELECT ?s WHERE { ?s ?p ?o }")

    assert told in raised.value.reason
    assert str(hostile.server_port) not in raised.value.message
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("lie", LIES)
def test_an_endpoint_that_a_query_names_is_not_believed_either(
    lie: str, hostile: Hostile
) -> None:
    """Oxigraph gets an error from the relay, in time; the relay knows the reason."""
    make, kind, told = LIES[lie]
    hostile.answer = make()
    bounds = Bounds(seconds=1, size=200_000)
    began = time.monotonic()

    with Relay([hostile.address], bounds, lambda *_: ["127.0.0.1"]) as relay:
        asked = [httpx.post(relay.address(hostile.address)) for _ in range(3)]

    failure = relay.failures[hostile.address]
    assert [item.status_code for item in asked] == [502] * 3
    assert isinstance(failure, ServiceSlowError) == (kind is StoreSlowError)
    assert told in failure.reason or told == ".netrc"
    assert ".netrc" not in failure.reason
    assert len(hostile.asked) <= 2
    assert time.monotonic() - began < 4


def test_a_store_that_is_down_is_said_to_be() -> None:
    """No connection is an error of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    store = RemoteStore(Endpoint(f"http://127.0.0.1:{port}/sparql"))

    with pytest.raises(StoreUnreachableError):
        store.select("SELECT ?s WHERE { ?s ?p ?o }")


def test_a_connection_that_was_closed_meanwhile_is_opened_again(
    hostile: Hostile,
) -> None:
    """A store may close connections that nobody used for a while."""
    store = RemoteStore(Endpoint(hostile.address))
    hostile.answer = reply(EMPTY, Connection="close")

    assert store.select("SELECT ?s WHERE { ?s ?p ?o }") == []
    assert store.select("SELECT ?s WHERE { ?s ?p ?o }") == []


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/sparql",
        "example.org/sparql",
        "http:///sparql",
        "http://name:secret@example.org/sparql",
        "http://example.org/sparql?key=secret",
        "http://example.org:99999/sparql",
        "",
    ],
)
def test_an_address_that_is_none_or_holds_secrets_is_refused(address: str) -> None:
    """What is refused is not repeated, because logs would keep it."""
    with pytest.raises(StoreAddressError) as raised:
        check_address(address)

    assert "secret" not in raised.value.message + raised.value.mend


@pytest.mark.parametrize(
    "iri", ["http://e/> } DROP ALL #", "http://e/ x", 'http://e/"', "no iri"]
)
def test_an_iri_that_could_end_in_a_query_is_never_sent(
    iri: str, hostile: Hostile
) -> None:
    """It matches nothing, as in the embedded store."""
    store = RemoteStore(Endpoint(hostile.address))

    assert list(store.statements(Iri(iri))) == []
    assert list(store.statements(None, Iri("http://e/p"), Iri(iri))) == []
    assert hostile.asked == []


@pytest.fixture
def service(hostile: Hostile, tmp_path: Path) -> Iterator[httpx.Client]:
    """Return a client of a service whose store was good when it began."""
    hostile.answer = described
    settings = Settings(
        store=hostile.address, store_cache=tmp_path, store_timeout=2, query_timeout=8
    )
    switch = open_store(settings)
    transport = httpx.WSGITransport(app=switch)
    try:
        with httpx.Client(transport=transport, base_url="http://localhost") as client:
            yield client
    finally:
        switch.close()


def described(request: BaseHTTPRequestHandler) -> None:
    """Answer as a store that holds a release in which there is nothing."""
    asked = request.server.asked[-1]  # type: ignore[attr-defined]
    said = b"urn%3Ax-regietafel%3Arelease" in asked
    reply(description() if said else EMPTY)(request)


def description() -> bytes:
    """Return what a store says of its release."""
    manifest = Manifest(
        id="0" * 16,
        rdfc10="0" * 64,
        base=DEFAULT_BASE,
        validated=True,
        engine=None,
        ontology="1.1.0",
        counts={"statements": 0},
        tools={},
        files={},
        parts={},
        published="2026-01-01T00:00:00+00:00",
        parent=None,
    ).sealed()
    name = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value"
    row = {
        "p": {"type": "uri", "value": name},
        "o": {"type": "literal", "value": manifest.text()},
    }
    found = {"head": {"vars": ["p", "o"]}, "results": {"bindings": [row]}}
    return json.dumps(found).encode()


def test_a_store_is_asked_no_longer_than_somebody_waits(hostile: Hostile) -> None:
    """When a client leaves, the connection to the store ends as well."""
    left = threading.Event()

    def endure(request: BaseHTTPRequestHandler) -> None:
        request.connection.recv(1)
        left.set()

    hostile.answer = endure
    workers = QueryWorkers(hostile.address, Limits(workers=1, seconds=120))
    try:
        with pytest.raises(QueryAbandonedError):
            workers.evaluate(
                "SELECT * { ?s ?p ?o }",
                solutions=JSON,
                graph=None,
                abandoned=lambda: bool(hostile.asked),
            )
        assert left.wait(20)
    finally:
        workers.close()


STATUSES = {
    StoreUnreachableError: (502, "store-unreachable"),
    StoreSlowError: (504, "store-slow"),
    StoreRefusalError: (502, "store-refusal"),
    StoreAnswerError: (502, "store-answer"),
}
#: A page takes 256 MiB, so what has no end is only found by its time.
TIMED = ("without end", "a huge row")


@pytest.mark.parametrize("lie", [lie for lie in LIES if lie not in TIMED])
@pytest.mark.parametrize("path", ["/doc/organisatie/lrt", "/sparql?query=SELECT*{}"])
def test_people_and_programs_are_told_what_is_the_matter(
    lie: str, path: str, hostile: Hostile, service: httpx.Client
) -> None:
    """A page says so in words, a program gets a problem, none gets a wrong answer."""
    make, kind, _ = LIES[lie]
    hostile.answer = make()
    status, code = STATUSES[kind]

    told = service.get(path, headers={"Accept": "application/sparql-results+json"})
    if path.startswith("/doc"):
        told = service.get(path, headers={"Accept": "text/turtle"})
    page = service.get(path, headers={"Accept": "text/html", "Accept-Language": "nl"})

    assert (told.status_code, told.json()["code"]) == (status, code)
    assert page.status_code == status
    assert "andere server" in page.text
    assert str(hostile.server_port) not in told.text + page.text


def test_a_service_answers_again_once_its_store_does(
    hostile: Hostile, service: httpx.Client
) -> None:
    """Nothing of a failure is kept."""
    ask = "/sparql?query=ASK%7B%7D&format=json"
    hostile.answer = vanishing
    broken = service.get(ask)
    hostile.answer = lambda request: (
        described(request)
        if b"urn%3Ax-regietafel%3Arelease" in hostile.asked[-1]
        else reply(b'{"head":{},"boolean":true}')(request)
    )
    mended = service.get(ask)

    assert broken.status_code == 502
    assert mended.json()["boolean"] is True


def test_while_a_release_is_loaded_nothing_is_answered_from_half_of_it(
    hostile: Hostile, service: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The service says so with 503, and goes on when the push has ended."""
    caplog.set_level(logging.WARNING)
    began = "http://www.w3.org/ns/prov#startedAtTime"
    row = {"p": {"type": "uri", "value": began}, "o": {"type": "literal", "value": ""}}
    found = {"head": {"vars": ["p", "o"]}, "results": {"bindings": [row]}}
    hostile.answer = reply(json.dumps(found).encode())
    page = _wait_for(service, 503)
    alive = service.get("/healthz")
    hostile.answer = described
    after = _wait_for(service, 200)

    assert "nieuwe uitgave" in page.text
    assert page.headers["Retry-After"] == "30"
    assert alive.status_code == 200
    assert after.headers["Regietafel-Release"] == "0" * 16
    assert not caplog.records


def _wait_for(service: httpx.Client, status: int) -> httpx.Response:
    for _ in range(60):
        page = service.get("/", headers={"Accept": "text/html"})
        if page.status_code == status:
            return page
        time.sleep(0.1)
    pytest.fail(f"never {status}")
