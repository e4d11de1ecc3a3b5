"""Keeps a process from connecting to anyone, where the system can.

`graph.guarding` has to read a query just as Oxigraph does; this is what holds should it
ever err. On Linux from 6.7 a thread can give up to connect by TCP, for itself and all
that it starts: https://docs.kernel.org/userspace-api/landlock.html.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import Final

#: Numbers of system calls, the same on every processor that has them.
_CREATE_RULES: Final = 444
_RESTRICT_SELF: Final = 446
_NO_NEW_PRIVILEGES: Final = 38
_ASK_VERSION: Final = 1
#: The version from which connections are among what can be given up, and their bit.
_LEAST_VERSION: Final = 4
_CONNECT: Final = 1 << 1


def confine() -> bool:
    """Let this thread, and what it starts, connect to nobody; False if it may."""
    if sys.platform != "linux":
        return False
    if _call(_CREATE_RULES, None, 0, _ASK_VERSION) < _LEAST_VERSION:
        return False
    handled = struct.pack("QQ", 0, _CONNECT)
    rules = _call(_CREATE_RULES, handled, len(handled), 0)
    if rules < 0:
        return False
    try:
        ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return _call(_RESTRICT_SELF, None, rules, 0) == 0
    finally:
        os.close(rules)


def _call(number: int, data: bytes | None, one: int, two: int) -> int:
    """Make a system call; what has no data has its numbers alone."""
    libc = ctypes.CDLL(None)
    libc.syscall.restype = ctypes.c_long
    numbers = ctypes.c_long(one), ctypes.c_long(two)
    given = numbers if number == _RESTRICT_SELF else (data, *numbers)
    found: int = libc.syscall(ctypes.c_long(number), *given)
    return found
