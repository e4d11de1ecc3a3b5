"""Counts what the service does, in the form that Prometheus reads.

With several processes each writes its counts to a file in the folder that
`PROMETHEUS_MULTIPROC_DIR` names, and whichever is asked adds them up. See
https://prometheus.github.io/client_python/multiprocess/.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

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
    from graph.lanes import Counts
    from server.visits import Visit

MULTIPLE: Final = "PROMETHEUS_MULTIPROC_DIR"
#: Methods that are told apart; any other word a client makes up is one of the rest.
METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST")
REST: Final = "other"
#: Seconds; from a finished answer to a query that took all the time there is.
BUCKETS: Final = (0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

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
SECONDS: Final = Histogram(
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


class Child(NamedTuple):
    """The counts of requests that are alike; looking them up anew would cost more."""

    requests: Counter
    seconds: Histogram


@cache
def _child(route: str, method: str, status: int, cached: str) -> Child:
    """Return the counts of requests that are alike; all four are of few values."""
    return Child(
        REQUESTS.labels(route, method, str(status), cached),
        SECONDS.labels(route, cached),
    )


def measure(visit: Visit) -> None:
    """Count a request that has been answered."""
    method = visit.method if visit.method in METHODS else REST
    cached = "true" if visit.cached else "false"
    child = _child(visit.route or REST, method, visit.status, cached)
    child.requests.inc()
    child.seconds.observe(visit.seconds)
    SENT.inc(visit.sent)


def measure_workers(counts: Counts) -> None:
    """Tell how the pool of query workers is at the moment."""
    WORKERS.labels("busy").set(counts.busy)
    WORKERS.labels("idle").set(counts.idle)
    QUEUED.set(counts.queued)
    KILLS.labels("eviction").set(counts.evictions)
    KILLS.labels("limit").set(counts.kills - counts.evictions)


def exposition(release: str) -> tuple[bytes, str]:
    """Return all counts as text, with the id of the current release; its media type."""
    told = _RELEASE.format(release=release).encode()
    return generate_latest(_registry()) + told, CONTENT_TYPE_LATEST


def _registry() -> CollectorRegistry:
    """Return what holds the counts of all processes."""
    if MULTIPLE not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return registry
