"""How much processor time answers take, beside `oxigraph serve` and rdflib-endpoint.

All servers hold the same generated graph, `oxigraph serve` in the very files of our
release, and are asked the same queries in one run.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import building, crowding, evaluating, repeating
from benchmarks.measuring import CACHE, generated, peers
from benchmarks.servers import running, wait_for_memory

#: rdflib-endpoint gets no more quads than this: it holds them as Python objects.
MOST_RDFLIB: Final = 1_000_000


def compare(out: Path, quads: int) -> None:
    """Print the ratios of the budgets."""
    with ExitStack() as stack:
        ours = (sys.executable, "-m", "server", "serve", "--port", "{port}")
        unbounded = ("--queries-per-minute", "0", "--requests-per-minute", "0")
        serve = (*ours, "--releases", out, "--query-timeout", "60", *unbounded)
        servers = {
            "memory": stack.enter_context(
                running("/sparql", *serve, "--query-store", "memory")
            ),
            "disk": stack.enter_context(
                running("/sparql", *serve, "--query-store", "disk")
            ),
            "oxigraph": stack.enter_context(
                running(
                    "/query",
                    peers() / "oxigraph",
                    "serve-read-only",
                    *("--location", (out / "current" / "store").resolve()),
                    *("--bind", "127.0.0.1:{port}"),
                )
            ),
        }
        wait_for_memory(servers["memory"])
        evaluating.heavy(servers)
        evaluating.small(servers)
        evaluating.many_rows(servers)
        repeating.repeated(servers)
        crowding.runaways(servers["memory"])
        crowding.deadlines(servers["memory"])
    if quads <= MOST_RDFLIB:
        evaluating.rdflib(out, quads)


@click.command()
@click.option("--quads", default=100_000, show_default=True)
def main(quads: int) -> None:
    """Measure the service on a release of a generated graph."""
    out = CACHE / f"{quads}-releases"
    if not (out / "current").exists():
        generated(quads)
        building.compare(quads, peer=False)
    compare(out, quads)


if __name__ == "__main__":
    main()
