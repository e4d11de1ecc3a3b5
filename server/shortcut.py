"""Answers short queries ahead of the application, which would cost more than they do.

A query by GET that is surely one, and that a worker is idle for, is handed to it in the
thread that brings the request. If the whole answer is there in a moment, that thread
gives it as the application would; if it comes a little later, the event loop does.
Anything else goes to the application, with the query under way: errors, long answers,
pages. So there is one place that words each of these.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from werkzeug.sansio.utils import get_host

from graph.errors import RegietafelError
from server.admitting import behind
from server.negotiation import HTML
from server.protocol import parse_pairs, request_of
from server.representing import content_type
from server.site import FRESH
from server.sparql import (
    chosen,
    elapsed_since,
    formats_of,
    pieces_of,
    seconds_of,
    tag_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.workers import Begun
    from server.admitting import Admission
    from server.calls import Call
    from server.protocol import QueryRequest
    from server.site import Site
    from server.switching import Hosted

PATH: Final = b"/sparql"
ROUTE_OF_QUERIES: Final = "/sparql"
#: Milliseconds in which an answer comes that is waited for here. No other request is
#: taken meanwhile, so this happens for as many queries at the most as workers are idle.
MOMENT: Final = 2
#: Seconds in which an answer begins that the loop waits for. After that a thread of the
#: application does, which notices when the client leaves.
PATIENCE: Final = 0.25
#: Bytes of a query string that is read here, where reading keeps others waiting.
LONGEST: Final = 8_192
#: Parameters of a query that is answered here.
PARAMETERS: Final = frozenset(
    ("query", "format", "timeout", "bom", "default-graph-uri", "named-graph-uri")
)
#: Headers that ask for more than an answer.
_SPECIAL: Final = frozenset(
    (b"if-none-match", b"if-modified-since", b"range", b"expect", b"authorization")
)
_HOSTS: Final = (b"host", b"x-forwarded-host")
#: Names of hosts of which it is remembered whether they could be.
_KNOWN: Final = 256


class Finished(NamedTuple):
    """A whole answer, as `server.replying.Reply` has it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    plain: bytes


class Asked(NamedTuple):
    """A query on its way: what was asked, its tag, how long it may take, since when."""

    begun: Begun
    request: QueryRequest
    tag: str
    seconds: float
    started: float


class Shortcut:
    """The way past the application of one release."""

    def __init__(
        self, site: Site, admission: Admission, headers: Iterable[tuple[str, str]]
    ) -> None:
        """Answer from a site as much as clients may ask, with headers of its own."""
        self._site = site
        self._admission = admission
        self._proxies = site.settings.trusted_proxies
        self._headers = [
            *((name.lower().encode(), value.encode()) for name, value in headers),
            (b"vary", b"Accept"),
            (b"cache-control", FRESH.encode()),
        ]

    def begin(self, call: Call) -> Asked | None:
        """Hand a query to a worker; None where only the application can tell."""
        headers = call.headers
        is_odd = len(headers) != len(call.scope["headers"])
        if is_odd or not _SPECIAL.isdisjoint(headers):
            return None
        if len(call.scope["query_string"]) > LONGEST:
            return None
        if not all(_is_host(headers[name]) for name in _HOSTS if name in headers):
            return None
        try:
            return self._begin(call, headers.get(b"accept"))
        except RegietafelError:
            return None

    def _begin(self, call: Call, accept: bytes | None) -> Asked | None:
        pairs = parse_pairs(call.scope["query_string"], "address")
        if not {name for name, _ in pairs} <= PARAMETERS:
            return None
        asked = request_of(pairs, self._site.settings.max_query_bytes, posted=False)
        wanted = accept.decode("latin-1") if accept is not None else None
        if asked.query is None or chosen(asked.format, wanted) is HTML:
            return None
        solutions, graph = forms = formats_of(asked.format, wanted)
        tag = tag_of(self._site, asked, forms)
        if tag is None:
            return None
        address = behind(call.address, call.headers, self._proxies)
        self._admission.admit(address, call.path)
        call.admitted = True
        seconds = seconds_of(self._site, asked)
        begun = self._site.workers.begin(
            asked.query,
            solutions=solutions,
            graph=graph,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            timeout=seconds,
            patient=False,
        )
        return Asked(begun, asked, tag, seconds, time.monotonic())

    def finish(self, asked: Asked) -> Finished:
        """Return the answer to a query that is all here."""
        answer = asked.begun.answer()
        body = b"".join(pieces_of(answer, bom=asked.request.bom))
        duration = b"query;dur=%.1f" % elapsed_since(asked.started)
        headers = [
            (b"content-type", content_type(answer.format).encode()),
            (b"content-length", b"%d" % len(body)),
            (b"server-timing", duration),
            (b"etag", f'W/"{asked.tag}"'.encode()),
            *self._headers,
        ]
        return Finished(200, headers, body)


class Underway:
    """A query that was handed to a worker of a release, which waits for its end."""

    def __init__(self, hosted: Hosted, shortcut: Shortcut, asked: Asked) -> None:
        """Keep the release, which has counted the request in."""
        self.hosted = hosted
        self.release = hosted.release.manifest.id
        self.begun = asked.begun
        self._shortcut = shortcut
        self._asked = asked

    def reply(self, milliseconds: int = MOMENT) -> Finished | None:
        """Return the answer if all of it comes in a moment, else None."""
        if not self.begun.comes_whole(milliseconds):
            return None
        return self._shortcut.finish(self._asked)

    async def reply_later(self) -> Finished | None:
        """Return the answer if it begins soon and is whole then, else None.

        Meanwhile the loop does other things; nobody looks whether the client leaves.
        """
        seconds = min(PATIENCE, self._asked.seconds)
        if await _begins(self.begun.descriptor, seconds):
            return self.reply(0)
        return None

    def close(self) -> None:
        """End the query if nobody took its answer, and let the release go."""
        self.begun.close()
        self.hosted.leave()


async def _begins(descriptor: int, seconds: float) -> bool:
    """Wait until something can be read, for some seconds; tell whether it can."""
    loop, coming = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, coming.set)
    try:
        async with asyncio.timeout(seconds):
            return await coming.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(descriptor)


@lru_cache(maxsize=_KNOWN)
def _is_host(name: bytes) -> bool:
    """Tell whether a host could be called so."""
    return bool(get_host("http", name.decode("latin-1")))
