"""Whoever runs the service sees what it does, over all of its processes."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
from prometheus_client import CollectorRegistry, Histogram

from server.measuring import BUCKETS, Durations, Tally

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.releasing import Release

    Server = Callable[..., AbstractContextManager[str]]


def value_of(text: str, name: str, **labels: str) -> float:
    """Return the sum of the samples of that name with at least these labels."""
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    found = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
    return sum(float(v) for pairs, v in found if wanted <= set(pairs.split(",")))


def test_requests_of_all_processes_are_counted(
    releases: Path, release: Release, served: Server
) -> None:
    """Which process is asked for the counts does not matter."""
    with (
        served("serve", "--releases", str(releases), "--processes", "2") as address,
        httpx.Client(base_url=address) as client,
    ):
        for number in range(8):
            with httpx.Client(base_url=address) as other:
                other.get("/graph", params={"page": str(number)})
        for _ in range(3):
            client.get("/doc/organisatie/lrt", headers={"Accept": "text/turtle"})
        client.request("BREW", "/graph")
        time.sleep(1.2)
        told = [httpx.get(f"{address}/metrics").text for _ in range(4)]

    for text in told:
        count = "regietafel_requests_total"
        assert value_of(text, count, route="/graph", method="GET") == 8
        assert value_of(text, count, method="other", status="405") == 1
        assert value_of(text, count, route="/doc/<kind>/<path:name>", cached="true") > 0
        assert value_of(text, "regietafel_request_seconds_count", route="/graph") >= 8
        assert value_of(text, "regietafel_sent_bytes_total") > 10_000
        assert (
            value_of(text, "regietafel_release_info", release=release.manifest.id) == 1
        )


def test_a_server_is_alive_and_ready(
    releases: Path, release: Release, served: Server
) -> None:
    """What watches a service asks these; they are never kept."""
    with served("serve", "--releases", str(releases)) as address:
        alive, ready = (httpx.get(address + path) for path in ("/healthz", "/readyz"))

    assert alive.text == "ok\n"
    assert ready.json() == {"release": release.manifest.id}
    assert (
        alive.headers["Cache-Control"] == ready.headers["Cache-Control"] == "no-store"
    )


def test_queries_under_way_and_killed_are_counted(
    releases: Path, release: Release, served: Server
) -> None:
    """A query that ran into its limit, and one that is under way, both show."""
    del release
    heavy = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    limits = ("--query-timeout-max", "3")

    with served("serve", "--releases", str(releases), *limits) as address:
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(
                httpx.get, f"{address}/sparql", params={"query": heavy}, timeout=60
            )
            time.sleep(2.2)
            during = httpx.get(f"{address}/metrics").text
            answer = asked.result()
        time.sleep(1.2)
        after = httpx.get(f"{address}/metrics").text

    assert answer.status_code == 503
    assert value_of(during, "regietafel_query_workers", state="busy") == 1
    assert value_of(after, "regietafel_query_workers", state="busy") == 0
    assert value_of(after, "regietafel_query_kills", reason="limit") == 1


def test_durations_added_at_once_are_those_observed_one_by_one() -> None:
    """To the last bucket, and where one ends exactly on a bound."""
    seconds = [0.0, 0.001, 0.0011, 0.25, 0.25, 29.0, 30.0, 31.0, 1e9]
    registries = CollectorRegistry(), CollectorRegistry()
    single = Histogram("a", "a", buckets=BUCKETS, registry=registries[0])
    many = Durations("a", "a", buckets=BUCKETS, registry=registries[1])
    tally = Tally()
    for each in seconds:
        single.observe(each)
        tally.add(each, 0)
    many.add(tally.durations, tally.seconds)

    told = [
        {(s.name, *s.labels.items()): s.value for m in r.collect() for s in m.samples}
        for r in registries
    ]
    for found in told:
        found.pop(("a_created",), None)
    assert told[0] == told[1]
    assert told[0]["a_count",] == len(seconds)
