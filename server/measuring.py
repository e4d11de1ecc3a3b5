"""Counts what the service does, in the form that Prometheus reads.

With several processes each writes its counts to a file in the folder that
`PROMETHEUS_MULTIPROC_DIR` names, and whichever is asked adds them up. See
https://prometheus.github.io/client_python/multiprocess/.
"""

from __future__ import annotations

import os
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
    from server.visits import Visit

MULTIPLE: Final = "PROMETHEUS_MULTIPROC_DIR"
#: Methods that are told apart; any other word a client makes up is one of the rest.
METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST")
REST: Final = "other"
#: Seconds; from a finished answer to a query that took all the time there is.
BUCKETS: Final = (0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

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
RELEASE: Final = Gauge(
    "regietafel_release_info",
    "The release that is current, by its id.",
    ["release"],
    multiprocess_mode="livemax",
)


def measure(visit: Visit) -> None:
    """Count a request that has been answered."""
    route, cached = visit.route or REST, str(visit.cached).lower()
    method = visit.method if visit.method in METHODS else REST
    REQUESTS.labels(route, method, str(visit.status), cached).inc()
    SECONDS.labels(route, cached).observe(visit.seconds)
    SENT.inc(visit.sent)


def exposition() -> tuple[bytes, str]:
    """Return all counts as text, and its media type."""
    if MULTIPLE not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return generate_latest(registry), CONTENT_TYPE_LATEST
