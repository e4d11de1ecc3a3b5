"""Answers on their way from a query worker: whole if they are short, else in chunks."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING

from graph.errors import (
    AnswerBrokenError,
    NotAcceptableAnswerError,
    QueryError,
    QueryEvictedError,
    QueryRefusedError,
    QuerySyntaxError,
    service_error,
    store_error,
)
from graph.lanes import RETRY_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graph.errors import StoreError
    from graph.formats import Format
    from graph.lanes import Lanes
    from graph.starting import Worker


class Answer:
    """An answer on its way: its kind, its format, and its bytes in chunks.

    `kind` is `solutions`, `boolean` or `graph`. Whoever takes the answer reads `chunks`
    to the end or calls `close`; either gives the worker back. `whole` is the answer if
    it is so short that it is all here already. `services` are the endpoints that had a
    part in it, each with the reason why it gave nothing, empty if it did.
    """

    def __init__(
        self,
        kind: str,
        syntax: Format,
        chunks: Iterator[bytes],
        whole: bytes | None = None,
        services: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Keep what is known and the generator that reads on."""
        self.services = services
        self.kind = kind
        self.format = syntax
        self.chunks = chunks
        self.whole = whole

    def close(self) -> None:
        """Stop the answer, wherever it is."""
        self.chunks.close()  # type: ignore[attr-defined]  # it is a generator


class Begun:
    """A query that a worker has, whose answer is still to come.

    Whoever has begun it takes the `answer`, or calls `close`. `syntaxes` are the
    formats for answers of kind `solutions` and `graph`, `services` the endpoints that
    have a part in it, and `longest` is the number of bytes that it may have.
    """

    def __init__(
        self,
        lanes: Lanes,
        worker: Worker,
        syntaxes: Mapping[str, Format | None],
        services: Mapping[str, str],
        longest: int,
    ) -> None:
        """Keep what is known of the query, and where its worker goes in the end."""
        self._lanes = lanes
        self._worker: Worker | None = worker
        self._syntaxes = syntaxes
        self._services = services
        self._longest = longest

    @property
    def descriptor(self) -> int:
        """Return the file descriptor at which the answer comes."""
        assert self._worker  # noqa: S101  nobody waits for what was taken
        return self._worker.descriptor

    def comes_whole(self, milliseconds: int) -> bool:
        """Tell whether a short answer comes whole within some milliseconds."""
        return self._worker is not None and self._worker.await_whole(milliseconds)

    def answer(self, abandoned: Callable[[], bool] = lambda: False) -> Answer:
        """Return the answer once its first bytes are there.

        `abandoned` tells whether nobody waits any more. Raises the QueryErrors of
        `graph.errors`.
        """
        assert self._worker  # noqa: S101  an answer is taken once
        worker, self._worker = self._worker, None
        try:
            head = json.loads(worker.receive(abandoned))
            first = b"" if "error" in head else worker.receive(abandoned)
        except QueryError as error:
            self._lanes.discard(worker)
            raise reason(worker, error) from None
        if "error" in head:
            self._lanes.give_back(worker)
            raise refusal(head)
        syntax = self._syntaxes["graph" if head["kind"] == "graph" else "solutions"]
        assert syntax is not None  # noqa: S101  the worker refuses what has no format
        services = {**self._services, **head["failed"]}
        if not first or worker.is_whole():
            if first:
                worker.receive(abandoned)
            self._lanes.give_back(worker)
            return Answer(head["kind"], syntax, _once(first), first, services)
        chunks = self._chunks(worker, first, abandoned)
        return Answer(head["kind"], syntax, _begun(chunks), services=services)

    def close(self) -> None:
        """End the query if nobody has taken its answer."""
        worker, self._worker = self._worker, None
        if worker:
            self._lanes.discard(worker)

    def _chunks(
        self, worker: Worker, first: bytes, abandoned: Callable[[], bool]
    ) -> Iterator[bytes]:
        """Yield the chunks, the first one empty, and give the worker back."""
        done, sent = False, 0
        try:
            yield b""
            chunk = first
            while chunk:
                sent += len(chunk)
                self._check_length(sent)
                yield chunk
                chunk = worker.receive(abandoned)
            done = True
        except AnswerBrokenError:
            raise
        except QueryError as error:
            raise AnswerBrokenError(reason(worker, error).message) from None
        finally:
            (self._lanes.give_back if done else self._lanes.discard)(worker)

    def _check_length(self, sent: int) -> None:
        if sent > self._longest:
            raise AnswerBrokenError(f"It is longer than {self._longest} bytes.")


def _once(chunk: bytes) -> Iterator[bytes]:
    yield chunk


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Start a generator, so that closing it runs its `finally`."""
    next(chunks)
    return chunks


def reason(worker: Worker, error: QueryError) -> QueryError:
    """Return why a query ended; its worker may have had to go."""
    return QueryEvictedError(RETRY_AFTER) if worker.evicted else error


def refusal(head: dict[str, str]) -> QueryError | StoreError:
    """Return the error that a worker reported instead of an answer."""
    if head["error"] == "store":
        return store_error(head["class"], head["reason"])
    if head["error"] == "service":
        return service_error(head["class"], head["endpoint"], head["reason"])
    if head["error"] == "syntax":
        place = int(head["line"]), int(head["column"])
        return QuerySyntaxError(
            head["reason"],
            *place,
            fault=head["fault"],
            found=head["found"],
            likely=head["likely"],
        )
    if head["error"] == "not acceptable":
        return NotAcceptableAnswerError(head["kind"])
    return QueryRefusedError(head["reason"], "Correct the request.")
