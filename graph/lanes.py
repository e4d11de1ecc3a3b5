"""Decides which worker takes which query, and which query has to go.

Every query from outside begins in the quick lane. One that proves long moves with its
worker to the slow lane, which leaves the processors to others, and a new worker takes
its place; the same query begins there next time. When all are taken, the query that has
run the longest goes. Queries of our own pages have a lane for themselves.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import WorkersBusyError
from graph.starting import Nursery

if TYPE_CHECKING:
    from pathlib import Path

    from graph.starting import Worker

LOG: Final = logging.getLogger(__name__)
QUICK: Final = "quick"
SLOW: Final = "slow"
OWN: Final = "own"
#: Seconds after which a query has proved long, and after which it may have to go.
TRIAL: Final = 0.2
EVICTABLE: Final = 0.5
#: Seconds between two looks at the queries that run; where none does, `TRIAL`.
PAUSE: Final = 0.05
#: Seconds in which the first worker must be there, and until a failed start is tried.
START: Final = 60.0
AGAIN: Final = 1.0
#: Queries that may wait in a lane, and long ones that are remembered.
QUEUE: Final = 16
REMEMBERED: Final = 1_000
#: Seconds after which a client that found no worker may come back.
RETRY_AFTER: Final = 2


@dataclass(frozen=True)
class Limits:
    """What queries may use: workers in each lane, seconds, bytes, seconds of waiting.

    `memory` is by how many bytes one query may make its worker grow, `result` the
    longest answer in bytes; `in_memory` tells whether the merged graph is held there,
    and `allocator` is that of `graph.starting.Nursery`. `services` are the endpoints
    that queries may name in SERVICE, which all together get `service_seconds` and
    `service_bytes` for one query.
    """

    workers: int = 2
    slow: int = 2
    own: int = 1
    seconds: float = 10.0
    memory: int = 512 * 1024 * 1024
    wait: float = 2.0
    result: int = 1024 * 1024 * 1024
    in_memory: bool = False
    allocator: str = "auto"
    services: tuple[str, ...] = ()
    service_seconds: float = 5.0
    service_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True)
class Counts:
    """How a pool is: workers busy and idle, queries waiting; kills since the start.

    `evictions` are those of the kills that made room for others.
    """

    busy: int
    idle: int
    queued: int
    kills: int
    evictions: int
    in_memory: bool


class Lanes:
    """The workers of one store, in lanes, each with one query at the most."""

    def __init__(self, store: Path | str, limits: Limits) -> None:
        """Begin to start the workers."""
        self._limits = limits
        self._store = store
        self._sizes = {QUICK: limits.workers, SLOW: limits.slow, OWN: limits.own}
        self._lock = threading.Lock()
        self._free = threading.Condition(self._lock)
        self._work = threading.Condition(self._lock)
        self._idle: dict[str, list[Worker]] = {lane: [] for lane in self._sizes}
        self._busy: set[Worker] = set()
        self._waiting = dict.fromkeys(self._sizes, 0)
        self._long: OrderedDict[bytes, None] = OrderedDict()
        self._kills = self._evictions = 0
        self._begun = self._closed = False
        self._nursery = self._start("disk")
        self._nurseries = [self._nursery]
        threading.Thread(target=self._tend, name="lanes", daemon=True).start()
        if limits.in_memory:
            threading.Thread(target=self._copy, name="copy", daemon=True).start()

    def take(
        self, lane: str, key: bytes, seconds: float, *, patient: bool = True
    ) -> Worker:
        """Return a worker for a query known by a key; WorkersBusyError if none is free.

        Its seconds count from now. The worker is to be given back or discarded. Who is
        not `patient` takes a worker that is idle and waits for none.
        """
        with self._lock:
            chosen = SLOW if lane == QUICK and key in self._long else lane
            if self._waiting[chosen] >= QUEUE or not (patient or self._idle[chosen]):
                raise WorkersBusyError(RETRY_AFTER)
            asked, begun = time.monotonic(), self._begun
            self._waiting[chosen] += 1
            try:
                worker = self._wait_for(chosen, asked + seconds)
            finally:
                self._waiting[chosen] -= 1
            worker.key, worker.seconds = key, seconds
            worker.started = time.monotonic()
            worker.until = (asked if begun else worker.started) + seconds
            self._busy.add(worker)
            return worker

    def give_back(self, worker: Worker) -> None:
        """Take a worker back whose query has been answered."""
        with self._lock:
            self._busy.discard(worker)
            lane = worker.lane
            kept = (
                not (self._closed or worker.evicted)
                and worker.hold == self._nursery.hold
                and self._count(lane) < self._sizes[lane]
            )
            if kept:
                self._idle[lane].append(worker)
                self._free.notify_all()
            else:
                self._tell()
        if not kept:
            worker.close()

    def discard(self, worker: Worker) -> None:
        """End a worker amid its query; another takes its place."""
        with self._lock:
            self._busy.discard(worker)
            self._kills += 1
            self._tell()
        worker.close()

    def counts(self) -> Counts:
        """Return how the pool is at this moment."""
        with self._lock:
            return Counts(
                busy=len(self._busy),
                idle=sum(map(len, self._idle.values())),
                queued=sum(self._waiting.values()),
                kills=self._kills,
                evictions=self._evictions,
                in_memory=self._nursery.hold == "memory",
            )

    def close(self) -> None:
        """End every worker."""
        with self._lock:
            self._closed = True
            idle = [worker for lane in self._idle.values() for worker in lane]
            self._idle = {lane: [] for lane in self._sizes}
            for worker in self._busy:
                worker.kill()
            nurseries, self._nurseries = self._nurseries, []
            self._tell()
        for worker in idle:
            worker.close()
        for nursery in nurseries:
            nursery.close()

    def _start(self, hold: str) -> Nursery:
        """Start what forks workers, who reach others only if they have to."""
        is_alone = "://" not in str(self._store) and not self._limits.services
        reach = "alone" if is_alone else "others"
        return Nursery(self._store, hold, self._limits.allocator, reach)

    def _tell(self) -> None:
        """Let those look again who wait for a change."""
        self._free.notify_all()
        self._work.notify()

    def _count(self, lane: str) -> int:
        busy = sum(worker.lane == lane for worker in self._busy)
        return busy + len(self._idle[lane])

    def _wait_for(self, lane: str, latest: float) -> Worker:
        """Return an idle worker; after a while, the longest query has to go.

        Once workers are there, nothing waits longer than until `latest`.
        """
        wait = self._limits.wait
        until = time.monotonic() + START
        if self._begun:
            until = min(time.monotonic() + wait, latest)
        pushed = lane == OWN
        if not self._idle[lane]:
            self._work.notify()
        while not self._idle[lane]:
            left = until - time.monotonic()
            if left > 0 and not self._closed:
                self._free.wait(left)
            elif pushed or not self._evict((QUICK, SLOW)):
                raise WorkersBusyError(RETRY_AFTER)
            else:
                pushed, until = True, min(time.monotonic() + wait, latest)
        return self._idle[lane].pop()

    def _evict(self, lanes: tuple[str, ...]) -> bool:
        """Stop the query that has run the longest in some lanes, if long enough."""
        running = [w for w in self._busy if w.lane in lanes and not w.evicted]
        oldest = min(running, key=lambda worker: worker.started, default=None)
        if oldest is None or time.monotonic() - oldest.started < EVICTABLE:
            return False
        oldest.evicted = True
        oldest.kill()
        self._evictions += 1
        return True

    def _tend(self) -> None:
        """Start workers where they lack, and move long queries, until closed."""
        self._nursery.wait()
        while True:
            with self._lock:
                if self._closed:
                    return
                self._move_long()
                lane = self._lacking()
                if lane is None:
                    resting = not any(w.lane == QUICK for w in self._busy)
                    self._work.wait(TRIAL if resting else PAUSE)
                    continue
                nursery = self._nursery
            try:
                worker = nursery.fork(self._limits.memory)
            except OSError:
                self._start_again(nursery)
            else:
                self._add(worker, lane)

    def _add(self, worker: Worker, lane: str) -> None:
        worker.lane = lane
        if lane == SLOW:
            worker.step_back()
        with self._lock:
            kept = not self._closed and worker.hold == self._nursery.hold
            if kept:
                self._idle[lane].append(worker)
                self._begun = True
                self._free.notify_all()
        if not kept:
            worker.close()

    def _start_again(self, failed: Nursery) -> None:
        """Replace the process that forks workers, which is gone."""
        time.sleep(AGAIN)
        with self._lock:
            if self._closed:
                return
            LOG.warning("the process that starts query workers ended; starting another")
            self._nursery = self._start("disk")
            self._nurseries = [n for n in self._nurseries if n is not failed]
            self._nurseries.append(self._nursery)
            orphans = [worker for idle in self._idle.values() for worker in idle]
            self._idle = {lane: [] for lane in self._sizes}
        for worker in orphans:
            worker.close()
        failed.close()
        self._nursery.wait()

    def _lacking(self) -> str | None:
        """Return a lane that needs one more worker."""
        for lane in (QUICK, OWN):
            if self._count(lane) < self._sizes[lane]:
                return lane
        wanted = self._waiting[SLOW] > len(self._idle[SLOW])
        return SLOW if wanted and self._count(SLOW) < self._sizes[SLOW] else None

    def _move_long(self) -> None:
        """Move queries that prove long to the slow lane, once no quick worker is idle.

        Until then nobody waits for them, and the worker that a query leaves behind has
        more of the store at hand than a new one.
        """
        before = time.monotonic() - TRIAL
        quick = [w for w in self._busy if w.lane == QUICK and not self._idle[QUICK]]
        for worker in quick:
            if worker.started < before and not worker.evicted:
                self._long[worker.key] = None
                self._long.move_to_end(worker.key)
                if self._has_room():
                    worker.lane = SLOW
                    worker.step_back()
        while len(self._long) > REMEMBERED:
            self._long.popitem(last=False)

    def _has_room(self) -> bool:
        """Tell whether the slow lane takes one more, made room for if it must."""
        if self._count(SLOW) < self._sizes[SLOW]:
            return True
        if self._idle[SLOW]:
            self._idle[SLOW].pop().close()
            return True
        return not self._idle[QUICK] and self._evict((SLOW,))

    def _copy(self) -> None:
        """Read the store into memory, and have workers that hold it there take over."""
        copy = self._start("memory")
        with self._lock:
            closed = self._closed
            self._nurseries.append(copy)
        if closed or not copy.wait():
            copy.close()
            return
        with self._lock:
            self._nursery = copy
            stale = [(lane, w) for lane, idle in self._idle.items() for w in idle]
        with contextlib.suppress(OSError):
            for lane, worker in stale:
                self._exchange(lane, worker, copy.fork(self._limits.memory))

    def _exchange(self, lane: str, stale: Worker, fresh: Worker) -> None:
        """Put a worker in the place of another, which ends once it is idle."""
        fresh.lane = lane
        if lane == SLOW:
            fresh.step_back()
        with self._lock:
            is_idle = stale in self._idle[lane]
            if is_idle:
                self._idle[lane].remove(stale)
            is_open = not self._closed
            if is_open:
                self._idle[lane].append(fresh)
            self._free.notify_all()
        if is_idle:
            stale.close()
        if not is_open:
            fresh.close()
