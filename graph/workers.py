"""The pool of query workers: every query from outside runs in one of them.

A worker that passes its deadline, dies or is no longer listened to is killed and
replaced, so no query can harm another or the server. Oxigraph can neither time out nor
cancel a query, which is why the limits are those of processes.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, Required, TypedDict, Unpack

from graph.answers import Answer, Begun, reason, refusal
from graph.errors import QueryError
from graph.federating import admit, harmless, without_clauses
from graph.guarding import guard
from graph.lanes import QUICK, Counts, Lanes, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from graph.federating import Clause
    from graph.formats import Format

#: Seconds in which a query must have been parsed that is only checked.
CHECK_SECONDS: Final = 2.0
#: The part of a query's time that other endpoints may take.
SHARE: Final = 0.8


__all__ = ("Answer", "Asked", "Begun", "Counts", "Limits", "QueryWorkers")


class Asked(TypedDict, total=False):
    """How a query is asked, by the names of the SPARQL Protocol.

    `solutions` and `graph` are the formats for each kind of answer, None where none is
    acceptable; `timeout` (seconds) can only shorten the limit; `lane` is that of
    `graph.lanes`.
    """

    solutions: Required[Format | None]
    graph: Required[Format | None]
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    timeout: float | None
    lane: str


class QueryWorkers:
    """Workers that serve one store, handed out one query at a time."""

    def __init__(self, store: Path | str, limits: Limits | None = None) -> None:
        """Start the workers."""
        self.limits = limits or Limits()
        self._lanes = Lanes(store, self.limits)

    def evaluate(
        self,
        query: str,
        *,
        abandoned: Callable[[], bool] = lambda: False,
        **asked: Unpack[Asked],
    ) -> Answer:
        """Begin a query and return its answer once the first bytes are there.

        `abandoned` tells whether nobody waits any more. Raises the QueryErrors of
        `graph.errors`.
        """
        return self.begin(query, **asked).answer(abandoned)

    def begin(
        self, query: str, *, patient: bool = True, **asked: Unpack[Asked]
    ) -> Begun:
        """Hand a query to a worker; who is not `patient` waits for none to be idle.

        Raises the QueryErrors of `graph.errors`.
        """
        clauses = self._guard(query)
        most = self.limits.seconds
        seconds = min(asked.get("timeout") or most, most)
        services = dict.fromkeys((item.endpoint for item in clauses), "")
        syntaxes = {"solutions": asked["solutions"], "graph": asked["graph"]}
        request: dict[str, object] = {
            "query": query,
            "syntaxes": {
                k: item.name if item else None for k, item in syntaxes.items()
            },
            "default_graphs": list(asked.get("default_graphs", ())),
            "named_graphs": list(asked.get("named_graphs", ())),
            "services": self._services(services, seconds),
        }
        key = hashlib.sha256(query.encode()).digest()
        lane = asked.get("lane", QUICK)
        worker = self._lanes.take(lane, key, seconds, patient=patient)
        try:
            worker.send(request)
        except QueryError as error:
            self._lanes.discard(worker)
            raise reason(worker, error) from None
        return Begun(self._lanes, worker, syntaxes, services, self.limits.result)

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
            raise reason(worker, error) from None
        self._lanes.give_back(worker)
        if "error" in head:
            raise refusal(head)

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
