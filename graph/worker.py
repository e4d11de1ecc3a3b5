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
import struct
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graph.errors import NotAcceptableAnswerError, QuerySyntaxError, StoreError
from graph.formats import by_name
from graph.store import check_query

if TYPE_CHECKING:
    import socket

    from graph.interfaces import AskedStore

LENGTH: Final = struct.Struct(">I")
#: Bytes of the first frame of an answer, and of each that follows.
FIRST: Final = 8_192
CHUNK: Final = 262_144
#: Bytes of stack for a query. The longest that is let in may nest some ten thousand
#: deep without a bracket, as in 1+1+1; Linux keeps 128 MiB free beneath a stack.
STACK: Final = 112 * 1024 * 1024


class Frames(io.RawIOBase):
    """A file that sends in frames what is written to it, after a head."""

    def __init__(self, out: socket.socket, head: bytes) -> None:
        """Keep the socket that the frames go to; the head goes with the first."""
        self._out = out
        self._before = frame(head)
        self._held = bytearray()
        self._least = FIRST

    @property
    def has_begun(self) -> bool:
        """Tell whether anything was sent, so that an error comes too late."""
        return not self._before

    def writable(self) -> bool:
        """Tell that this is a file for writing."""
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401  any buffer, as in io
        """Hold bytes back until there are enough for a frame."""
        piece = bytes(data)
        self._held += piece
        if len(self._held) >= self._least:
            self._out.sendall(self._before + frame(self._held))
            self._before, self._least = b"", CHUNK
            self._held = bytearray()
        return len(piece)

    def end(self) -> None:
        """Send what is left, and the end of the answer."""
        rest = frame(self._held) if self._held else b""
        self._out.sendall(self._before + rest + frame(b""))


def frame(payload: bytes | bytearray) -> bytes:
    """Return a frame; an empty payload ends an answer."""
    return LENGTH.pack(len(payload)) + payload


def serve(store: AskedStore, peer: socket.socket) -> None:
    """Answer requests until there are no more."""
    requests = peer.makefile("rb")
    while head := requests.read(LENGTH.size):
        request = json.loads(requests.read(LENGTH.unpack(head)[0]))
        answer(store, request, peer)


def answer(store: AskedStore, request: dict[str, Any], out: socket.socket) -> None:
    """Answer one request; an error that comes before the answer is sent as its head."""
    if request.get("check"):
        out.sendall(frame(json.dumps(check(request["query"])).encode()))
        return
    syntaxes = {
        kind: by_name(name) if name else None
        for kind, name in request["syntaxes"].items()
    }
    try:
        kind, write = store.answer(
            request["query"],
            syntaxes,
            request["default_graphs"],
            request["named_graphs"],
        )
    except QuerySyntaxError as error:
        refusal = _syntax_error(error)
    except NotAcceptableAnswerError as error:
        refusal = {"error": "not acceptable", "kind": error.kind}
    except ValueError as error:
        refusal = {"error": "refused", "reason": str(error)}
    except StoreError as error:
        refusal = _store_error(error)
    else:
        frames = Frames(out, json.dumps({"kind": kind}).encode())
        try:
            write(frames)  # type: ignore[arg-type]  # a raw file is all that it needs
        except StoreError as error:
            if frames.has_begun:
                raise
            refusal = _store_error(error)
        else:
            frames.end()
            return
    out.sendall(frame(json.dumps(refusal).encode()))


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
    return {"error": "syntax", **place}


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


def run(store: AskedStore, peer: socket.socket, allowance: int, parent: int) -> None:
    """Serve a store to a peer within an allowance of memory in bytes."""
    deepen_stack()
    limit_memory(allowance)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    with contextlib.suppress(OSError, KeyboardInterrupt, StoreError):
        serve(store, peer)
