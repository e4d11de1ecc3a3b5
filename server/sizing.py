"""Chooses how many processes there are, and where queries run, by the machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph.workers import Limits

if TYPE_CHECKING:
    from graph.interfaces import ServedRelease
    from server.settings import Settings

#: Bytes that a triple takes in memory, about, and how many are held at the most.
TRIPLE: Final = 570
MOST_TRIPLES: Final = 3_000_000
#: The part of the free memory that copies of a release may take.
SHARE: Final = 0.5
_CGROUP: Final = Path("/sys/fs/cgroup")
_MEMINFO: Final = Path("/proc/meminfo")


def processors() -> int:
    """Return the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processes_of(settings: Settings) -> int:
    """Return how many processes serve: half of the processors, the rest for queries."""
    return settings.processes or max(1, processors() // 2)


def limits_of(
    settings: Settings, release: ServedRelease, *, is_current: bool
) -> Limits:
    """Return what queries may use of each process; only the current release is held."""
    workers = settings.query_workers or max(2, processors() // processes_of(settings))
    return Limits(
        workers=workers,
        slow=workers,
        own=_own(workers),
        seconds=settings.query_timeout_max,
        memory=settings.query_memory,
        result=settings.max_result_bytes,
        allocator=settings.query_allocator,
        services=() if settings.store else settings.service,
        service_seconds=settings.service_timeout,
        service_bytes=settings.service_bytes,
        in_memory=_in_memory(settings, release, workers) if is_current else False,
    )


def _own(workers: int) -> int:
    """Return the workers of our own queries; one alone would make all pages wait."""
    return max(2, workers // 2)


def _in_memory(settings: Settings, release: ServedRelease, workers: int) -> bool:
    """Tell whether workers hold a release in memory."""
    if settings.query_store != "auto":
        return settings.query_store == "memory"
    triples = release.manifest.counts["statements"]
    copies = 1 + 2 * workers + _own(workers)  # each comes to have most of its own
    wanted = triples * TRIPLE * copies * processes_of(settings)
    return triples <= MOST_TRIPLES and wanted <= SHARE * free_memory()


def free_memory() -> int:
    """Return the bytes of memory that are free, also by the limit of a container."""
    free = _free_of_machine()
    try:
        limit = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used = int((_CGROUP / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return free
    return min(free, int(limit) - used) if limit.isdigit() else free


def _free_of_machine() -> int:
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    found = next(line for line in lines if line.startswith("MemAvailable:"))
    return int(found.split()[1]) * 1024
