"""Queries from outside run in workers that can be stopped, killed and replaced."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from graph.errors import (
    AnswerBrokenError,
    NotAcceptableAnswerError,
    QueryMemoryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    WorkersBusyError,
)
from graph.formats import CSV, JSON, NTRIPLES
from graph.workers import Limits, QueryWorkers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.releasing import Release

LIMITS = Limits(workers=1, seconds=5.0, memory=256 * 1024 * 1024, wait=0.2)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
DOUBLINGS = " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(30))
DOUBLING = (
    "SELECT (STRLEN(?v30) AS ?length) { BIND('0123456789' AS ?v0) " + DOUBLINGS + " }"
)


@pytest.fixture(scope="module")
def workers(release: Release) -> Iterator[QueryWorkers]:
    """Return a pool with one worker on the real release."""
    pool = QueryWorkers(release.store_path, LIMITS)
    yield pool
    pool.close()


def ask(workers: QueryWorkers, query: str, timeout: float | None = None) -> bytes:
    """Return a whole answer as CSV or N-Triples."""
    answer = workers.evaluate(query, solutions=CSV, graph=NTRIPLES, timeout=timeout)
    return b"".join(answer.chunks)


def slowly(chunk: bytes) -> bytes:
    """Return a chunk as a client takes it that reads slowly."""
    time.sleep(0.01)
    return chunk


def test_each_kind_of_query_is_answered(workers: QueryWorkers) -> None:
    """Solutions, booleans and graphs come in the format chosen for their kind."""
    assert ask(workers, "SELECT (1 AS ?n) {}") == b"n\r\n1\r\n"
    assert ask(workers, "ASK {}") == b"true"
    assert ask(workers, "CONSTRUCT { <x:a> <x:b> 1 } {}").startswith(b"<x:a> <x:b>")


def test_the_kind_and_format_are_known_before_the_answer(
    workers: QueryWorkers,
) -> None:
    """An answer says what it is before it is read."""
    answer = workers.evaluate("ASK {}", solutions=JSON, graph=None)

    assert (answer.kind, answer.format) == ("boolean", JSON)
    assert b'"boolean":true' in b"".join(answer.chunks)


def test_a_malformed_query_costs_no_worker(workers: QueryWorkers) -> None:
    """The place is told, and the same worker answers the next query."""
    with pytest.raises(QuerySyntaxError) as caught:
        ask(workers, "SELECT *\n{ ?s ?p }")

    assert caught.value.line == 2
    assert ask(workers, "ASK {}") == b"true"


def test_a_format_for_the_other_kind_is_not_enough(workers: QueryWorkers) -> None:
    """A query whose kind of answer has no acceptable format is refused."""
    with pytest.raises(NotAcceptableAnswerError):
        workers.evaluate("ASK {}", solutions=None, graph=NTRIPLES)
    assert ask(workers, "ASK {}") == b"true"


def test_a_graph_that_is_no_iri_is_refused(workers: QueryWorkers) -> None:
    """A dataset parameter must be an IRI."""
    with pytest.raises(QueryRefusedError):
        workers.evaluate(
            "ASK {}", solutions=CSV, graph=None, default_graphs=["not an iri"]
        )


def test_an_endless_query_is_stopped_at_its_deadline(workers: QueryWorkers) -> None:
    """The deadline is kept within a quarter of a second, and the pool goes on."""
    started = time.monotonic()
    with pytest.raises(QueryTimeoutError) as caught:
        ask(workers, ENDLESS, timeout=0.5)
    took = time.monotonic() - started

    assert caught.value.seconds == 0.5
    assert took < 5
    assert ask(workers, "ASK {}") == b"true"


def test_a_query_that_eats_memory_ends_its_worker_alone(
    workers: QueryWorkers,
) -> None:
    """Past its memory a worker dies, and another takes its place."""
    with pytest.raises((QueryMemoryError, QueryTimeoutError)):
        ask(workers, DOUBLING)
    assert ask(workers, "ASK {}") == b"true"


def test_a_client_that_leaves_stops_its_query(workers: QueryWorkers) -> None:
    """Closing an answer midway frees the worker at once."""
    answer = workers.evaluate(LARGE, solutions=CSV, graph=None)
    assert next(answer.chunks)

    answer.close()

    assert ask(workers, "ASK {}") == b"true"


def test_an_answer_that_passes_its_deadline_breaks_visibly(
    workers: QueryWorkers,
) -> None:
    """Once begun, an answer that cannot be finished ends in an error, not quietly."""
    answer = workers.evaluate(LARGE, solutions=CSV, graph=None, timeout=1.0)

    with pytest.raises(AnswerBrokenError, match="longer than 1 seconds"):
        sum(len(chunk) for chunk in map(slowly, answer.chunks))
    assert ask(workers, "ASK {}") == b"true"


def test_a_busy_pool_says_when_to_come_back(workers: QueryWorkers) -> None:
    """With every worker busy a newcomer is told so instead of waiting for ever."""
    with ThreadPoolExecutor(1) as threads:
        busy = threads.submit(ask, workers, ENDLESS, 1.5)
        time.sleep(0.3)
        with pytest.raises(WorkersBusyError) as caught:
            ask(workers, "ASK {}")
        with pytest.raises(QueryTimeoutError):
            busy.result()

    assert caught.value.retry_after > 0
