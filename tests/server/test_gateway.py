"""The server as its clients meet it: cached, compressed, slow, silent and gone."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import brotli
import httpx
import pytest
from backports import zstd

from server.caching import Cache, entry_of
from server.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from wsgiref.types import StartResponse, WSGIEnvironment

    from server.caching import Key, State
    from server.calls import Call

    Listen = Callable[[Gateway], AbstractContextManager[str]]

FRESH = ("Cache-Control", "public, max-age=60")
TEXT = ("Content-Type", "text/plain; charset=utf-8")
LONG = b"regel na regel\n" * 20_000
MANY = 4_000
HUGE = 30_000_000


class Pages:
    """A small application that counts how often each path was worked out."""

    def __init__(self) -> None:
        """Begin with nothing asked, on release `a`."""
        self.asked: list[str] = []
        self.release = "a"
        self.pieces = 0
        self.closed = threading.Event()

    def __call__(
        self, environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        """Answer a path."""
        path = environ["PATH_INFO"]
        self.asked.append(f"{environ['REQUEST_METHOD']} {path}")
        environ["regietafel.route"] = path
        own = ("Regietafel-Release", self.release)
        if path == "/stream":
            start("200 OK", [TEXT, FRESH, own])
            return (LONG[at : at + 10_000] for at in range(0, len(LONG), 10_000))
        if path == "/broken":
            start("200 OK", [TEXT, own])
            return self._broken()
        if path == "/endless":
            start("200 OK", [TEXT, own])
            return self._endless()
        if path == "/huge":
            start("200 OK", [TEXT, FRESH, own, ("Content-Length", str(HUGE))])
            return [b"x" * HUGE]
        if path == "/abandoned":
            while not environ["regietafel.abandoned"]():
                time.sleep(0.01)
            self.closed.set()
        body = {
            "/echo": environ["wsgi.input"].read(),
            "/length": environ["CONTENT_LENGTH"].encode(),
        }.get(path, LONG[:3_000])
        length = ("Content-Length", str(len(body)))
        kept = [] if path == "/private" else [FRESH]
        kept += [("Set-Cookie", "a=b")] if path == "/cookie" else []
        kept += [("Vary", "Cookie")] if path == "/varied" else []
        status = "404 Not Found" if path == "/missing" else "200 OK"
        start(status, [TEXT, *kept, own, length])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _broken(self) -> Iterator[bytes]:
        yield b"een begin"
        raise RuntimeError

    def _endless(self) -> Iterator[bytes]:
        try:
            for _ in range(MANY):
                self.pieces += 1
                yield b"x" * 65_536
        finally:
            self.closed.set()


@pytest.fixture
def pages() -> Pages:
    """Return the application behind the gateway."""
    return Pages()


@pytest.fixture
def visits() -> list[Call]:
    """Return where the gateway tells of every request."""
    return []


@pytest.fixture
def cache() -> Cache:
    """Return a cache with room for a handful of answers."""
    return Cache(4_000_000)


@pytest.fixture
def url(
    listen: Listen, pages: Pages, visits: list[Call], cache: Cache
) -> Iterator[str]:
    """Return the address of a gateway before the application."""
    gateway = Gateway(pages, lambda: (pages.release, 0), cache, (visits.append,))
    with listen(gateway) as found:
        yield found


@contextmanager
def raw(url: str, *lines: str) -> Iterator[socket.socket]:
    """Send a request as bytes; give the connection."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall("\r\n".join((*lines, "Host: x", "", "")).encode())
        yield connection


def plain(url: str, **headers: str) -> httpx.Response:
    """Ask for an answer that is not compressed."""
    return httpx.get(url, headers={"Accept-Encoding": "identity"} | headers)


def told(visits: list[Call], number: int) -> list[Call]:
    """Return what the gateway told of so many requests, soon after their answers."""
    until = time.monotonic() + 30
    while len(visits) < number and time.monotonic() < until:
        time.sleep(0.02)
    return visits


