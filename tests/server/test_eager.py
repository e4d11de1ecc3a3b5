"""The loop lets a request be answered by the thread that brings it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from server.caching import Cache
from server.eager import EagerLoop, reach_the_loop
from server.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from wsgiref.types import StartResponse, WSGIEnvironment

    from server.calls import Call

    Listen = Callable[[Gateway], AbstractContextManager[str]]


@contextmanager
def running(loop: asyncio.AbstractEventLoop) -> Iterator[threading.Thread]:
    """Run a loop in a thread of its own."""
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield thread
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.mark.parametrize("build", [EagerLoop, asyncio.SelectorEventLoop])
@pytest.mark.parametrize("wait", [False, True])
def test_what_waits_is_continued_on_the_loop(
    build: Callable[[], asyncio.AbstractEventLoop], *, wait: bool
) -> None:
    """And begun there too by a loop that knows of no first step."""
    seen: list[threading.Thread] = []
    done = threading.Event()

    async def step() -> None:
        seen.append(threading.current_thread())
        if wait:
            await reach_the_loop()
            seen.append(threading.current_thread())
        done.set()

    loop, own = build(), threading.current_thread()
    with running(loop) as thread:
        loop.call_soon_threadsafe(loop.create_task, step())
        assert done.wait(10)

    first = own if build is EagerLoop else thread
    assert seen == ([first, thread] if wait else [first])


def test_only_an_answer_that_is_ready_spares_the_loop(listen: Listen) -> None:
    """What is worked out, and what is compressed for the first time, wakes it."""
    threads: dict[bytes, int] = {}

    def application(_: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        lasts = ("Cache-Control", "public, max-age=60")
        text = ("Content-Type", "text/plain")
        start("200 OK", [text, lasts, ("Content-Length", "2000")])
        return [b"x" * 2_000]

    def observe(call: Call) -> None:
        threads[call.identity] = threading.get_ident()

    asked = (
        ("GET", {"Accept-Encoding": "identity"}, True),
        ("GET", {"Accept-Encoding": "identity"}, False),
        ("GET", {"Accept-Encoding": "gzip"}, True),
        ("GET", {"Accept-Encoding": "gzip"}, False),
        ("HEAD", {"Accept-Encoding": "gzip"}, False),
        ("GET", {"If-None-Match": "*"}, False),
    )
    gateway = Gateway(application, lambda: ("a", 0), Cache(1_000_000), (observe,))
    with listen(gateway) as url:
        for number, (method, headers, _) in enumerate(asked):
            name = {"X-Request-Id": f"request-{number}"}
            httpx.request(method, url, headers=headers | name, timeout=60)

    loop = threads[b"request-0"]
    found = [threads[b"request-%d" % n] == loop for n in range(len(asked))]
    assert found == [item[2] for item in asked]
