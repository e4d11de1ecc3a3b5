"""The pool of query workers: every query from outside runs in one of them.

A worker that passes its deadline, dies or is no longer listened to is killed and
replaced, so no query can harm another or the server. Oxigraph can neither time out nor
cancel a query, which is why the limits are those of processes.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from graph.errors import (
    AnswerBrokenError,
    NotAcceptableAnswerError,
    QueryError,
    QueryMemoryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    WorkersBusyError,
)
from graph.guarding import guard
from graph.paths import ROOT
from graph.worker import LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import IO

    from graph.formats import Format

RETRY_AFTER: Final = 2


@dataclass(frozen=True)
class Limits:
    """What queries may use: workers, seconds each, bytes each, seconds in the queue."""

    workers: int = 2
    seconds: float = 10.0
    memory: int = 512 * 1024 * 1024
    wait: float = 2.0


class Worker:
    """One worker process and the pipes to it."""

    def __init__(self, store: Path, memory: int) -> None:
        """Start the process; it opens the store while its first query travels."""
        self._process = subprocess.Popen(  # noqa: S603  our own module, no shell
            [sys.executable, "-m", "graph.worker", str(store), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    def send(self, request: dict[str, object]) -> None:
        """Send one request; QueryMemoryError if the worker is gone."""
        payload = json.dumps(request).encode()
        try:
            self._requests.write(LENGTH.pack(len(payload)) + payload)
            self._requests.flush()
        except OSError:
            raise QueryMemoryError from None

    def receive(self, deadline: float, seconds: float) -> bytes:
        """Return the next frame; QueryTimeoutError at the deadline (monotonic time)."""
        length = LENGTH.unpack(self._read(LENGTH.size, deadline, seconds))[0]
        return self._read(length, deadline, seconds)

    def kill(self) -> None:
        """End the process at once and wait until it is gone."""
        self._process.kill()
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._process.wait()

    def _read(self, size: int, deadline: float, seconds: float) -> bytes:
        descriptor = self._answers.fileno()
        data = bytearray()
        while len(data) < size:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([descriptor], [], [], left)[0]:
                raise QueryTimeoutError(seconds)
            piece = os.read(descriptor, size - len(data))
            if not piece:
                raise QueryMemoryError
            data += piece
        return bytes(data)


class Answer:
    """An answer on its way: its kind, its format, and its bytes in chunks.

    `kind` is `solutions`, `boolean` or `graph`. Whoever takes the answer reads `chunks`
    to the end or calls `close`; either gives the worker back.
    """

    def __init__(self, kind: str, syntax: Format, chunks: Iterator[bytes]) -> None:
        """Keep what is known and the generator that reads on."""
        self.kind = kind
        self.format = syntax
        self.chunks = chunks

    def close(self) -> None:
        """Stop the answer, wherever it is."""
        self.chunks.close()  # type: ignore[attr-defined]  # it is a generator


class QueryWorkers:
    """Workers that serve one store, handed out one query at a time."""

    def __init__(self, store: Path, limits: Limits | None = None) -> None:
        """Start the workers."""
        self.limits = limits or Limits()
        self._store = store
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for _ in range(self.limits.workers):
            self._idle.put(self._start())

    def evaluate(  # noqa: PLR0913  the parameters of the SPARQL Protocol
        self,
        query: str,
        *,
        solutions: Format | None,
        graph: Format | None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Answer:
        """Begin a query and return its answer once the first bytes are there.

        `solutions` and `graph` are the formats for each kind of answer, None where none
        is acceptable; `timeout` (seconds) can only shorten the limit. Raises the
        QueryErrors of `graph.errors`.
        """
        guard(query)
        seconds = min(timeout or self.limits.seconds, self.limits.seconds)
        worker = self._take()
        deadline = time.monotonic() + seconds
        syntaxes = {"solutions": solutions, "graph": graph}
        request: dict[str, object] = {
            "query": query,
            "syntaxes": {
                k: item.name if item else None for k, item in syntaxes.items()
            },
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
        }
        try:
            worker.send(request)
            head = json.loads(worker.receive(deadline, seconds))
            first = b"" if "error" in head else worker.receive(deadline, seconds)
        except QueryError:
            self._replace(worker)
            raise
        if "error" in head:
            self._idle.put(worker)
            raise _refusal(head)
        chosen = syntaxes["graph" if head["kind"] == "graph" else "solutions"]
        chunks = self._chunks(worker, first, deadline, seconds)
        return Answer(head["kind"], chosen, _begun(chunks))  # type: ignore[arg-type]

    def close(self) -> None:
        """End every idle worker."""
        while not self._idle.empty():
            self._idle.get().kill()

    def _start(self) -> Worker:
        return Worker(self._store, self.limits.memory)

    def _take(self) -> Worker:
        try:
            return self._idle.get(timeout=self.limits.wait)
        except queue.Empty:
            raise WorkersBusyError(RETRY_AFTER) from None

    def _replace(self, worker: Worker) -> None:
        worker.kill()
        self._idle.put(self._start())

    def _chunks(
        self, worker: Worker, first: bytes, deadline: float, seconds: float
    ) -> Iterator[bytes]:
        """Yield the chunks, the first one empty, and give the worker back."""
        done = False
        try:
            yield b""
            chunk = first
            while chunk:
                yield chunk
                chunk = worker.receive(deadline, seconds)
            done = True
        except QueryError as error:
            raise AnswerBrokenError(error.message) from None
        finally:
            if done:
                self._idle.put(worker)
            else:
                self._replace(worker)


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Start a generator, so that closing it runs its `finally`."""
    next(chunks)
    return chunks


def _refusal(head: dict[str, str]) -> QueryError:
    """Return the error that a worker reported instead of an answer."""
    if head["error"] == "syntax":
        return QuerySyntaxError(head["reason"], int(head["line"]), int(head["column"]))
    if head["error"] == "not acceptable":
        return NotAcceptableAnswerError(head["kind"])
    return QueryRefusedError(head["reason"], "Correct the request.")
