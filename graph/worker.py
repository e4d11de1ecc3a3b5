"""A query worker: a process that answers one query at a time and may be killed.

Run as `python -m graph.worker STORE MEMORY`. It reads requests from standard input and
writes answers to standard output, both in frames: four bytes of length (big-endian),
then as many bytes. An answer is a frame of JSON (its kind, or an error), frames of the
answer itself, and an empty frame.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO, Final

from graph.errors import NotAcceptableAnswerError, QuerySyntaxError
from graph.formats import by_name
from graph.store import Store

LENGTH: Final = struct.Struct(">I")
CHUNK: Final = 65_536


class Frames(io.RawIOBase):
    """A file that sends what is written to it in frames of at least `CHUNK` bytes."""

    def __init__(self, out: BinaryIO) -> None:
        """Keep the stream that the frames go to."""
        self._out = out
        self._held = bytearray()

    def writable(self) -> bool:
        """Tell that this is a file for writing."""
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401  any buffer, as in io
        """Hold bytes back until there are enough for a frame."""
        piece = bytes(data)
        self._held += piece
        if len(self._held) >= CHUNK:
            self.send()
        return len(piece)

    def send(self) -> None:
        """Send what is held as one frame."""
        if self._held:
            send_frame(self._out, bytes(self._held))
            self._held.clear()


def send_frame(out: BinaryIO, payload: bytes) -> None:
    """Write one frame; an empty payload ends an answer."""
    out.write(LENGTH.pack(len(payload)) + payload)
    out.flush()


def serve(store: Store, requests: BinaryIO, out: BinaryIO) -> None:
    """Answer requests until the stream of requests ends."""
    while head := requests.read(LENGTH.size):
        request = json.loads(requests.read(LENGTH.unpack(head)[0]))
        answer(store, request, out)


def answer(store: Store, request: dict[str, Any], out: BinaryIO) -> None:
    """Answer one request; an error that comes before the answer is sent as its head."""
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
        place = {"line": error.line, "column": error.column, "reason": error.reason}
        send_frame(out, json.dumps({"error": "syntax", **place}).encode())
        return
    except NotAcceptableAnswerError as error:
        refusal = {"error": "not acceptable", "kind": error.kind}
        send_frame(out, json.dumps(refusal).encode())
        return
    except ValueError as error:
        send_frame(out, json.dumps({"error": "refused", "reason": str(error)}).encode())
        return
    send_frame(out, json.dumps({"kind": kind}).encode())
    frames = Frames(out)
    write(frames)  # type: ignore[arg-type]  # a raw file is all that Oxigraph needs
    frames.send()
    send_frame(out, b"")


def limit_memory(allowance: int) -> None:
    """Let this process grow by `allowance` bytes of address space, where that works."""
    import resource  # noqa: PLC0415  absent on Windows

    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + allowance
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def end_with_parent() -> None:
    """End this process when the one that started it is gone, even amid a query."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main(arguments: list[str]) -> None:
    """Open the store named first and serve it within the memory named second."""
    store = Store.read_only(Path(arguments[0]))
    limit_memory(int(arguments[1]))
    threading.Thread(target=end_with_parent, daemon=True).start()
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(store, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main(sys.argv[1:])
