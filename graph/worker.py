"""A query worker: a process that answers one query at a time and may be killed.

Requests and answers travel in frames: four bytes of length (big-endian), then as many
bytes. An answer is a frame of JSON (its kind, or an error), frames of the answer
itself, and an empty frame. What is short travels at once; the first part of what is
long is small, so that its reader need not wait.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import struct
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graph.errors import (
    NotAcceptableAnswerError,
    QuerySyntaxError,
    RegietafelError,
    StoreError,
)
from graph.federating import admit, directed, harmless
from graph.formats import by_name
from graph.paging import Settling
from graph.store import check_query

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from graph.interfaces import AskedStore
    from graph.relaying import Relay

LENGTH: Final = struct.Struct(">I")
#: Bytes of the first frame of an answer, and of each that follows.
FIRST: Final = 8_192
CHUNK: Final = 262_144
#: Bytes of stack for a query. The longest that is let in may nest some ten thousand
#: deep without a bracket, as in 1+1+1; Linux keeps 128 MiB free beneath a stack.
STACK: Final = 112 * 1024 * 1024
#: Bytes that are held back of an answer that others have a part in, so that what they
#: fail to do is known when it begins.
WHOLE: Final = 1 << 20


class Frames(io.RawIOBase):
    """A file that sends in frames what is written to it, after a head."""

    def __init__(
        self,
        out: socket.socket,
        head: Callable[[], dict[str, object]],
        least: int = FIRST,
    ) -> None:
        """Keep the socket that the frames go to; the head goes with the first.

        `least` is how many bytes are held back until the first goes.
        """
        self._out = out
        self._head = head
        self._has_begun = False
        self._held = bytearray()
        self._least = least

    @property
    def has_begun(self) -> bool:
        """Tell whether anything was sent, so that an error comes too late."""
        return self._has_begun

    def writable(self) -> bool:
        """Tell that this is a file for writing."""
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401  any buffer, as in io
        """Hold bytes back until there are enough for a frame."""
        piece = bytes(data)
        self._held += piece
        if len(self._held) >= self._least:
            self._out.sendall(self._before() + frame(self._held))
            self._least = CHUNK
            self._held = bytearray()
        return len(piece)

    def end(self) -> None:
        """Send what is left, and the end of the answer."""
        rest = frame(self._held) if self._held else b""
        self._out.sendall(self._before() + rest + END)

    def _before(self) -> bytes:
        """Return what comes before the frame that is sent now."""
        first, self._has_begun = not self._has_begun, True
        return frame(json.dumps(self._head()).encode()) if first else b""


def frame(payload: bytes | bytearray) -> bytes:
    """Return a frame; an empty payload ends an answer."""
    return LENGTH.pack(len(payload)) + payload


#: The frame that ends an answer.
END: Final = frame(b"")


def serve(store: AskedStore, peer: socket.socket, *, settles: bool = False) -> None:
    """Answer requests until there are no more.

    One that `settles` puts its memory together after those that touched much of it.
    """
    requests = peer.makefile("rb")
    settling = Settling() if settles else None
    coming = select.poll()
    coming.register(peer, select.POLLIN)
    while head := requests.read(LENGTH.size):
        request = json.loads(requests.read(LENGTH.unpack(head)[0]))
        answer(store, request, peer)
        if settling:
            settling.settle(lambda: bool(coming.poll(0)))


def answer(store: AskedStore, request: dict[str, Any], out: socket.socket) -> None:
    """Answer one request; an error that comes before the answer is sent as its head."""
    if request.get("check"):
        out.sendall(frame(json.dumps(check(request["query"])).encode()))
    elif request.get("services"):
        _answer_with_others(store, request, out)
    else:
        _answer(store, request, out)


def _answer(
    store: AskedStore,
    request: dict[str, Any],
    out: socket.socket,
    relay: Relay | None = None,
) -> None:
    syntaxes = {
        kind: by_name(name) if name else None
        for kind, name in request["syntaxes"].items()
    }
    frames: Frames | None = None
    try:
        kind, write = store.answer(
            request["query"],
            syntaxes,
            request["default_graphs"],
            request["named_graphs"],
        )
        frames = Frames(out, partial(_head, kind, relay), WHOLE if relay else FIRST)
        write(frames)  # type: ignore[arg-type]  # a raw file is all that it needs
    except (RegietafelError, ValueError, OSError, RuntimeError) as error:
        refusal = _refusal(error, relay)
        if refusal is None or (frames and frames.has_begun):
            raise
        out.sendall(frame(json.dumps(refusal).encode()))
    else:
        frames.end()


def _answer_with_others(
    store: AskedStore, request: dict[str, Any], out: socket.socket
) -> None:
    """Answer a query with SERVICE clauses, whose endpoints a relay asks."""
    from graph.body import Bounds  # noqa: PLC0415  only then is HTTP needed
    from graph.relaying import Relay  # noqa: PLC0415

    query, services = request["query"], request["services"]
    clauses = admit(query, services["endpoints"])
    refusal = check(harmless(query, clauses))
    if "error" in refusal:
        out.sendall(frame(json.dumps(refusal).encode()))
        return
    bounds = Bounds(seconds=services["seconds"], size=services["size"], connections=1)
    with Relay(services["endpoints"], bounds) as relay:
        directly = directed(query, clauses, relay.address)
        _answer(store, request | {"query": directly}, out, relay)


def _head(kind: str, relay: Relay | None) -> dict[str, object]:
    """Return the head of an answer, with the endpoints that gave nothing to it."""
    failed = (
        {iri: error.reason for iri, error in relay.failures.items()} if relay else {}
    )
    return {"kind": kind, "failed": failed}


def _refusal(error: Exception, relay: Relay | None) -> dict[str, object] | None:
    """Return what went wrong, as the head of an answer; None if that is unforeseen."""
    if relay and relay.failures and isinstance(error, OSError | RuntimeError):
        last = list(relay.failures.values())[-1]
        told = {"endpoint": last.endpoint, "reason": last.reason}
        return {"error": "service", "class": type(last).__name__, **told}
    if isinstance(error, QuerySyntaxError):
        return _syntax_error(error)
    if isinstance(error, NotAcceptableAnswerError):
        return {"error": "not acceptable", "kind": error.kind}
    if isinstance(error, StoreError):
        return _store_error(error)
    if isinstance(error, ValueError):
        return {"error": "refused", "reason": str(error)}
    return None


def check(query: str) -> dict[str, object]:
    """Return whether a query parses, as the head of an answer; it is asked of nothing.

    What does not parse has its place and the reason.
    """
    try:
        check_query(query)
    except QuerySyntaxError as error:
        return _syntax_error(error)
    return {"kind": "checked"}


def _store_error(error: StoreError) -> dict[str, object]:
    """Return what a store elsewhere did wrong, as the head of an answer."""
    return {"error": "store", "class": type(error).__name__, "reason": error.reason}


def _syntax_error(error: QuerySyntaxError) -> dict[str, object]:
    place = {"line": error.line, "column": error.column, "reason": error.reason}
    fault = {"fault": error.fault, "found": error.found, "likely": error.likely}
    return {"error": "syntax", **place, **fault}


def limit_memory(allowance: int) -> None:
    """Let this process grow by `allowance` bytes of address space, where that works."""
    import resource  # noqa: PLC0415  absent on Windows

    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + allowance
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def deepen_stack() -> None:
    """Let the stack of this process grow to STACK, as far as the system lets it."""
    import resource  # noqa: PLC0415  absent on Windows

    with contextlib.suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_STACK)
        wanted = STACK if most == resource.RLIM_INFINITY else min(STACK, most)
        resource.setrlimit(resource.RLIMIT_STACK, (wanted, most))


def end_with(parent: int) -> None:
    """End this process when the one that forked it is gone, even amid a query."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def run(
    store: AskedStore,
    peer: socket.socket,
    allowance: int,
    parent: int,
    *,
    settles: bool = False,
) -> None:
    """Serve a store to a peer, as `serve` does; `allowance` is bytes of memory."""
    deepen_stack()
    limit_memory(allowance)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    with contextlib.suppress(OSError, KeyboardInterrupt, StoreError):
        serve(store, peer, settles=settles)
