"""How long it takes from the start of the server to its first answers."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Final
from urllib.error import URLError

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import building
from benchmarks.measuring import CACHE, ROOT, show

SECONDS: Final = 1.0
PATIENCE: Final = 60
#: A page, and a query that a worker answers.
PATHS: Final = ("/", "/sparql?query=ASK%20%7B%20%3Fs%20a%20%3Fclass%20%7D")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answered(url: str) -> float:
    """Return the moment at which the server first answers; TimeoutError if never."""
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310  http
                answer.read()
                return time.perf_counter()
        except URLError:
            time.sleep(0.01)
    raise TimeoutError(url)


def compare(out: Path, quads: int) -> None:
    """Print how long a new server takes to answer from a release."""
    port = free_port()
    command = [sys.executable, "-m", "server", "serve", "--releases", str(out)]
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603  the command is written above
        [*command, "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        try:
            took = [answered(f"http://127.0.0.1:{port}{path}") for path in PATHS]
        finally:
            process.terminate()
    rows: list[tuple[str, object]] = [
        (f"seconds to a page, at most {SECONDS:g} at 10M", f"{took[0] - start:.2f}"),
        ("seconds to an answer of a query", f"{took[1] - start:.2f}"),
    ]
    show(f"start, {quads:,} quads", rows)


@click.command()
@click.option("--quads", default=100_000, show_default=True)
def main(quads: int) -> None:
    """Measure the start on a release of a generated graph."""
    out = CACHE / f"{quads}-releases"
    if not (out / "current").exists():
        building.compare(quads, peer=False)
    compare(out, quads)


if __name__ == "__main__":
    main()
