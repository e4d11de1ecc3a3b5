"""Measures processes: the CPU time and the peak memory of a command and its children.

Ratios of CPU time within one run are what is compared: wall time and single numbers say
more of the machine than of the program.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.generate import write

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
CACHE: Final = ROOT / ".cache" / "bench"
#: What is compared with, at the versions that the project itself pins.
PEERS: Final = (
    "oxigraph==0.5.13",
    "pyshacl==0.40.1",
    "rdflib-endpoint==0.6.3",
    "uvicorn==0.54.0",
)
_BLOCKS: Final = 1024
#: CPU seconds that a command gets to end by itself once it is told to.
_GRACE: Final = 10


class Cost(NamedTuple):
    """What a command took: CPU seconds, wall seconds and megabytes at its peak.

    `cut` tells that it was ended before it was done, so that it takes more.
    """

    cpu: float
    wall: float
    peak: float
    cut: bool = False

    def __str__(self) -> str:
        """Return the cost for a person."""
        told = f"{self.cpu:8.2f} s CPU, {self.wall:7.2f} s, {self.peak:6.0f} MB"
        return f"{told}, cut off before it was done" if self.cut else told


def measure(*command: str | Path, most: int = 0) -> Cost:
    """Run a command to its end and return its cost; CalledProcessError if it fails.

    With `most` it is ended after so many CPU seconds. Linux counts the memory of the
    process that starts another to that other's peak, so this process itself must stay
    small.
    """
    start = os.times().elapsed
    with subprocess.Popen(  # noqa: S603  the commands are written in this folder
        [str(word) for word in command],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        if most:
            limits = (most, most + _GRACE)
            resource.prlimit(process.pid, resource.RLIMIT_CPU, limits)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cut = bool(most) and process.returncode == -signal.SIGXCPU
        if process.returncode and not cut:
            said = process.stderr.read().decode() if process.stderr else ""
            raise subprocess.CalledProcessError(
                process.returncode, process.args, stderr=said
            )
    wall = os.times().elapsed - start
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / _BLOCKS, cut)


def measure_python(
    code: str, *arguments: str | Path, python: str = "", most: int = 0
) -> Cost:
    """Run Python code with the project on its path and return its cost."""
    return measure(python or sys.executable, "-c", code, *arguments, most=most)


def peers() -> Path:
    """Return the folder of commands of an environment that holds the peers."""
    folder = CACHE / "peers"
    stamp = folder / "-".join(PEERS).replace("=", "_")
    if not stamp.exists():
        venv.create(folder, clear=True, with_pip=True)
        pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", *PEERS)
        subprocess.run([str(word) for word in pip], check=True)  # noqa: S603  ours
        stamp.touch()
    return folder / "bin"


def generated(quads: int) -> Path:
    """Return a file of a generated graph, made when it is first needed."""
    path = CACHE / f"{quads}.nq"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            write(file, quads)
        draft.rename(path)
    return path


def show(name: str, rows: Sequence[tuple[str, object]]) -> None:
    """Print the rows of one benchmark."""
    print(name)  # noqa: T201  a benchmark is there to print
    for label, value in rows:
        print(f"  {label:44} {value}")  # noqa: T201  ours
