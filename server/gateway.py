"""Answers ASGI requests: from the cache at once, else from the application in a thread.

What is in the cache is given in the thread that brings a request, before any loop.
The application speaks WSGI. A thread makes each piece of an answer and is free while
the piece travels, so slow clients hold no thread. An answer that breaks off breaks the
connection, a client that leaves stops its query, and one that takes nothing for a while
is cut off. Every request ends in one place, which tells what became of it.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from graph.errors import AnswerBrokenError
from server.admitting import ADMITTED
from server.answering import ABANDONED
from server.caching import Cache, entry_of, key_of, may_keep
from server.calls import AT_ONCE, HIT, Call, Cutoff
from server.coding import WHOLE, varied
from server.eager import reach_the_loop
from server.environ import environ_of
from server.errors import Problem
from server.refusing import refusal
from server.replying import UNCHANGED, Reply, pressed
from server.shortcut import PATH, ROUTE_OF_QUERIES
from server.site import ROUTE
from server.sparql import UNDERWAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIApplication

    from server.caching import Entry, Key, State
    from server.calls import Message, Receive, Send
    from server.shortcut import Finished, Underway

LOG: Final = logging.getLogger(__name__)
#: Where a request holds the id that its answer carries.
REQUEST_ID: Final = "regietafel.request"
#: Requests that are worked on at once, and those that may wait for it.
THREADS: Final = 32
QUEUE: Final = 256
#: Longest body of a request whose answer is kept.
KEYED: Final = 65_536
#: Bytes of a body that is compressed sooner than it is handed to a thread for that.
LITTLE: Final = 16_384
#: Methods without a body.
BODILESS: Final = frozenset(("GET", "HEAD"))
_NAME: Final = re.compile(rb"[\w-]{8,64}")
_OVERLOADED: Final = Problem(
    503,
    "overloaded",
    "Too many requests wait already.",
    "Try again in a few seconds.",
    headers={"Retry-After": "2"},
)
_TUNNEL: Final = Problem(
    405,
    "method",
    "This server is no proxy.",
    "Ask it for its own pages.",
    headers={"Allow": "GET, HEAD, POST, OPTIONS"},
)
_SLOW: Final = Problem(
    408, "slow-body", "The body of the request did not come.", "Send it at once."
)


class Gateway:
    """The ASGI application in front of the one that speaks WSGI."""

    def __init__(
        self,
        application: WSGIApplication,
        state: Callable[[], State],
        cache: Cache,
        observe: Iterable[Callable[[Call], None]] = (),
        *,
        begin: Callable[[Call], Underway | None] = lambda _: None,
    ) -> None:
        """Answer from an application.

        `state` tells what answers of the moment hold for; `begin` hands a query to a
        worker ahead of the application, if it can.
        """
        self._begin = begin
        self._application = application
        self._state = state
        self._cache = cache
        self._observers = tuple(observe)
        self._pool = ThreadPoolExecutor(THREADS, "request")
        self._waiting = 0
        name = b"%s%%08x" % os.urandom(6).hex().encode()
        self._identities = map(name.__mod__, itertools.count())

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, and tell what became of it."""
        if scope["type"] != "http":
            return
        call = Call(scope, receive, send)
        given = call.headers.get(b"x-request-id")
        is_name = given is not None and _NAME.fullmatch(given)
        call.identity = given if given and is_name else next(self._identities)
        call.state = self._state()
        try:
            if call.method in BODILESS and (found := self._kept(call)):
                start, body = found
                await send(start)
                await send(body)
            elif call.method == "GET" and scope["raw_path"] == PATH:
                await self._answer_ahead(call)
            else:
                await reach_the_loop()
                await self._answer(call)
        finally:
            call.seconds = time.perf_counter() - call.started
            for observe in self._observers:
                observe(call)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _kept(self, call: Call) -> tuple[Message, Message] | None:
        """Return the messages of a kept answer that can be sent at once."""
        call.key = key = key_of(call)
        entry = self._cache.find(key, call.state) if key else None
        form = entry.form(call.headers) if entry else None
        if entry is None or form is None or len(form.body) > AT_ONCE:
            return None
        return call.repeat(entry, form)

    async def _answer_ahead(self, call: Call) -> None:
        """Have a worker answer at once, else the application."""
        call.underway = self._begin(call)
        try:
            reply = call.underway.reply() if call.underway else None
            if reply is None or len(reply.plain) > LITTLE:
                await reach_the_loop()
            if call.underway and reply is None:
                reply = await call.underway.reply_later()
            if call.underway and reply:
                call.route = ROUTE_OF_QUERIES
                call.state = call.underway.release, call.state[1]
                await self._send_whole(call, reply)
            else:
                await self._answer(call)
        finally:
            if call.underway:
                call.underway.close()

    async def _answer(self, call: Call) -> None:
        if call.method == "CONNECT":
            await self._refuse(call, _TUNNEL)
            return
        length = 0
        if call.method not in BODILESS:
            try:
                length = await call.read()
            except TimeoutError:
                await self._refuse(call, _SLOW)
                return
            is_short = call.method == "POST" and length <= KEYED
            call.key = key_of(call) if is_short else None
        entry = self._cache.find(call.key, call.state) if call.key else None
        if entry and call.key:
            async with call.watched():
                await self._give(call, call.key, entry, HIT)
        elif self._waiting >= THREADS + QUEUE:
            await self._refuse(call, _OVERLOADED)
        else:
            await self._work(call, length)

    async def _give(self, call: Call, key: Key, entry: Entry, note: bytes) -> None:
        """Answer with what is kept, compressed once for all who want it so."""
        form = entry.form(call.headers)
        if not form:
            coding = entry.coding(call.headers.get(b"accept-encoding", b""))
            plain = entry.plain
            body = await self._pressed(len(plain), WHOLE[coding], plain)
            form = self._cache.add_form(key, entry, coding, body)
        call.cached, call.route = note is HIT, entry.route
        age = (b"age", b"%d" % entry.age())
        await call.give(form.status, (*form.headers, age), form.body, note)

    async def _work(self, call: Call, length: int) -> None:
        """Have the application answer, and stop it when the client leaves."""
        async with call.watched():
            environ = environ_of(call.scope, call.body, length)
            if call.method == "HEAD":
                environ["REQUEST_METHOD"] = "GET"
            environ[REQUEST_ID] = call.identity.decode()
            environ[ABANDONED] = lambda: call.gone
            environ[ADMITTED] = call.admitted
            if call.underway:
                environ[UNDERWAY] = call.underway
            reply = await self._threaded(Reply, self._application, environ)
            call.route = environ.get(ROUTE)
            found = dict(reply.headers).get(b"regietafel-release", b"")
            call.state = found.decode("latin-1") or call.release, call.state[1]
            await (self._send_whole if reply.is_whole else self._stream)(call, reply)

    def _is_kept(self, call: Call, reply: Reply | Finished) -> bool:
        return (
            call.key is not None
            and reply.status == 200  # noqa: PLR2004  OK
            and self._is_present(call)
            and may_keep(reply.headers)
        )

    def _is_present(self, call: Call) -> bool:
        """Tell whether nothing took over since a request came."""
        return call.state == self._cache.state

    async def _send_whole(self, call: Call, reply: Reply | Finished) -> None:
        if call.key and self._is_kept(call, reply):
            entry = entry_of(reply.headers, reply.plain, call.route)
            if self._cache.takes(len(reply.plain)):
                self._cache.keep(call.key, entry, call.state)
            await self._give(call, call.key, entry, b"regietafel; fwd=miss; stored")
            return
        note = b"regietafel; fwd=bypass"
        if reply.status == UNCHANGED:
            await call.give(UNCHANGED, varied(reply.headers), b"", note)
            return
        accept = call.headers.get(b"accept-encoding", b"")
        parts = reply.headers, reply.plain, accept
        headers, body = await self._pressed(len(reply.plain), pressed, *parts)
        await call.give(reply.status, headers, body, note)

    async def _stream(self, call: Call, reply: Reply) -> None:
        """Send an answer piece by piece; keep it if it proves to be short."""
        is_asked, gathered = call.method != "HEAD", None
        if is_asked and self._is_kept(call, reply):
            gathered = bytearray()
        reply.compress_for(call.headers.get(b"accept-encoding", b""))
        try:
            await call.begin(reply.status, reply.headers, b"regietafel; fwd=miss")
            while is_asked and (made := await self._threaded(reply.more)):
                plain, piece = made
                if gathered is not None:
                    gathered += plain
                    if not self._cache.takes(len(gathered)):
                        gathered = None
                await call.put(piece, more=True)
            await call.put(b"")
        except AnswerBrokenError as error:
            LOG.info("an answer broke off: %s", error.message)
            raise Cutoff from None
        finally:
            await self._threaded(reply.close)
        if gathered is not None and call.key and self._is_present(call):
            headers = [h for h in reply.headers if h[0] != b"content-encoding"]
            entry = entry_of(headers, bytes(gathered), call.route)
            self._cache.keep(call.key, entry, call.state)

    async def _refuse(self, call: Call, problem: Problem) -> None:
        """Answer a problem that the application is not asked about."""
        headers, body = refusal(call, problem)
        headers.append((b"regietafel-release", call.release.encode()))
        await call.give(problem.status, headers, body, b"regietafel; fwd=bypass")

    async def _pressed(
        self,
        size: int,
        function: Callable[..., Any],
        *arguments: Any,  # noqa: ANN401  as the function's
    ) -> Any:  # noqa: ANN401  as the function's
        """Return what a function makes of so many bytes: little is done at once."""
        if size <= LITTLE:
            return function(*arguments)
        return await self._threaded(function, *arguments)

    async def _threaded(self, function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401  as the function's
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, function, *arguments)
        finally:
            self._waiting -= 1