def test_an_answer_is_worked_out_once(
    url: str, pages: Pages, visits: list[Call]
) -> None:
    """The second comes from the cache, says so, and how old it is."""
    first, second = plain(f"{url}/page"), plain(f"{url}/page")
    head = httpx.head(f"{url}/page", headers={"Accept-Encoding": "identity"})

    assert pages.asked == ["GET /page"]
    assert first.content == second.content == LONG[:3_000]
    assert first.headers["Cache-Status"] == "regietafel; fwd=miss; stored"
    assert second.headers["Cache-Status"] == "regietafel; hit"
    assert int(second.headers["Age"]) < 30
    assert "total;dur=" in second.headers["Server-Timing"]
    assert head.content == b""
    assert head.headers["Content-Length"] == second.headers["Content-Length"] == "3000"
    assert [item.cached for item in told(visits, 3)] == [False, True, True]
    assert {item.route for item in visits} == {"/page"}
    assert len({item.identity for item in visits}) == 3


@pytest.mark.parametrize("path", ["/private", "/cookie", "/varied", "/missing"])
def test_what_is_not_marked_as_public_is_not_kept(
    url: str, pages: Pages, path: str
) -> None:
    """Nor what sets a cookie, varies by one, or is an error."""
    assert plain(url + path).content == plain(url + path).content
    assert len(pages.asked) == 2


def test_answers_differ_by_all_that_was_asked(url: str, pages: Pages) -> None:
    """By query, form, language, host and body; not by the exact preference."""
    for headers in (
        {},
        {"Accept": "text/csv"},
        {"Accept-Language": "en"},
        {"Accept-Language": "en-GB,en;q=0.9"},
        {"Host": "elders.example"},
    ):
        plain(f"{url}/page", **headers)
    plain(f"{url}/page?a=1")
    for body in (b"a", b"b", b"a"):
        assert httpx.post(f"{url}/echo", content=body).content == body
    twice = raw(url, "GET /page HTTP/1.1", "Accept: a/b", "Accept: c/d")
    with twice as connection:
        assert b"fwd=" in connection.recv(4_096)

    assert pages.asked.count("GET /page") == 6
    assert pages.asked.count("POST /echo") == 2


def test_another_release_empties_the_cache(
    url: str, pages: Pages, cache: Cache
) -> None:
    """No answer of the old one is given."""
    plain(f"{url}/page")
    assert len(cache) == 1
    pages.release = "b"

    assert plain(f"{url}/page").headers["Regietafel-Release"] == "b"
    assert plain(f"{url}/page").headers["Regietafel-Release"] == "b"
    assert pages.asked == ["GET /page"] * 2


def test_answers_that_are_asked_again_stay() -> None:
    """Others leave for them, and addresses take room like answers."""
    cache, state = Cache(100_000), ("a", 0)
    headers = [(b"etag", b'"x"'), (b"content-type", b"text/plain")]
    keys: list[Key] = [
        (b"/", b"x" * 10_000, b"", "nl", None, None, b"%d" % number)
        for number in range(20)
    ]
    cache.find(keys[0], state)
    for key in keys:
        cache.keep(key, entry_of(headers, b"a", None), state)
        assert cache.find(keys[0], state)

    kept = [number for number, key in enumerate(keys) if cache.find(key, state)]
    assert kept == [0, *range(13, 20)]
    assert 80_000 < cache.bytes <= 100_000


