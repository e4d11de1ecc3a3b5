"""How long short queries take beside others that never end, and when those end."""

from __future__ import annotations

import itertools
import json
import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError
from urllib.parse import urlencode

from benchmarks.measuring import show
from benchmarks.questions import ENDLESS, PREFIXES, SMALL
from benchmarks.servers import JSON

if TYPE_CHECKING:
    from benchmarks.servers import Served

RUNAWAYS: Final = 8
#: Seconds that an endless query asks for, how often, and after which it may be late.
DEADLINE: Final = 1.0
ASKED: Final = 20
CLIENTS: Final = 8
LATE: Final = 0.25
GAVE_WAY: Final = ("query-evicted", "workers-busy")


def runaways(served: Served) -> None:
    """How long short queries take while others never end."""
    stop = threading.Event()

    def torment(number: int) -> None:
        while not stop.is_set():
            try:
                served.ask(ENDLESS, note=f"runaway {number}")
            except OSError:
                stop.wait(0.05)

    threads = [threading.Thread(target=torment, args=(n,)) for n in range(RUNAWAYS)]
    idle = sorted(_latency(served, f"idle {n}") for n in range(500))
    for thread in threads:
        thread.start()
    time.sleep(3)
    try:
        busy = sorted(_latency(served, f"busy {n}") for n in range(1_000))
    finally:
        stop.set()
    refused = sum(item == math.inf for item in busy)
    rows = [
        ("p99 when idle", f"{idle[len(idle) * 99 // 100] * 1000:.1f} ms"),
        ("p50 beside them", f"{busy[len(busy) // 2] * 1000:.1f} ms"),
        (
            "p99 beside them, at most 100 ms",
            f"{busy[len(busy) * 99 // 100] * 1000:.1f}",
        ),
    ]
    rows.append(("refused, of 1,000", str(refused)))
    show(f"a short query beside {RUNAWAYS} that never end", rows)
    for thread in threads:
        thread.join()


def _latency(served: Served, note: str) -> float:
    """Return the seconds of a short query; infinity if it is refused."""
    start = time.perf_counter()
    try:
        served.ask(SMALL, note=note)
    except HTTPError:
        return math.inf
    return time.perf_counter() - start


def deadlines(served: Served) -> None:
    """Print how long after its deadline an endless query is answered."""
    idle = [_lateness(served, f"alone {n}") for n in range(ASKED // 2)]
    stop = threading.Event()
    with ThreadPoolExecutor() as threads:
        for number in range(CLIENTS):
            threads.submit(_keep_asking, served, stop, number)
        try:
            busy = [_lateness(served, f"beside {n}") for n in range(ASKED)]
        finally:
            stop.set()
    rows: list[tuple[str, object]] = []
    for name, found in (("alone", idle), (f"beside {CLIENTS} clients", busy)):
        late = sorted(item for item in found if item is not None)
        said = "none was left to its deadline"
        if late:
            said = f"{late[len(late) // 2]:.3f} s, at most {late[-1]:.3f}"
        rows.append((f"{name}, median of {len(late)}", said))
        rows.append((f"{name}, made to give way", len(found) - len(late)))
    show(f"after a deadline of {DEADLINE:g} s, at most {LATE} s", rows)


def _keep_asking(served: Served, stop: threading.Event, number: int) -> None:
    """Ask small queries that no cache has seen, one after the other."""
    for again in itertools.count():
        if stop.is_set():
            return
        with suppress(OSError):
            served.ask(SMALL, note=f"client {number} {again}")


def _lateness(served: Served, note: str) -> float | None:
    """Return the seconds past its deadline; None if it had to give way to others."""
    text = f"{PREFIXES}{ENDLESS} # {note}"
    query = urlencode({"query": text, "timeout": DEADLINE})
    start = time.perf_counter()
    try:
        served.get(f"{served.path}?{query}", JSON)
    except HTTPError as error:
        late = time.perf_counter() - start - DEADLINE
        code = json.load(error)["code"]
        if code not in {"query-timeout", *GAVE_WAY}:
            raise AssertionError(code) from error
        return None if code in GAVE_WAY else late
    raise AssertionError
