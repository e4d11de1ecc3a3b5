"""One request as ASGI hands it over: what was asked, and the way back to its client."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from server.severing import sever

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

    from server.caching import Entry, Form, Key, State
    from server.shortcut import Underway

    Message = Mapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Headers = Iterable[tuple[bytes, bytes]]

#: Longest body in bytes that is read; the application refuses what is longer.
BODY: Final = 1_048_576
#: Seconds that a client gets to send its body, and to take one piece of an answer.
SENDING: Final = 20.0
TAKING: Final = 30.0
#: Bytes of a body that are handed to the server at once, whatever the client takes.
AT_ONCE: Final = 262_144
START: Final = "http.response.start"
BODY_OF: Final = "http.response.body"
#: The note on an answer that was kept.
HIT: Final = b"regietafel; hit"
_NOTED: Final = (b"cache-status", HIT)
#: Milliseconds that nearly every answer takes that was kept, to the tenth.
_NO_TIME: Final = (b"server-timing", b"total;dur=0.0")


class Cutoff(Exception):  # noqa: N818  it ends an answer and is no error of the server
    """An answer ends before it is whole, and so must its connection."""


class Call:
    """One request, and what has become of it so far.

    `identity` is what the answer carries as `Request-Id`; `state` is what the answer
    holds for; `route` is the rule of the path, None where no rule fits; `sent` are the
    bytes of the body; `cached` tells whether a finished answer was given; `admitted`
    whether the client was counted; `underway` is a query that a worker has already;
    `seconds` passed until the request was answered, or until its answer broke off.
    """

    __slots__ = (
        "admitted",
        "body",
        "cached",
        "gone",
        "headers",
        "identity",
        "key",
        "method",
        "receive",
        "route",
        "scope",
        "seconds",
        "send",
        "sent",
        "started",
        "state",
        "status",
        "underway",
    )

    def __init__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Read what every request needs."""
        self.started = time.perf_counter()
        self.scope = scope
        self.receive = receive
        self.send = send
        self.method: str = scope["method"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.body = self.identity = b""
        self.key: Key | None = None
        self.state: State = ("", 0)
        self.route: str | None = None
        self.underway: Underway | None = None
        self.status = self.sent = 0
        self.seconds = 0.0
        self.gone = self.cached = self.admitted = False

    @property
    def release(self) -> str:
        """Return the id of the release that was asked."""
        return self.state[0]

    async def read(self) -> int:
        """Read the body, unless it is too long; return its length.

        TimeoutError if it does not come.
        """
        told = self.headers.get(b"content-length", b"0")
        if not told.isdigit() or int(told) > BODY:
            return BODY + 1
        data = bytearray()
        async with asyncio.timeout(SENDING):
            while len(data) <= BODY:
                message = await self.receive()
                data += message.get("body", b"")
                if not message.get("more_body", False):
                    break
        self.body = bytes(data[:BODY])
        return len(data)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Note meanwhile when the client leaves."""
        watch = asyncio.ensure_future(self._watch())
        try:
            yield
        finally:
            watch.cancel()

    async def _watch(self) -> None:
        while not self.gone:
            message = await self.receive()
            self.gone = message["type"] == "http.disconnect"

    def head(self, status: int, headers: Headers, note: bytes) -> Message:
        """Return the status and the headers, with what all answers carry."""
        self.status = status
        added = (
            (b"cache-status", note),
            (b"request-id", self.identity),
            self._timing(),
        )
        return {"type": START, "status": status, "headers": [*headers, *added]}

    def _timing(self) -> tuple[bytes, bytes]:
        milliseconds = (time.perf_counter() - self.started) * 1_000
        return b"server-timing", b"total;dur=%.1f" % milliseconds

    def repeat(self, entry: Entry, form: Form) -> tuple[Message, Message]:
        """Return both messages of an answer that was kept."""
        self.cached, self.route, self.status = True, entry.route, form.status
        body = b"" if self.method == "HEAD" else form.body
        self.sent = len(body)
        age = b"age", b"%d" % (self.started - entry.stored)
        tenths = int((time.perf_counter() - self.started) * 10_000)
        timing = self._timing() if tenths else _NO_TIME
        named = b"request-id", self.identity
        headers = [*form.headers, age, _NOTED, named, timing]
        return (
            {"type": START, "status": form.status, "headers": headers},
            {"type": BODY_OF, "body": body, "more_body": False},
        )

    async def begin(self, status: int, headers: Headers, note: bytes) -> None:
        """Send the status and the headers of an answer that follows piece by piece."""
        await self.send(self.head(status, headers, note))

    async def give(
        self, status: int, headers: Headers, body: bytes, note: bytes
    ) -> None:
        """Send a whole answer; nobody waits for one that is sent at once.

        The server would keep a longer one for as long as its client likes, so that is
        sent in pieces. Of an answer to HEAD the body stays here.
        """
        if self.gone:
            raise Cutoff
        await self.send(self.head(status, headers, note))
        body = b"" if self.method == "HEAD" else body
        if len(body) > AT_ONCE:
            await self.put(body)
        else:
            await self.send({"type": BODY_OF, "body": body, "more_body": False})
            self.sent += len(body)

    async def put(self, body: bytes, *, more: bool = False) -> None:
        """Send a part of the body; Cutoff if the client takes nothing for a while."""
        last = max(len(body) - 1, 0) // AT_ONCE * AT_ONCE
        for start in range(0, last, AT_ONCE):
            await self._put(body[start : start + AT_ONCE], more=True)
        await self._put(body[last:], more=more)

    async def _put(self, piece: bytes, *, more: bool) -> None:
        if self.gone:
            raise Cutoff
        try:
            async with asyncio.timeout(TAKING):
                await self.send({"type": BODY_OF, "body": piece, "more_body": more})
        except TimeoutError:
            address, port = self.scope["client"]
            sever(address, int(port))
            raise Cutoff from None
        self.sent += len(piece)

    @property
    def path(self) -> str:
        """Return the path that was asked for, decoded."""
        path: str = self.scope["path"]
        return path

    @property
    def query(self) -> str:
        """Return the query string as it was sent."""
        query: bytes = self.scope["query_string"]
        return query.decode("latin-1")

    @property
    def address(self) -> str | None:
        """Return the address of the client, None if there is no knowing."""
        client = self.scope.get("client")
        return client[0] if client else None