@pytest.mark.parametrize(
    "header", ["Accept", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port"]
)
def test_what_tells_answers_apart_takes_room_too(
    url: str, cache: Cache, header: str
) -> None:
    """A header that a client makes up is kept along, so it counts."""
    with httpx.Client(base_url=url) as client:
        client.get("/page")
        before = cache.bytes
        client.get("/page", headers={header: "x" * 3_000})

    assert len(cache) == 2
    assert cache.bytes > 2 * before + 2_900


def test_the_cache_is_bounded(url: str, cache: Cache) -> None:
    """Those nobody asks again leave, and a long answer is not kept at all."""
    with httpx.Client(base_url=url, headers={"Accept-Encoding": "identity"}) as client:
        for number in range(1_500):
            client.get(f"/page?{number}")
    assert len(cache) > 100
    assert cache.bytes <= cache.capacity

    assert not cache.takes(cache.capacity // 4)


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "zstd": zstd.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}


@pytest.mark.parametrize(
    ("accept", "whole", "stream"),
    [
        ("gzip", "gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br", "zstd"),
        ("br;q=0.1, gzip;q=0.9", "gzip", "gzip"),
        ("zstd", "zstd", "zstd"),
        ("br;q=0, *;q=0.5", "zstd", "zstd"),
        ("gzip;q=0", "identity", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity", "identity"),
        ("", "identity", "identity"),
        ("nonsense;q=high", "identity", "identity"),
    ],
)
def test_the_coding_is_the_one_wanted_most(
    url: str, accept: str, whole: str, stream: str
) -> None:
    """Of what is there; the first answer, the kept one and a stream alike."""
    for path, wanted, body in (
        ("/page", whole, LONG[:3_000]),
        ("/page", whole, LONG[:3_000]),
        ("/stream", stream, LONG),
    ):
        headers = {"Accept-Encoding": accept}
        with httpx.stream("GET", url + path, headers=headers) as answer:
            sent = b"".join(answer.iter_raw())
        coding = answer.headers.get("Content-Encoding", "identity")
        assert coding == wanted
        assert DECODERS[coding](sent) == body
        assert coding == "identity" or len(sent) < len(body) / 4
        assert coding == "identity" or "Accept-Encoding" in answer.headers["Vary"]


def test_a_client_that_has_the_answer_is_told_so(url: str) -> None:
    """304 carries the tag and no body, whatever the coding."""
    tag = plain(f"{url}/page").headers["ETag"]
    for wanted in (tag, f'"x", {tag}', "*", tag.removeprefix("W/")):
        answer = httpx.get(f"{url}/page", headers={"If-None-Match": wanted})
        assert answer.status_code == 304
        assert answer.headers["ETag"] == tag
        assert answer.content == b""
    other = httpx.get(f"{url}/page", headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


def test_a_stream_that_proves_short_is_kept(url: str, pages: Pages) -> None:
    """Its length is known from then on."""
    first, second = plain(f"{url}/stream"), plain(f"{url}/stream")

    assert first.content == second.content == LONG
    assert "Content-Length" not in first.headers
    assert second.headers["Content-Length"] == str(len(LONG))
    assert pages.asked == ["GET /stream"]


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_an_answer_that_breaks_off_breaks_its_connection(
    url: str, visits: list[Call], coding: str
) -> None:
    """Also where it is compressed; and the next request is answered."""
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{url}/broken", headers={"Accept-Encoding": coding})

    assert plain(f"{url}/page").status_code == 200
    assert [item.status for item in told(visits, 2)] == [200, 200]


def test_a_client_that_does_not_read_is_waited_for(url: str, pages: Pages) -> None:
    """The answer is made no faster than it is taken, and others are served."""
    with raw(url, "GET /endless HTTP/1.1"):
        time.sleep(1)
        made = pages.pieces
        time.sleep(0.5)
        assert pages.pieces == made < 200
        assert plain(f"{url}/page").status_code == 200
    assert pages.closed.wait(10)
    assert pages.pieces < MANY


def test_fifty_clients_that_do_not_read_hold_no_thread(url: str) -> None:
    """More than there are threads."""
    stuck = [raw(url, "GET /endless HTTP/1.1") for _ in range(50)]
    for item in stuck:
        item.__enter__()
    time.sleep(1)

    assert plain(f"{url}/private").elapsed.total_seconds() < 5
    for item in stuck:
        item.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("path", "cached"), [("/endless", False), ("/huge", False), ("/huge", True)]
)
def test_a_client_that_takes_nothing_is_cut_off(
    listen: Listen,
    pages: Pages,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    *,
    cached: bool,
) -> None:
    """In pieces or whole, made or kept: it gets a part, and the rest is let go."""
    monkeypatch.setattr("server.calls.TAKING", 1.0)
    seen: list[Call] = []
    gateway = Gateway(pages, lambda: ("a", 0), Cache(9 * HUGE), (seen.append,))

    with listen(gateway) as url:
        if cached:
            with httpx.Client(headers={"Host": "x"}) as staying:
                assert len(staying.get(url + path).content) == HUGE
                assert len(told(seen, 1)) == 1
        with raw(url, f"GET {path} HTTP/1.1", "Accept: */*") as connection:
            while len(seen) < 1 + cached:
                time.sleep(0.1)
            taken = 0
            with suppress(ConnectionResetError):
                while piece := connection.recv(65_536):
                    taken += len(piece)

    assert seen[-1].cached == cached
    assert seen[-1].sent < HUGE / 2
    assert 0 < taken < HUGE / 2


def test_a_client_that_leaves_stops_the_work(
    url: str, pages: Pages, visits: list[Call]
) -> None:
    """The application is told while it still works out the answer."""
    with raw(url, "GET /abandoned HTTP/1.1"):
        time.sleep(0.3)
        assert not pages.closed.is_set()
    assert pages.closed.wait(5)
    assert told(visits, 1)[0].sent == 0


def test_a_body_that_is_too_long_is_not_read(url: str) -> None:
    """The application is told a length that it refuses."""
    for body in (b"x" * 10_000_000, (b"x" * 65_536 for _ in range(100))):
        answer = httpx.post(f"{url}/length", content=body)
        assert int(answer.text) > 1_048_576
    assert httpx.post(f"{url}/length", content=b"abc").text == "3"


@pytest.mark.parametrize(
    "line",
    ["CONNECT a:80 HTTP/1.1", "OPTIONS * HTTP/1.1", "GET http://a/page HTTP/1.1"],
)
def test_odd_requests_are_answered(url: str, line: str) -> None:
    """And the next one too."""
    with raw(url, line) as connection:
        assert connection.recv(12).startswith(b"HTTP/1.1 ")
    assert plain(f"{url}/page").status_code == 200


def test_a_request_keeps_the_id_that_a_proxy_gave(url: str) -> None:
    """Unless it could be taken for something else."""
    given = plain(f"{url}/page", **{"X-Request-Id": "abcdef-0123456789"})
    odd = plain(f"{url}/page", **{"X-Request-Id": '<b>"x'})

    assert given.headers["Request-Id"] == "abcdef-0123456789"
    assert odd.headers["Request-Id"].isalnum()


def test_paths_and_headers_reach_the_application_as_sent(listen: Listen) -> None:
    """Decoded once; headers with an underscore cannot pass for others."""
    seen: dict[str, Any] = {}

    def application(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        seen.update(environ)
        start("204 No Content", [])
        return []

    with listen(Gateway(application, lambda: ("a", 0), Cache(0))) as url:
        lines = ("GET /%C3%A9%2525/b?q=%C3%A9+1 HTTP/1.1", "X_Odd: 1", "X-Even: 2")
        with raw(url, *lines, "X-Even: 3", "Cookie: a=1", "Cookie: b=2") as connection:
            assert connection.recv(12) == b"HTTP/1.1 204"

    assert seen["PATH_INFO"].encode("latin-1").decode() == "/é%25/b"
    assert seen["QUERY_STRING"] == "q=%C3%A9+1"
    assert "HTTP_X_ODD" not in seen
    assert seen["HTTP_X_EVEN"] == "2,3"
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["REMOTE_ADDR"] == "127.0.0.1"


def test_no_answer_outlives_the_release_that_it_was_asked_of() -> None:
    """Threads that keep and find at once never mix two states, nor lose count."""
    cache = Cache(200_000)
    headers = [(b"etag", b'"x"'), (b"content-type", b"text/plain")]
    keys: list[Key] = [
        (b"/%03d" % number, b"", b"", "nl", None, None, b"") for number in range(300)
    ]
    mixed: list[object] = []

    def use(state: State) -> None:
        for key in keys * 10:
            entry = cache.find(key, state)
            if entry and entry.plain != state[0].encode():
                mixed.append(entry)
            cache.keep(key, entry_of(headers, state[0].encode(), None), state)

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(use, (name, 0)) for name in "ababab"]:
            done.result()
    assert mixed == []
    size = entry_of(headers, b"a", None).size + len(b"/000")
    assert cache.bytes == len(cache) * size
    cache.find(keys[0], ("c", 0))
    cache.keep(keys[0], entry_of(headers, b"a", None), ("a", 0))
    assert len(cache) == 0
