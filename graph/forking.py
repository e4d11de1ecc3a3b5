"""Forks query workers: a process that opens nothing else, so that a fork is quick.

Run as `python -m graph.forking STORE HOLD REACH` with a socket as standard input. With
`HOLD` `memory` it first reads the merged graph into memory, which its workers then
share as far as they leave it untouched; with `disk` each worker opens the store. Where
`REACH` is `alone`, they connect to nobody. It says `READY`, and from then on forks a
worker for each message: the worker's end of a socket pair, and the bytes of memory that
the worker may grow by. It answers with the worker's process. When the socket ends, so
does it, and its workers with it.

Oxigraph's threads for files, which stay after reading the store, do nothing and hold
nothing at the moment of a fork, and reading needs none of them.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import struct
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph.confining import confine
from graph.holding import HeldStore
from graph.paging import collapse
from graph.store import Store
from graph.worker import run

if TYPE_CHECKING:
    from graph.interfaces import AskedStore

READY: Final = b"R"
#: What keeps workers from connecting to anyone.
ALONE: Final = "alone"
MESSAGE: Final = struct.Struct(">Q")
PROCESS: Final = struct.Struct(">I")


def main(arguments: list[str]) -> None:
    """Read the store if it is to be held, then fork workers until told no more."""
    place, hold, reach = arguments
    if reach == ALONE:
        confine()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore", DeprecationWarning)
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    parent, ours = os.getppid(), os.getpid()
    stay = partial(_end_without, parent)
    store = HeldStore(Path(place), stay) if hold == "memory" else None
    gc.collect()
    gc.freeze()
    if store:
        collapse()
    try:
        control.sendall(READY)
    except OSError:  # who wanted workers is gone
        return
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE.size, 1)
        if not message:
            return
        _clear_away()
        process = os.fork()
        if not process:
            control.close()
            with contextlib.suppress(BaseException):
                peer = socket.socket(fileno=descriptors[0])
                held = store or open_place(place)
                allowance = MESSAGE.unpack(message)[0]
                run(held, peer, allowance, ours, settles=store is not None)
            os._exit(0)
        os.close(descriptors[0])
        control.sendall(PROCESS.pack(process))


def _end_without(parent: int) -> None:
    """End this process if the one is gone that started it, and wants its workers."""
    if os.getppid() != parent:
        os._exit(0)


def open_place(place: str) -> AskedStore:
    """Open a store: that in a folder, or the one behind an address."""
    if "://" not in place:
        return Store.read_only(Path(place))
    from graph.described import Elsewhere  # noqa: PLC0415  only then is HTTP needed

    return Elsewhere(place)


def _clear_away() -> None:
    """Let the workers go that have ended.

    The pool has killed each of them or seen it end, and names none of them again.
    """
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    main(sys.argv[1:])
