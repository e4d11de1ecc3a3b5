"""An event loop on which a request takes its first step in the thread that brought it.

granian hands each request to the loop from a thread of its own. Waking the loop costs
more than giving an answer from the cache, so what can be answered without waiting is
answered in that thread. Python 3.12 has the like for a loop's own tasks:
https://docs.python.org/3/library/asyncio-task.html#eager-task-factory.
"""

from __future__ import annotations

import asyncio
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextvars import Context


class EagerLoop(asyncio.SelectorEventLoop):
    """Runs a coroutine that it is handed up to where that first waits."""

    def call_soon_threadsafe(  # type: ignore[override]  # None for what is done
        self,
        callback: Callable[..., object],
        *args: Any,  # noqa: ANN401  as in asyncio
        context: Context | None = None,
    ) -> asyncio.Handle | None:
        """Call back on the loop, unless a coroutine that is handed over is done before.

        Its first step must wait for nothing but `reach_the_loop`. Should granian hand
        over requests in another way one day, all steps are taken on the loop.
        """
        if args and isinstance(args[0], types.CoroutineType):
            try:
                args[0].send(None)
            except StopIteration:
                return None
        return super().call_soon_threadsafe(callback, *args, context=context)


@types.coroutine
def reach_the_loop() -> Generator[None]:
    """Wait until the loop runs what follows; on the loop, let others go first."""
    yield
