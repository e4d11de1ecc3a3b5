"""Streams answers that only the thread may go on with which began them.

What reads a store of Oxigraph may be touched by one thread alone, while any thread of
the gateway asks for the next piece of an answer. So each such answer has a thread of
its own, and they are few: a client that reads slowly holds one for as long.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from graph.errors import AnswerBrokenError, RegietafelError, WorkersBusyError
from graph.lanes import RETRY_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

T = TypeVar("T")

#: Answers that are streamed so at the same time by one process.
MOST: Final = 32
_ROOM: Final = threading.BoundedSemaphore(MOST)


class Confined:
    """The pieces of an answer, all made by one thread; to be closed."""

    def __init__(self, make: Callable[[], Iterable[bytes]]) -> None:
        """Begin; WorkersBusyError if too many answers are on their way."""
        self._closed, self._room = True, _ROOM
        if not self._room.acquire(blocking=False):
            raise WorkersBusyError(RETRY_AFTER)
        self._thread = ThreadPoolExecutor(1, "stream")
        self._pieces = breaking(make)
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece; AnswerBrokenError if it cannot be made."""
        piece = self._thread.submit(next, self._pieces, None).result()
        if piece is None:
            raise StopIteration
        return piece

    def __del__(self) -> None:
        """Close what nobody closed, as where a server ends amid an answer."""
        with suppress(RuntimeError):
            self.close()

    def close(self) -> None:
        """Let go of everything, in the thread that made it."""
        if not self._closed:
            self._closed = True
            self._thread.submit(self._pieces.close).result()
            self._thread.shutdown()
            self._room.release()


def breaking(make: Callable[[], Iterable[T]]) -> Generator[T]:
    """Yield the pieces of an answer; AnswerBrokenError where one cannot be made."""
    try:
        yield from make()
    except RegietafelError as error:
        raise AnswerBrokenError(error.message) from None
