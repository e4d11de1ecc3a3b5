"""The pool of query workers: every query from outside runs in one of them.

A worker that passes its deadline, dies or is no longer listened to is killed and
replaced, so no query can harm another or the server. Oxigraph can neither time out nor
cancel a query, which is why the limits are those of processes.
"""

from __future__ import annotations

import hashlib
import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from graph.errors import (
    AnswerBrokenError,
    NotAcceptableAnswerError,
    QueryError,
    QueryEvictedError,
    QueryRefusedError,
    QuerySyntaxError,
    StoreError,
    service_error,
    store_error,
)
from graph.federating import admit, harmless, without_clauses
from graph.guarding import guard
from graph.lanes import QUICK, RETRY_AFTER, Counts, Lanes, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from graph.federating import Clause
    from graph.formats import Format
    from graph.starting import Worker

#: Seconds in which a query must have been parsed that is only checked.
CHECK_SECONDS: Final = 2.0
#: The part of a query's time that other endpoints may take.
SHARE: Final = 0.8


__all__ = ("Answer", "Counts", "Limits", "QueryWorkers")


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


class QueryWorkers:
    """Workers that serve one store, handed out one query at a time."""

    def __init__(self, store: Path | str, limits: Limits | None = None) -> None:
        """Start the workers."""
        self.limits = limits or Limits()
        self._lanes = Lanes(store, self.limits)

    def evaluate(  # noqa: PLR0913  the parameters of the SPARQL Protocol
        self,
        query: str,
        *,
        solutions: Format | None,
        graph: Format | None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout: float | None = None,
        lane: str = QUICK,
        abandoned: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """Begin a query and return its answer once the first bytes are there.

        `solutions` and `graph` are the formats for each kind of answer, None where none
        is acceptable; `timeout` (seconds) can only shorten the limit. `lane` is that of
        `graph.lanes`, and `abandoned` tells whether nobody waits any more. Raises the
        QueryErrors of `graph.errors`.
        """
        clauses = self._guard(query)
        seconds = min(timeout or self.limits.seconds, self.limits.seconds)
        services = dict.fromkeys((item.endpoint for item in clauses), "")
        syntaxes = {"solutions": solutions, "graph": graph}
        request: dict[str, object] = {
            "query": query,
            "syntaxes": {
                k: item.name if item else None for k, item in syntaxes.items()
            },
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
            "services": self._services(services, seconds),
        }
        key = hashlib.sha256(query.encode()).digest()
        worker = self._lanes.take(lane, key, seconds)
        try:
            worker.send(request)
            head = json.loads(worker.receive(abandoned))
            first = b"" if "error" in head else worker.receive(abandoned)
        except QueryError as error:
            self._lanes.discard(worker)
            raise _reason(worker, error) from None
        if "error" in head:
            self._lanes.give_back(worker)
            raise _refusal(head)
        chosen = syntaxes["graph" if head["kind"] == "graph" else "solutions"]
        assert chosen is not None  # noqa: S101  the worker refuses what has no format
        services |= head["failed"]
        if not first or worker.is_whole():
            if first:
                worker.receive(abandoned)
            self._lanes.give_back(worker)
            return Answer(head["kind"], chosen, _once(first), first, services)
        chunks = self._chunks(worker, first, abandoned)
        return Answer(head["kind"], chosen, _begun(chunks), services=services)

    def counts(self) -> Counts:
        """Return how many workers are busy, queries waiting and so on."""
        return self._lanes.counts()

    def check(self, query: str) -> None:
        """Raise the QueryErrors of `graph.errors` for a query that does not parse."""
        query = harmless(query, self._guard(query))
        key = hashlib.sha256(b"check" + query.encode()).digest()
        worker = self._lanes.take(QUICK, key, CHECK_SECONDS)
        try:
            worker.send({"query": query, "check": True})
            head = json.loads(worker.receive(lambda: False))
        except QueryError as error:
            self._lanes.discard(worker)
            raise _reason(worker, error) from None
        self._lanes.give_back(worker)
        if "error" in head:
            raise _refusal(head)

    def _guard(self, query: str) -> tuple[Clause, ...]:
        """Return the SERVICE clauses of a query that may be evaluated here."""
        clauses = admit(query, self.limits.services)
        guard(without_clauses(query, clauses))
        return clauses

    def _services(
        self, endpoints: Iterable[str], seconds: float
    ) -> dict[str, object] | None:
        """Return what a worker needs to ask endpoints, which end before the query."""
        if not endpoints:
            return None
        return {
            "endpoints": list(endpoints),
            "seconds": min(self.limits.service_seconds, SHARE * seconds),
            "size": self.limits.service_bytes,
        }

    def close(self) -> None:
        """End every worker."""
        self._lanes.close()

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
                _check_length(sent, self.limits.result)
                yield chunk
                chunk = worker.receive(abandoned)
            done = True
        except AnswerBrokenError:
            raise
        except QueryError as error:
            raise AnswerBrokenError(_reason(worker, error).message) from None
        finally:
            (self._lanes.give_back if done else self._lanes.discard)(worker)


def _check_length(sent: int, limit: int) -> None:
    if sent > limit:
        raise AnswerBrokenError(f"It is longer than {limit} bytes.")


def _reason(worker: Worker, error: QueryError) -> QueryError:
    """Return why a query ended; its worker may have had to go."""
    return QueryEvictedError(RETRY_AFTER) if worker.evicted else error


def _once(chunk: bytes) -> Iterator[bytes]:
    yield chunk


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Start a generator, so that closing it runs its `finally`."""
    next(chunks)
    return chunks


def _refusal(head: dict[str, str]) -> QueryError | StoreError:
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
