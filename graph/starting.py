"""Starts query workers, by the process that forks them, and speaks with each."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

from graph.allocating import with_allocator
from graph.errors import QueryAbandonedError, QueryMemoryError, QueryTimeoutError
from graph.forking import MESSAGE, PROCESS, READY
from graph.paths import ROOT
from graph.worker import CHUNK, END, LENGTH, frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Seconds between two looks at the clock and at whether anyone still waits, at most.
GLANCE: Final = 0.05
#: Seconds in which an idle worker must take a request.
_TAKING: Final = 5.0
#: How far a worker steps back, from 0 to 19, once its query proves long.
NICENESS: Final = 19
#: Bytes that are read at once.
_READ: Final = CHUNK


class Nursery:
    """The process that forks workers for one store."""

    def __init__(
        self, store: Path | str, hold: str, allocator: str, reach: str
    ) -> None:
        """Start it; `hold` is `disk` or `memory`, where the workers' store lies.

        `allocator` is `auto`, for a faster one where there is one, or `system`. `reach`
        is `alone` where workers connect to nobody, or `others`.
        """
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        if allocator == "auto":
            environment = with_allocator(environment)
        self.hold = hold
        self._control, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own module, no shell
                [sys.executable, "-m", "graph.forking", str(store), hold, reach],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=environment,
            )

    def wait(self) -> bool:
        """Wait until it can fork; False if it could not read the store."""
        with contextlib.suppress(OSError):
            return self._control.recv(len(READY)) == READY
        return False

    def fork(self, memory: int) -> Worker:
        """Return a new worker; OSError if the process is gone."""
        ours, theirs = socket.socketpair()
        try:
            with self._lock, theirs:
                return Worker(self._fork(theirs, memory), ours, self.hold)
        except OSError:
            ours.close()
            raise

    def _fork(self, peer: socket.socket, memory: int) -> int:
        """Have a worker forked, and return its process."""
        socket.send_fds(self._control, [MESSAGE.pack(memory)], [peer.fileno()])
        answer = self._control.recv(PROCESS.size, socket.MSG_WAITALL)
        if len(answer) < PROCESS.size:
            raise ConnectionResetError
        found: int = PROCESS.unpack(answer)[0]
        return found

    def close(self) -> None:
        """End the process and with it every worker that it forked."""
        self._control.close()
        self._process.kill()
        self._process.wait()


class Worker:
    """One worker process: what it is doing, and the way to speak with it."""

    def __init__(self, process: int, peer: socket.socket, hold: str) -> None:
        """Keep the process and the socket to it."""
        self.process = process
        self.hold = hold
        self.lane = ""
        self.started = 0.0
        self.seconds = 0.0
        self.until = 0.0
        self.evicted = False
        self.key = b""
        self._peer = peer
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _interval(GLANCE))
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _interval(_TAKING))
        self._data = bytearray()
        self._coming = select.poll()
        self._coming.register(peer, select.POLLIN)
        self._handle = os.pidfd_open(process) if hasattr(os, "pidfd_open") else None

    @property
    def descriptor(self) -> int:
        """Return the file descriptor of the socket to the process."""
        return self._peer.fileno()

    def send(self, request: dict[str, object]) -> None:
        """Send one request; QueryMemoryError if the worker is gone."""
        try:
            self._peer.sendall(frame(json.dumps(request).encode()))
        except OSError:
            raise QueryMemoryError from None

    def receive(self, abandoned: Callable[[], bool]) -> bytes:
        """Return the next frame.

        QueryTimeoutError at the deadline, QueryMemoryError if the worker is gone,
        QueryAbandonedError if nobody waits for it any more.
        """
        while len(self._data) < LENGTH.size:
            self._read(abandoned)
        end = LENGTH.size + LENGTH.unpack_from(self._data)[0]
        while len(self._data) < end:
            self._read(abandoned)
        with memoryview(self._data) as view:
            found = view[LENGTH.size : end].tobytes()
        del self._data[:end]
        return found

    def await_whole(self, milliseconds: int) -> bool:
        """Wait for something to come; tell whether it is a whole answer.

        That is a head, a frame at the most, and the end. What a query makes its answer
        say can look like an end, so only lengths count.
        """
        if self._coming.poll(milliseconds):
            with contextlib.suppress(OSError):
                self._data += self._peer.recv(_READ, socket.MSG_DONTWAIT)
        start, end = 0, len(self._data) - LENGTH.size
        for _ in range(2):
            if start < end:
                start += LENGTH.size + LENGTH.unpack_from(self._data, start)[0]
        return 0 < start == end and self._data.endswith(END)

    def is_whole(self) -> bool:
        """Tell whether all that is left of an answer is its end, and it is here."""
        return self._data == END

    def step_back(self) -> None:
        """Leave the processors to others from now on."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.process, NICENESS)

    def kill(self) -> None:
        """End the process at once; where the system can, no other by its number."""
        with contextlib.suppress(OSError):
            if self._handle is None:
                os.kill(self.process, signal.SIGKILL)
            else:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def close(self) -> None:
        """End the process and let go of it."""
        self.kill()
        self._peer.close()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _read(self, abandoned: Callable[[], bool]) -> None:
        if time.monotonic() > self.until:
            raise QueryTimeoutError(self.seconds)
        if abandoned():
            raise QueryAbandonedError
        try:
            piece = self._peer.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            raise QueryMemoryError
        self._data += piece


def _interval(seconds: float) -> bytes:
    """Return seconds as the system's `timeval`, by which a socket waits.

    It waits within one call; with a timeout of Python's each would take three.
    """
    whole = int(seconds)
    return struct.pack("@ll", whole, round((seconds - whole) * 1e6))
