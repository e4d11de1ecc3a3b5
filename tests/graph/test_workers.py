"""Queries from outside run in workers that can be stopped, killed and replaced."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.errors import (
    AnswerBrokenError,
    NotAcceptableAnswerError,
    QueryAbandonedError,
    QueryEvictedError,
    QueryMemoryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    WorkersBusyError,
)
from graph.formats import CSV, JSON, NTRIPLES
from graph.lanes import OWN
from graph.starting import Worker
from graph.worker import frame
from graph.workers import Limits, QueryWorkers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.releasing import Release

MEMORY = 256 * 1024 * 1024
LIMITS = Limits(workers=1, slow=1, seconds=5.0, memory=MEMORY, wait=1.0)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
DOUBLINGS = " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(30))
DOUBLING = (
    "SELECT (STRLEN(?v30) AS ?length) { BIND('0123456789' AS ?v0) " + DOUBLINGS + " }"
)
#: What nests without brackets, each as deep as overflows a stack of 8 MiB.
DEEP = {
    "negations": "ASK { FILTER(" + "!" * 60_000 + "true) }",
    "divisions": "ASK { FILTER(1" + "/1" * 32_000 + ") }",
    "sums": "ASK { FILTER(1" + "+1" * 32_000 + ") }",
    "alternatives": "ASK { FILTER(1" + "||1" * 21_000 + ") }",
    "steps of a path": "ASK { ?a " + "a/" * 32_000 + "a ?b }",
    "conditions": "SELECT ?a { ?a a ?b } GROUP BY ?a HAVING " + "(1)" * 21_000,
    "a list": "ASK { ?a a (" + "1 " * 32_000 + ") }",
    "things described": "DESCRIBE " + "<x:>" * 16_000,
}


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


@pytest.mark.parametrize("query", DEEP.values(), ids=DEEP.keys())
def test_what_nests_without_brackets_overflows_no_stack(
    workers: QueryWorkers, query: str
) -> None:
    """It is answered by the worker that took it, or ends at its deadline."""
    before = workers.counts().kills
    try:
        ask(workers, query, timeout=1.0)
        killed = 0
    except QueryTimeoutError:
        killed = 1

    assert workers.counts().kills == before + killed


def test_a_worker_that_crashes_is_replaced(workers: QueryWorkers) -> None:
    """Its query is told so, and the next one is answered."""
    answer = workers.evaluate(LARGE, solutions=CSV, graph=None)
    (worker,) = workers._lanes._busy  # noqa: SLF001  what is harmed
    os.kill(worker.process, signal.SIGSEGV)
    with pytest.raises(AnswerBrokenError):
        sum(len(chunk) for chunk in answer.chunks)

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


def test_a_long_query_moves_aside_and_others_are_answered(
    workers: QueryWorkers,
) -> None:
    """It goes on in the slow lane, and begins there when it is asked again."""
    with ThreadPoolExecutor(2) as threads:
        for _ in range(2):
            busy = threads.submit(ask, workers, ENDLESS, 4.0)
            time.sleep(0.7)
            assert ask(workers, "ASK {}") == b"true"
            assert not busy.done()
            with pytest.raises(QueryTimeoutError):
                busy.result()


def test_the_longest_query_makes_room(workers: QueryWorkers) -> None:
    """With both lanes full of long queries, the one that ran longest has to go."""
    before = workers.counts().evictions
    with ThreadPoolExecutor(3) as threads:
        asked = []
        for number in range(3):
            query = f"{ENDLESS} # {number}"
            asked.append(threads.submit(ask, workers, query, 4.0))
            time.sleep(0.8)
        assert ask(workers, "ASK {}") == b"true"
        with pytest.raises(QueryEvictedError) as caught:
            asked[0].result()
        for other in asked[1:]:
            with pytest.raises((QueryTimeoutError, QueryEvictedError)):
                other.result()

    assert caught.value.retry_after > 0
    assert workers.counts().evictions > before


def test_our_own_queries_have_a_lane(workers: QueryWorkers) -> None:
    """They are answered while every other worker is busy; too many are told so."""
    with ThreadPoolExecutor(4) as threads:
        own = workers.evaluate(LARGE, solutions=CSV, graph=None, lane=OWN)
        with pytest.raises(WorkersBusyError) as caught:
            workers.evaluate("ASK {}", solutions=CSV, graph=None, lane=OWN)
        own.close()
        busy = [
            threads.submit(ask, workers, f"{ENDLESS} # own {n}", 1.0) for n in range(4)
        ]
        time.sleep(0.3)
        answer = workers.evaluate("ASK {}", solutions=CSV, graph=None, lane=OWN)
        assert answer.whole == b"true"
        for item in busy:
            assert item.exception() is not None

    assert caught.value.retry_after > 0


def test_waiting_for_a_worker_counts(release: Release) -> None:
    """A query is answered by its deadline, whatever kept it waiting."""
    pool = QueryWorkers(release.store_path, Limits(1, 1, wait=60.0))
    try:
        busy = pool.evaluate(LARGE, solutions=CSV, graph=None, lane=OWN)
        started = time.monotonic()
        with pytest.raises(WorkersBusyError):
            pool.evaluate("ASK {}", solutions=CSV, graph=None, lane=OWN, timeout=0.3)
        assert time.monotonic() - started < 20
        busy.close()
    finally:
        pool.close()


def test_a_queue_that_is_full_takes_no_more(release: Release) -> None:
    """Rather than that all wait for ever."""
    pool = QueryWorkers(release.store_path, Limits(1, 1, seconds=2.0, wait=1.5))
    try:
        ask(pool, "ASK {}")
        with ThreadPoolExecutor(24) as threads:
            asked = [threads.submit(ask, pool, f"{ENDLESS} # {n}") for n in range(24)]
            failed = [item.exception() for item in asked]
        assert any(isinstance(item, WorkersBusyError) for item in failed)
        assert ask(pool, "ASK {}") == b"true"
    finally:
        pool.close()


def test_a_query_that_nobody_waits_for_stops(workers: QueryWorkers) -> None:
    """Before it has answered anything."""
    started = time.monotonic()
    with pytest.raises(QueryAbandonedError):
        workers.evaluate(
            ENDLESS,
            solutions=CSV,
            graph=None,
            abandoned=lambda: time.monotonic() - started > 0.3,
        )

    assert time.monotonic() - started < 3


def test_a_copy_in_memory_takes_over(release: Release) -> None:
    """Queries are answered from the first moment, and the same before and after."""
    limits = Limits(workers=1, slow=1, in_memory=True)
    pool = QueryWorkers(release.store_path, limits)
    count = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    try:
        before = ask(pool, count)
        until = time.monotonic() + 60
        while not pool.counts().in_memory and time.monotonic() < until:
            assert ask(pool, "ASK {}") == b"true"
        assert pool.counts().in_memory
        assert ask(pool, count) == before
        with pytest.raises(QueryTimeoutError):
            ask(pool, ENDLESS, 0.3)
        with pytest.raises((QueryMemoryError, QueryTimeoutError)):
            ask(pool, DOUBLING)
        assert ask(pool, count) == before
    finally:
        pool.close()


def test_what_forks_workers_is_replaced_when_it_dies(release: Release) -> None:
    """Its workers end with it, and new ones answer."""
    pool = QueryWorkers(release.store_path, LIMITS)
    try:
        assert ask(pool, "ASK {}") == b"true"
        worker = pool._lanes._idle["quick"][0].process  # noqa: SLF001  what is harmed
        parent = int(Path(f"/proc/{worker}/stat").read_text().split(") ")[1].split()[1])
        os.kill(parent, signal.SIGKILL)
        until = time.monotonic() + 20
        answered = 0
        while answered < 3 and time.monotonic() < until:
            with contextlib.suppress(QueryMemoryError, WorkersBusyError):
                answered += ask(pool, "ASK {}") == b"true"
                time.sleep(1)
        assert answered == 3
    finally:
        pool.close()


def test_an_answer_that_grows_too_long_breaks_off(release: Release) -> None:
    """It never ends as if it were whole."""
    pool = QueryWorkers(release.store_path, Limits(1, 1, result=100_000))
    try:
        with pytest.raises(AnswerBrokenError, match="longer than 100000 bytes"):
            ask(pool, "SELECT * { ?a ?b ?c }")
        assert ask(pool, "ASK {}") == b"true"
    finally:
        pool.close()


def test_a_short_answer_is_there_at_once(workers: QueryWorkers) -> None:
    """Its length is known, and its worker free before it is sent."""
    answer = workers.evaluate("SELECT (1 AS ?n) {}", solutions=CSV, graph=None)
    empty = workers.evaluate(
        "CONSTRUCT { <x:a> <x:b> 1 } { FILTER(false) }", solutions=None, graph=NTRIPLES
    )

    assert answer.whole == b"n\r\n1\r\n"
    assert empty.whole == b""
    assert workers.counts().busy == 0


def test_no_process_is_left(release: Release) -> None:
    """After a pool is closed, whatever it was doing."""
    pool = QueryWorkers(release.store_path, LIMITS)
    with ThreadPoolExecutor(1) as threads:
        busy = threads.submit(ask, pool, ENDLESS, 5.0)
        time.sleep(1)
        running = {item.process for item in pool._lanes._busy}  # noqa: SLF001  the same
        pool.close()
        assert busy.exception() is not None
    until = time.monotonic() + 10
    while any(map(_is_running, running)) and time.monotonic() < until:
        time.sleep(0.1)
    assert running
    assert not any(map(_is_running, running))


def _is_running(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return status.split(") ")[1][0] != "Z"


def test_a_query_is_checked_without_being_evaluated(workers: QueryWorkers) -> None:
    """What would never end is checked at once; what does not parse says where."""
    workers.check(ENDLESS)
    with pytest.raises(QuerySyntaxError) as caught:
        workers.check("SELECT *\nWHERE { ?a }")
    with pytest.raises(QueryRefusedError):
        workers.check("ASK { SERVICE <http://x.test/> { ?a ?b ?c } }")

    assert caught.value.line == 2
    assert ask(workers, "SELECT (1 AS ?n) {}") == b"n\r\n1\r\n"


HEAD, END, NULS = frame(b'{"kind":"boolean"}'), frame(b""), b"\0" * 8
#: What has come of an answer, and whether it is a short one that is whole.
COME = {
    "nothing": (b"", False),
    "the end alone": (END, False),
    "a head": (HEAD, False),
    "half a head": (HEAD[:9], False),
    "an empty answer": (HEAD + END, True),
    "an answer": (HEAD + frame(b"true") + END, True),
    "an answer of ends": (HEAD + frame(NULS) + END, True),
    "no end": (HEAD + frame(b"true"), False),
    "half an end": (HEAD + frame(b"true") + END[:2], False),
    "what looks like an end": (HEAD + frame(b"true" + NULS), False),
    "what looks like an end within": (HEAD + frame(NULS * 9)[:30], False),
    "two parts": (HEAD + frame(b"true") + frame(b"false") + END, False),
    "more than the end": (HEAD + frame(b"true") + END + HEAD, False),
}


@pytest.mark.parametrize(("come", "whole"), COME.values(), ids=COME.keys())
def test_a_whole_answer_is_told_by_the_lengths_of_its_frames(
    come: bytes, *, whole: bool
) -> None:
    """A query can have its answer hold the bytes of an end; nobody waits for those."""
    ours, theirs = socket.socketpair()
    worker = Worker(os.getpid(), ours, "disk")
    with ours, theirs:
        theirs.sendall(come)
        assert worker.await_whole(0) is whole
