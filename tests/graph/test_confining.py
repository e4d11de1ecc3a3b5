"""A query that slips past the guard still connects to nobody."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from graph import workers as module
from graph.errors import QueryError
from graph.formats import JSON
from graph.paths import ROOT
from graph.workers import Limits, QueryWorkers

if TYPE_CHECKING:
    from graph.releasing import Release

TRY = """
import socket, sys
from graph.confining import confine
if not confine():
    sys.exit(3)
here, there = socket.socketpair()
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])))
except PermissionError:
    sys.exit(0)
sys.exit(1)
"""


@pytest.fixture
def listener() -> socket.socket:
    """Return what listens on this machine; skipped where nothing can be confined."""
    found = socket.create_server(("127.0.0.1", 0))
    found.settimeout(0.5)
    done = subprocess.run(
        [sys.executable, "-c", TRY, str(found.getsockname()[1])],
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    if done.returncode == 3:
        found.close()
        pytest.skip("this system cannot keep a process from connecting")
    assert done.returncode == 0
    return found


@pytest.mark.parametrize("in_memory", [False, True], ids=["disk", "memory"])
def test_a_worker_connects_to_nobody(
    release: Release,
    listener: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    in_memory: bool,  # noqa: FBT001  a case of the table
) -> None:
    """With the guard taken away, Oxigraph is kept from asking by the system."""
    monkeypatch.setattr(module, "guard", lambda _: None)
    here = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    limits = Limits(workers=1, slow=1, own=1, in_memory=in_memory)
    workers = QueryWorkers(release.store_path, limits)
    try:
        while workers.counts().in_memory != in_memory:
            time.sleep(0.05)
        query = f"ASK {{ SERVICE <{here}> {{ ?s ?p ?o }} }}"
        with pytest.raises(QueryError):
            workers.evaluate(query, solutions=JSON, graph=None, timeout=3)
        with listener, pytest.raises(TimeoutError):
            listener.accept()
        after = workers.evaluate("ASK { ?s ?p ?o }", solutions=JSON, graph=None)
        assert b"true" in b"".join(after.chunks)
    finally:
        workers.close()
