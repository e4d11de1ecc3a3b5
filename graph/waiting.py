"""Waits for work that gives no sign of life, so that it can be left at any time.

A call into a compiled library runs to its end before Python hears of an interrupt. Run
beside the main thread, it can be abandoned; whoever does so must then end the process.
"""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
_MOMENT = 0.2


class _Call(Thread, Generic[Result]):
    """A call in a thread of its own, and how it ended."""

    def __init__(self, call: Callable[[], Result]) -> None:
        super().__init__(daemon=True)
        self._call = call
        self.result: list[Result] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        """Make the call and keep its result or its error."""
        try:
            self.result.append(self._call())
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            self.error = error


def interruptible(call: Callable[[], Result]) -> Result:
    """Return what a call returns; an interrupt meanwhile is raised at once."""
    running = _Call(call)
    running.start()
    while running.is_alive():
        running.join(_MOMENT)
    if running.error:
        raise running.error
    return running.result[0]
