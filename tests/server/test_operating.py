"""The examples of docs/operating do what they say, in a real nginx and for systemd."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import urlopen

import httpx
import pytest

from graph.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.releasing import Release

    Server = Callable[..., AbstractContextManager[str]]

OPERATING = ROOT / "docs/operating"
PAGE = {"Accept": "text/html"}


def program(name: str) -> str:
    """Return where a program is; on CI it has to be there."""
    found = shutil.which(name)
    if found is None and "CI" in os.environ:
        pytest.fail(f"{name} is not installed")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def behind_nginx(backend: str, folder: Path) -> Iterator[str]:
    """Run nginx with the example, but for its port and its certificate."""
    port = free_port()
    site = (OPERATING / "nginx.conf").read_text(encoding="utf-8")
    for there, here in (
        ("server 127.0.0.1:8000;", f"server {backend.removeprefix('http://')};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
    ):
        assert there in site
        site = site.replace(there, here)
    lines = [line for line in site.splitlines() if "ssl_certificate" not in line]
    (folder / "site.conf").write_text("\n".join(lines), encoding="utf-8")
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log stderr; daemon off;\nevents {{}}\n"
        f"http {{ access_log off; {temporary} include {folder}/site.conf; }}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [program("nginx"), "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"]
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


@pytest.fixture(scope="module")
def fronted(
    releases: Path,
    release: Release,
    served: Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Return the address of nginx before a server that trusts it."""
    del release
    limits = ("--query-timeout-max", "1", "--queries-per-minute", "4")
    arguments = ("--releases", str(releases), "--trusted-proxies", "1", *limits)
    with (
        served("serve", *arguments) as backend,
        behind_nginx(backend, tmp_path_factory.mktemp("nginx")) as front,
    ):
        yield front


def test_a_page_names_the_address_that_people_use(fronted: str) -> None:
    """Links that a client keeps lead to the proxy and not behind it."""
    headers = PAGE | {"Host": "data.regietafel.example"}

    answer = httpx.get(f"{fronted}/doc/organisatie/lrt", headers=headers)

    canonical = "http://data.regietafel.example/doc/organisatie/lrt"
    assert answer.status_code == 200
    assert f'<{canonical}>; rel="canonical"' in answer.headers["Link"]


def test_a_broken_answer_stays_broken(fronted: str) -> None:
    """The proxy does not turn half an answer into a whole one."""
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{fronted}/sparql", data={"query": query}, timeout=30)


def test_the_longest_query_passes(fronted: str) -> None:
    """What the server takes in an address, the proxy lets through."""
    query = "ASK {} #" + "\u00e9" * 10_000

    with urlopen(f"{fronted}/sparql?{urlencode({'query': query})}") as answer:
        assert answer.status == 200


def test_metrics_are_for_the_network_of_who_runs_it(fronted: str) -> None:
    """This machine may read them; the configuration denies all others."""
    assert httpx.get(f"{fronted}/metrics").status_code == 200
    assert "deny all;" in (OPERATING / "nginx.conf").read_text(encoding="utf-8")


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    """With a command that exists, nothing in the unit is unknown or wrong."""
    unit = (OPERATING / "regietafel.service").read_text(encoding="utf-8")
    copy = tmp_path / "regietafel.service"
    copy.write_text(unit.replace("/opt/regietafel/.venv/bin/regietafel", "/bin/true"))

    done = subprocess.run(
        [program("systemd-analyze"), "verify", copy],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
