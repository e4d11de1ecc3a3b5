"""Cuts the connection of a client that takes nothing of what is sent to it."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from pathlib import Path
from typing import Final

#: Where a process finds its own open files, on Linux and on macOS.
_DESCRIPTORS: Final = (Path("/proc/self/fd"), Path("/dev/fd"))
_FAMILIES: Final = (socket.AF_INET, socket.AF_INET6)


def sever(address: str, port: int) -> None:
    """Shut the connection to a client, whatever still waits to be sent to it."""
    folder = next((item for item in _DESCRIPTORS if item.is_dir()), None)
    for item in list(folder.iterdir()) if folder else ():
        with contextlib.suppress(OSError):
            _shut(int(item.name), (address, port))


def _shut(descriptor: int, peer: tuple[str, int]) -> None:
    """Shut what a descriptor stands for if it is a connection to a peer."""
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        return
    with socket.socket(fileno=os.dup(descriptor)) as found:
        if found.family in _FAMILIES and found.getpeername()[:2] == peer:
            found.shutdown(socket.SHUT_RDWR)
