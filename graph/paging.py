"""Puts pages of memory together to large ones while a process has nothing else to do.

What a forked process writes to comes to it in pages of 4 KiB, and finding these takes a
processor longer. Linux from 6.1 can put them together again, those that are shared
still staying so: `MADV_COLLAPSE` of
https://man7.org/linux/man-pages/man2/madvise.2.html.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Bytes of a large page, where a small one has 4 KiB.
LARGE: Final = 1 << 21
#: Small pages from which putting them together is worth its while: those of ten large.
MANY: Final = 5_120
_COLLAPSE: Final = 25
_MAPS: Final = Path("/proc/self/maps")
#: Rights and names that `_MAPS` gives to what a process has of its own.
_WRITABLE: Final = "rw-p"
_NAMED: Final = {"", "[heap]"}


class Settling:
    """What puts the memory of a forked process together once enough is in small pages.

    The system counts a fault for each small page that the process came to have.
    """

    def __init__(self) -> None:
        """Begin to count."""
        self._before = _faults()

    def settle(self, is_wanted: Callable[[], bool]) -> None:
        """Put memory together if that is worth while, until the process is wanted."""
        if _faults() - self._before > MANY and collapse(is_wanted):
            self._before = _faults()


def collapse(is_wanted: Callable[[], bool] = lambda: False) -> bool:
    """Put the memory of this process together, until the process is wanted.

    Tells whether nothing is left to do. Where the system cannot, nothing happens.
    """
    if not can_collapse():
        return True
    libc, length = ctypes.CDLL(None), ctypes.c_size_t(LARGE)
    for place in _places():
        if is_wanted():
            return False
        libc.madvise(ctypes.c_void_p(place), length, _COLLAPSE)
    return True


def _faults() -> int:
    """Return how often this process touched a page that it had not."""
    import resource  # noqa: PLC0415  absent on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


@cache
def can_collapse() -> bool:
    """Tell whether the system knows how to, by a large page for a trial."""
    if sys.platform != "linux":
        return False
    with mmap.mmap(-1, 2 * LARGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as trial:
        trial.write(b" " * 2 * LARGE)
        try:
            trial.madvise(_COLLAPSE)
        except OSError as error:
            return error.errno != errno.EINVAL
    return True


def _places() -> Iterator[int]:
    """Yield where large pages may begin in what this process has of its own."""
    for line in _MAPS.read_text(encoding="utf-8", errors="replace").splitlines():
        span, rights, _, _, inode, *name = line.split(maxsplit=5)
        if rights == _WRITABLE and inode == "0" and "".join(name).strip() in _NAMED:
            start, end = (int(number, 16) for number in span.split("-"))
            yield from range(-(-start // LARGE) * LARGE, end - LARGE + 1, LARGE)
