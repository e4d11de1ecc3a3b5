"""How much processor time queries take that no cache has seen, beside those of peers.

The servers are asked in turn, so that what else the machine does weighs on all alike;
the least of a few rounds counts.
"""

from __future__ import annotations

import math
import sys
import time
import urllib.parse
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Final

from benchmarks.measuring import CACHE, peers, show
from benchmarks.questions import HEAVY, ROWS, SMALL
from benchmarks.servers import JSON, Served, running, wait_for_memory

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS: Final = 3


def cost(served: Served, query: str, note: str, accept: str = JSON) -> float:
    """Return the CPU seconds of one query."""
    before = served.cpu()
    served.ask(query, accept, note)
    time.sleep(0.05)
    return served.cpu() - before


def least(servers: dict[str, Served], query: str, repeat: int) -> dict[str, float]:
    """Return the least CPU seconds of a query for each server, asked in turn."""
    found = dict.fromkeys(servers, math.inf)
    for number in range(ROUNDS):
        for name, served in servers.items():
            before = served.cpu()
            for again in range(repeat):
                served.ask(query, JSON, f"{name} {number} {again}")
            found[name] = min(found[name], (served.cpu() - before) / repeat)
    return found


def heavy(servers: dict[str, Served]) -> None:
    """Print what heavy queries take in memory and on disk."""
    rows: list[tuple[str, object]] = []
    ratios: dict[str, list[float]] = {"memory": [], "disk": []}
    for name, query in HEAVY.items():
        found = least(servers, query, 3)
        for kind, all_of in ratios.items():
            all_of.append(found["oxigraph"] / found[kind])
        times = ", ".join(f"{k} {v * 1000:.0f} ms" for k, v in found.items())
        rows.append((name, times))
    means = {k: math.prod(v) ** (1 / len(v)) for k, v in ratios.items()}
    rows += [
        ("oxigraph ÷ memory, mean, at least 2", f"{means['memory']:.2f}"),
        ("oxigraph ÷ memory, worst, at least 1", f"{min(ratios['memory']):.2f}"),
        ("disk ÷ oxigraph, mean, at most 1.15", f"{1 / means['disk']:.2f}"),
    ]
    show("heavy queries, CPU time", rows)


def small(servers: dict[str, Served]) -> None:
    """Print what a small query takes that goes through a worker."""
    found = least(servers, SMALL, 500)
    rows = [(k, f"{v * 1e6:.0f} µs") for k, v in found.items()]
    for kind in ("memory", "disk"):
        ratio = found[kind] / found["oxigraph"]
        rows.append((f"{kind} ÷ oxigraph, at most 3.5", f"{ratio:.2f}"))
    show("a small query that no cache has seen, CPU time", rows)


def many_rows(servers: dict[str, Served]) -> None:
    """Print what a long result takes, in time and in memory."""
    rows: list[tuple[str, object]] = []
    found = least(servers, ROWS, 1)
    for name, served in servers.items():
        before = served.memory()
        start = time.perf_counter()
        target = urllib.parse.urlencode({"query": ROWS + f" # first {name}"})
        connection = HTTPConnection("127.0.0.1", served.port)
        connection.request("GET", f"{served.path}?{target}", headers={"Accept": JSON})
        answer = connection.getresponse()
        answer.read(1)
        first = time.perf_counter() - start
        most = before
        while answer.read(1_048_576):
            most = max(most, served.memory())
        said = f"{found[name]:.2f} s CPU, first byte {first * 1000:.0f} ms"
        rows.append((name, f"{said}, +{most - before:.0f} MB"))
    for kind in ("memory", "disk"):
        ratio = found[kind] / found["oxigraph"]
        rows.append((f"{kind} ÷ oxigraph, at most 1.1", f"{ratio:.2f}"))
    show("100,000 rows as JSON", rows)


def rdflib(out: Path, quads: int) -> None:
    """Print how often one of our queries fits in one of rdflib-endpoint's."""
    merged = CACHE / f"{quads}-merged.nt"
    if not merged.exists():
        lines = (out / "current" / "dataset.nq").open("rb")
        with lines, merged.open("wb") as file:
            file.writelines(line.rpartition(b" <")[0] + b" .\n" for line in lines)
    serve = (sys.executable, "-m", "server", "serve", "--port", "{port}")
    held = (*serve, "--releases", out, "--query-timeout", "60", "--query-store")
    loaded = (peers() / "rdflib-endpoint", "serve", "--port", "{port}", merged)
    with (
        running("/sparql", *held, "memory") as memory,
        running("/sparql", *held, "disk") as disk,
        running("/", *loaded) as theirs,
    ):
        wait_for_memory(memory)
        rows: list[tuple[str, object]] = []
        ratios: dict[str, list[float]] = {"memory": [], "disk": []}
        for name, query in HEAVY.items():
            found = least({"memory": memory, "disk": disk}, query, 1)
            spent = cost(theirs, query, name)
            for kind, all_of in ratios.items():
                all_of.append(spent / found[kind])
            times = ", ".join(f"{k} {v * 1000:.0f} ms" for k, v in found.items())
            rows.append((name, f"{times}, rdflib-endpoint {spent * 1000:.0f} ms"))
        for kind, all_of in ratios.items():
            mean = math.prod(all_of) ** (1 / len(all_of))
            said = f"{mean:.1f}, worst {min(all_of):.1f}"
            rows.append((f"rdflib-endpoint ÷ {kind}, mean, at least 20", said))
    show("heavy queries beside rdflib-endpoint, CPU time", rows)
