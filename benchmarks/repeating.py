"""What answers cost that were given before, beside the same work done anew.

The load is sixteen connections at once. `oxigraph serve` keeps no answers; it works out
the same query, and describes the same thing, each time. A bare hello by WSGI under the
server that we use tells what is the least that an answer can cost. Requests name the
codings that browsers name, but for those that say otherwise.
"""

from __future__ import annotations

import math
import sys
import urllib.parse
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.loading import load
from benchmarks.measuring import show
from benchmarks.questions import HEAVY, PREFIXES, SMALL
from benchmarks.servers import JSON, Served, running

if TYPE_CHECKING:
    from collections.abc import Iterable

ROUNDS: Final = 3
TIMES: Final = 20_000
#: CPU seconds of an answer from which a few are enough to tell.
LONG: Final = 0.004
FEW: Final = 8
ID: Final = "https://data.regietafel.example/id/"
#: One thing of each main kind of the generated graph; budgets are set for the first.
THINGS: Final = (
    "overleg/verslag-1-0",
    "afspraak/akkoord-1",
    "toezegging/toezegging-1",
    "organisatie/ministerie-1",
    "persoon/persoon-1-0",
    "functie/minister-1",
    "zetel/tafel-1-0",
    "document/brief-1",
)
#: Threads that run Python: the least, and as many as the service has.
THREADS: Final = (1, 32)


#: What browsers send as `Accept-Encoding`, and how to ask for an answer as it is.
CODINGS: Final = "gzip, deflate, br, zstd"
PLAIN: Final = "identity"


class Asked(NamedTuple):
    """A request that is made again and again of a server."""

    server: Served
    target: str
    accept: str
    coding: str = CODINGS


def repeated(servers: dict[str, Served]) -> None:
    """Print what answers cost that were given before."""
    ours, theirs = servers["disk"], servers["oxigraph"]
    with ExitStack() as stack:
        hellos = {
            f"bare hello by WSGI, threads: {n}": _hello(stack, n) for n in THREADS
        }
        _show_queries(ours, theirs)
        _show_pages(ours, theirs, hellos)


def _hello(stack: ExitStack, threads: int) -> Asked:
    command = (sys.executable, "benchmarks/hello.py", "{port}", str(threads))
    return Asked(stack.enter_context(running("/", *command)), "/", "*/*")


def _show_queries(ours: Served, theirs: Served) -> None:
    queries = {"small": SMALL} | HEAVY
    asked = {
        (name, who): Asked(server, f"{server.path}?{_query(text)}", JSON)
        for name, text in queries.items()
        for who, server in (("again", ours), ("anew", theirs))
    }
    found = _least(asked)
    ratios = {name: found[name, "anew"] / found[name, "again"] for name in queries}
    rows = [
        (name, f"{_told(found[name, 'again'])}; oxigraph {_told(found[name, 'anew'])}")
        for name in queries
    ]
    rows += [
        ("oxigraph ÷ ours, small query, at least 2", f"{ratios['small']:.2f}"),
        ("oxigraph ÷ ours, mean of these six", f"{_mean(ratios.values()):.2f}"),
    ]
    show("queries asked again, CPU time, 16 connections", rows)


def _show_pages(ours: Served, theirs: Served, hellos: dict[str, Asked]) -> None:
    asked = {(name, "hello"): item for name, item in hellos.items()}
    for name in THINGS:
        described = f"{theirs.path}?{_query(f'DESCRIBE <{ID}{name}>')}"
        asked[name, "page"] = Asked(ours, f"/doc/{name}", "text/html")
        asked[name, "plain"] = Asked(ours, f"/doc/{name}", "text/html", PLAIN)
        asked[name, "anew"] = Asked(theirs, described, "text/turtle")
    found = _least(asked)
    rows = [
        (name, f"{_told(found[name, 'page'])}; DESCRIBE {_told(found[name, 'anew'])}")
        for name in THINGS
    ]
    rows += [(name, _told(found[name, "hello"])) for name in hellos]
    for form, words in (("page", "page"), ("plain", "page without a coding")):
        rows += _page_ratios(found, form, words, tuple(hellos))
    show("warm pages, CPU time, 16 connections", rows)


def _page_ratios(
    found: dict[tuple[str, str], float], form: str, words: str, hellos: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return how many pages in a form fit in what others cost, for the budgets."""
    pages = {name: found[name, form] for name in THINGS}
    first, mean = pages[THINGS[0]], _mean(pages.values())
    anew = _mean(found[name, "anew"] for name in THINGS)
    rows = [
        (f"DESCRIBE ÷ {words}, meeting, at least 3", found[THINGS[0], "anew"] / first),
        (f"DESCRIBE ÷ {words}, mean of these eight", anew / mean),
    ]
    for name in hellos:
        hello = found[name, "hello"]
        rows.append((f"{name} ÷ {words}, meeting, at least 0.8", hello / first))
        rows.append((f"{name} ÷ {words}, mean of these eight", hello / mean))
    return [(name, f"{ratio:.2f}") for name, ratio in rows]


def _least(asked: dict[tuple[str, str], Asked]) -> dict[tuple[str, str], float]:
    """Return the least CPU seconds of each request, asked in turn in a few rounds."""
    found = dict.fromkeys(asked, math.inf)
    for _ in range(ROUNDS):
        for name, item in asked.items():
            found[name] = min(found[name], _cost(item))
    return found


def _cost(asked: Asked) -> float:
    """Return the CPU seconds of one request, under a load unless it takes long."""
    server, target, accept, coding = asked
    server.get(target, accept)
    before = server.cpu()
    for _ in range(FEW):
        server.get(target, accept)
    alone = (server.cpu() - before) / FEW
    if alone >= LONG:
        return alone
    before = server.cpu()
    answered = load(server.port, target, accept, coding, TIMES)
    return (server.cpu() - before) / answered


def _query(text: str) -> str:
    return urllib.parse.urlencode({"query": PREFIXES + text})


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return math.prod(found) ** (1 / len(found))


def _told(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"
