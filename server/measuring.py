"""Counts what the service does, in the form that Prometheus reads.

With several processes each writes its counts to a file in the folder that
`PROMETHEUS_MULTIPROC_DIR` names, and whichever is asked adds them up. See
https://prometheus.github.io/client_python/multiprocess/. That costs more than giving an
answer from the cache, so requests are noted here and added to the counts at times.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import defaultdict, deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.lanes import Counts
    from server.calls import Call

MULTIPLE: Final = "PROMETHEUS_MULTIPROC_DIR"
#: Methods that are told apart; any other word a client makes up is one of the rest.
METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST")
REST: Final = "other"
#: Requests that wait to be counted before those that wait longest are dropped.
WAITING: Final = 1_000_000
#: Seconds; from a finished answer to a query that took all the time there is.
BUCKETS: Final = (0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Durations(Histogram):
    """A histogram to which many observations are added at once."""

    def add(self, counts: Sequence[int], seconds: float) -> None:
        """Add how many there were between two bounds, and the seconds of all."""
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)
        self._sum.inc(seconds)


class Tally:
    """Requests that were answered alike, since they were last added to the counts."""

    def __init__(self) -> None:
        """Begin with none."""
        self.durations = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0
        self.sent = 0

    def add(self, seconds: float, sent: int) -> None:
        """Add a request and the bytes of its answer."""
        self.durations[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds
        self.sent += sent


#: A gauge of the library's would add up over the processes.
_RELEASE: Final = """\
# HELP regietafel_release_info The release that is current.
# TYPE regietafel_release_info gauge
regietafel_release_info{{release="{release}"}} 1
"""
REQUESTS: Final = Counter(
    "regietafel_requests",
    "Requests that were answered, and how.",
    ["route", "method", "status", "cached"],
)
SECONDS: Final = Durations(
    "regietafel_request_seconds",
    "Seconds from a request to the end of its answer.",
    ["route", "cached"],
    buckets=BUCKETS,
)
SENT: Final = Counter("regietafel_sent_bytes", "Bytes of the bodies of answers.")
WORKERS: Final = Gauge(
    "regietafel_query_workers",
    "Query workers, by what they do.",
    ["state"],
    multiprocess_mode="livesum",
)
QUEUED: Final = Gauge(
    "regietafel_queries_queued",
    "Queries that wait for a worker.",
    multiprocess_mode="livesum",
)
KILLS: Final = Gauge(
    "regietafel_query_kills",
    "Queries ended before their answer, since this release was opened.",
    ["reason"],
    multiprocess_mode="livesum",
)


#: Requests that were answered and are not counted yet: the route, the method, the
#: status, whether a finished answer was given, the seconds and the bytes.
_ANSWERED: Final[deque[tuple[str | None, str, int, bool, float, int]]] = deque(
    maxlen=WAITING
)


def measure(call: Call) -> None:
    """Note a request that has been answered."""
    method = call.method if call.method in METHODS else REST
    _ANSWERED.append(
        (call.route, method, call.status, call.cached, call.seconds, call.sent)
    )


def count() -> None:
    """Add to the counts the requests that were answered since the last time."""
    for (route, method, status, is_cached), tally in _tallied().items():
        rule, cached = route or REST, "true" if is_cached else "false"
        REQUESTS.labels(rule, method, str(status), cached).inc(sum(tally.durations))
        SECONDS.labels(rule, cached).add(tally.durations, tally.seconds)
        SENT.inc(tally.sent)


def _tallied() -> dict[tuple[str | None, str, int, bool], Tally]:
    """Return what was noted, by what few values there are of."""
    tallies: defaultdict[tuple[str | None, str, int, bool], Tally] = defaultdict(Tally)
    with suppress(IndexError):
        while True:
            route, method, status, is_cached, seconds, sent = _ANSWERED.popleft()
            tallies[route, method, status, is_cached].add(seconds, sent)
    return tallies


def measure_workers(counts: Counts) -> None:
    """Tell how the pool of query workers is at the moment."""
    WORKERS.labels("busy").set(counts.busy)
    WORKERS.labels("idle").set(counts.idle)
    QUEUED.set(counts.queued)
    KILLS.labels("eviction").set(counts.evictions)
    KILLS.labels("limit").set(counts.kills - counts.evictions)


def exposition(release: str) -> tuple[bytes, str]:
    """Return all counts as text, with the id of the current release; its media type."""
    count()
    told = _RELEASE.format(release=release).encode()
    return generate_latest(_registry()) + told, CONTENT_TYPE_LATEST


def _registry() -> CollectorRegistry:
    """Return what holds the counts of all processes."""
    if MULTIPLE not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return registry
