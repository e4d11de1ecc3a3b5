"""What every test may use: one release of the real graph, built once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import httpx
import pytest
from httpx._config import DEFAULT_TIMEOUT_CONFIG

from graph.building import build
from graph.drafting import publish
from graph.merging import merge
from graph.namespaces import DEFAULT_BASE
from graph.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graph.releasing import Release

#: Seconds until an answer is missed, where a test says nothing else. What is tested is
#: what is answered; a busy machine answers late.
PATIENCE = 60.0
DEFAULT_TIMEOUT_CONFIG.connect = DEFAULT_TIMEOUT_CONFIG.read = PATIENCE


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the releases that the tests build."""
    return tmp_path_factory.mktemp("releases")


@pytest.fixture(scope="session")
def release(releases: Path) -> Release:
    """Return a release of the graph as it stands in the checkout."""
    return build(releases)[0]


@pytest.fixture(scope="session")
def publish_lines() -> Callable[[Path, Iterable[str]], Release]:
    """Return what makes a small release of lines of N-Quads, without the gate."""

    def publish_them(folder: Path, lines: Iterable[str]) -> Release:
        nquads = b"".join(sorted(f"{line}\n".encode() for line in set(lines)))
        return publish(folder, nquads, merge(nquads), None, DEFAULT_BASE)

    return publish_them


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder with the texts and facts that the data was made from."""
    folder = Path(os.environ.get("REGIETAFEL_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the folder with the sources' texts and facts is not at hand")
    return folder


@pytest.fixture(scope="session")
def served() -> Callable[..., AbstractContextManager[str]]:
    """Return what runs a command that serves, and gives its address while it does."""
    return serve


@pytest.fixture(scope="session", name="free_port")
def find_port() -> Callable[[], int]:
    """Return what finds a port that nobody listens on."""
    return free_port


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serve(*arguments: str) -> Iterator[str]:
    """Run a command that serves, wait until it answers, and stop it as a user would."""
    address = f"http://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    with TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "server", *arguments, "--port", port],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_for(address, process, output)
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise


def _wait_for(
    address: str, process: subprocess.Popen[bytes], output: IO[bytes]
) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/", timeout=5)
        except httpx.HTTPError:
            if process.poll() is not None:
                output.seek(0)
                pytest.fail(output.read().decode())
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{address} did not answer")
