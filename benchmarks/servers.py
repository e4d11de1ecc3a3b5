"""Servers that benchmarks start and ask, and the processor time that they take.

CPU time is that of a server and all its processes, from `/proc`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.measuring import ROOT
from benchmarks.questions import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON: Final = "application/sparql-results+json"


class Served(NamedTuple):
    """A server that runs: its port, its process, and the path of its queries."""

    port: int
    process: int
    path: str

    def ask(self, query: str, accept: str = JSON, note: str = "") -> bytes:
        """Return the answer to a query, asked in words that no cache has seen."""
        text = PREFIXES + query + (f" # {note}" if note else "")
        target = f"{self.path}?{urllib.parse.urlencode({'query': text})}"
        return self.get(target, accept)

    def get(self, target: str, accept: str) -> bytes:
        """Return the body of an answer; HTTPError if it is none of success."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{target}", headers={"Accept": accept}
        )
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310  http
            found: bytes = answer.read()
            return found

    def repeat(self, target: str, accept: str, times: int) -> float:
        """Return the CPU seconds of one request among many on one connection."""
        connection = HTTPConnection("127.0.0.1", self.port)
        before = self.cpu()
        for _ in range(times):
            connection.request("GET", target, headers={"Accept": accept})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise ValueError(answer.status)
        return (self.cpu() - before) / times

    def cpu(self) -> float:
        """Return the CPU seconds of the server and of all that it started."""
        return sum(map(_seconds, self.family()))

    def memory(self) -> float:
        """Return the megabytes in use; what processes share counts for each."""
        return sum(map(_status, self.family()))

    def family(self) -> list[int]:
        """Return the server's process and all that it started."""
        found = [self.process]
        for process in found:
            found += _children(process)
        return found


def _seconds(process: int) -> float:
    """Return the CPU seconds of a process and of those it started that have ended.

    Its own are exact, from the clock that Linux has for each process; those of the
    others come in ticks.
    """
    ended = sum(map(int, _stat(process)[13:15])) / os.sysconf("SC_CLK_TCK")
    try:
        return time.clock_gettime(~process << 3 | 2) + ended
    except OSError:
        return ended


def _stat(process: int) -> list[str]:
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return ["0"] * 20
    return text.rpartition(")")[2].split()


def _status(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024 if "VmRSS" in text else 0


@contextmanager
def running(path: str, *command: str | Path, ready: str = "ASK {}") -> Iterator[Served]:
    """Run a server whose command has `{port}` for its port; OSError if it ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    words = [str(word).replace("{port}", str(port)) for word in command]
    with subprocess.Popen(  # noqa: S603  the commands are written below
        words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        served = Served(port, process.pid, path)
        try:
            until = time.monotonic() + 600
            while time.monotonic() < until:
                try:
                    served.ask(ready)
                    break
                except OSError:
                    if process.poll() is not None:
                        raise
                    time.sleep(0.2)
            yield served
        finally:
            process.terminate()


def wait_for_memory(served: Served) -> None:
    """Wait until workers that hold the release in memory have taken over."""
    until = time.monotonic() + 600
    while time.monotonic() < until:
        holds = [p for p in served.family() if b"memory" in _words(p)]
        if any(len(_children(process)) > 1 for process in holds):
            time.sleep(2)
            return
        time.sleep(1)
    raise TimeoutError


def _words(process: int) -> list[bytes]:
    """Return the command of a process if it forks query workers."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
    return words if b"graph.forking" in words else []


def _children(process: int) -> list[int]:
    try:
        path = Path(f"/proc/{process}/task/{process}/children")
        return [int(word) for word in path.read_text(encoding="ascii").split()]
    except OSError:
        return []
