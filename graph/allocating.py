"""Finds a faster allocator of memory for queries and builds, where the system has one.

jemalloc makes joins, sorts and counts in memory up to a quarter cheaper, and loading a
store on disk by a sixth; see docs/decisions/0043 and 0026. Nothing needs it. For builds
the system's own allocator is told to do as well.
"""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: What the linker of Linux puts before the libraries of a program.
PRELOAD: Final = "LD_PRELOAD"
#: Where systems keep jemalloc: Debian by architecture, then Fedora, Arch and Alpine.
PLACES: Final = (
    f"/usr/lib/{platform.machine()}-linux-gnu/libjemalloc.so.2",
    "/usr/lib64/libjemalloc.so.2",
    "/usr/lib/libjemalloc.so.2",
)
#: How jemalloc and glibc take large pages, which sorting and joins gain from; glibc
#: also asks for more at once, so that threads that load a store seldom ask.
LARGE_PAGES: Final = {
    "MALLOC_CONF": "thp:always",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864",
}


def with_large_pages(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which either allocator takes large pages.

    What is said of an allocator there already stays.
    """
    return {**LARGE_PAGES, **with_allocator(environment)}


def with_allocator(
    environment: Mapping[str, str], places: Iterable[str] = PLACES
) -> dict[str, str]:
    """Return an environment that puts jemalloc in the place of the system's allocator.

    It stays as it is where there is no jemalloc, and where it already names a library
    to be put before others.
    """
    found = next((place for place in places if Path(place).is_file()), None)
    if found is None or environment.get(PRELOAD):
        return dict(environment)
    return {**environment, PRELOAD: found}
