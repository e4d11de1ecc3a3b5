"""How long short queries take beside others that never end."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError

from benchmarks.measuring import show
from benchmarks.questions import ENDLESS, SMALL

if TYPE_CHECKING:
    from benchmarks.servers import Served

RUNAWAYS: Final = 8


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
