"""What Oxigraph asks of other endpoints goes through the relay, and only that."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

from graph.body import Bounds
from graph.relaying import Relay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = b"SELECT * WHERE { ?s ?p ?o }"
ROWS = (
    b'{"head":{"vars":["s"]},"results":{"bindings":['
    b'{"s": {"type": "bnode", "value": "nodeID://b1"}},'
    b'{"s":{"type":"literal","value":"\\u00e9"}}]}}'
)
BOUNDS = Bounds(seconds=3, size=100_000)


class Endpoint(HTTPServer):
    """An endpoint that knows what it was asked."""

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], bytes]] = []

    def handle_error(self, *_: object) -> None:
        """Let a client that hangs up do so."""


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        """Answer two rows, as Virtuoso writes them."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), body))
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(ROWS)))
        self.end_headers()
        self.wfile.write(ROWS)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  as in its parent
        """Say nothing."""


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    """Run an endpoint."""
    server = Endpoint()
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Return an endpoint that runs."""
    with running() as server:
        yield server


def _local(*_: object) -> list[str]:
    """Lead every name to this machine."""
    return ["127.0.0.1"]


def _ask(relay: Relay, name: str) -> httpx.Response:
    headers = {"Cookie": "a=b", "Authorization": "Basic abc", "X-Forwarded-For": "1"}
    return httpx.post(relay.address(name), content=QUESTION, headers=headers)


def test_an_answer_is_passed_on_written_anew(endpoint: Endpoint) -> None:
    """Oxigraph could not read the blank nodes of Virtuoso."""
    name = f"http://endpoint.invalid:{endpoint.server_port}/sparql"
    with Relay([name], BOUNDS, _local) as relay:
        found = _ask(relay, name)

    assert found.status_code == 200
    assert "nodeID" not in found.text
    assert [row["s"]["type"] for row in found.json()["results"]["bindings"]] == [
        "bnode",
        "literal",
    ]
    assert not relay.failures


def test_an_endpoint_is_told_the_question_and_nothing_of_who_asks(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No header of the client goes along, nor a password that the operator has."""
    (tmp_path / ".netrc").write_text("machine endpoint.invalid login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    name = f"http://endpoint.invalid:{endpoint.server_port}/sparql"
    with Relay([name], BOUNDS, _local) as relay:
        _ask(relay, name)

    path, headers, body = endpoint.asked[0]
    assert path == "/sparql"
    assert parse_qs(body.decode()) == {"query": [QUESTION.decode()]}
    assert headers == {
        "Host": f"endpoint.invalid:{endpoint.server_port}",
        "User-Agent": "regietafel",
        "Accept-Encoding": "identity",
        "Accept": "application/sparql-results+json",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the next moment is not looked up again."""
    looked_up: list[object] = []
    real = socket.getaddrinfo

    def lead(host: Any, *more: Any, **others: Any) -> Any:  # noqa: ANN401  as the real one
        if host == "turncoat.example":
            looked_up.append(host)
            host = "198.41.0.4" if len(looked_up) == 1 else "127.0.0.1"
        return real(host, *more, **others)

    monkeypatch.setattr(socket, "getaddrinfo", lead)
    name = f"http://turncoat.example:{endpoint.server_port}/sparql"
    with Relay([name], Bounds(seconds=0.5, connect=0.5, size=1_000)) as relay:
        found = _ask(relay, name)

    assert found.status_code == 502
    assert looked_up == ["turncoat.example"]
    assert endpoint.asked == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:7f00:1]"])
def test_a_name_that_leads_into_this_network_is_not_asked(
    host: str, endpoint: Endpoint
) -> None:
    """Although it is on the list: names change their mind."""
    name = f"http://{host}:{endpoint.server_port}/sparql"
    with Relay([name], BOUNDS) as relay:
        found = _ask(relay, name)

    assert found.status_code == 502
    assert "not public" in relay.failures[name].reason
    assert endpoint.asked == []


def test_the_next_address_is_asked_where_one_does_not_answer(
    endpoint: Endpoint,
) -> None:
    """A host may have an address that is down."""
    name = f"http://endpoint.invalid:{endpoint.server_port}/sparql"
    with Relay([name], BOUNDS, lambda *_: ["127.0.0.2", "127.0.0.1"]) as relay:
        assert _ask(relay, name).status_code == 200


def test_a_question_is_asked_once_however_many_rows_need_it(endpoint: Endpoint) -> None:
    """Else one query could have an endpoint asked a thousand times."""
    name = f"http://endpoint.invalid:{endpoint.server_port}/sparql"
    with Relay([name], BOUNDS, _local) as relay:
        found = {_ask(relay, name).status_code for _ in range(3)}

    assert found == {200}
    assert len(endpoint.asked) == 1


def test_nobody_else_on_this_machine_can_use_a_relay(endpoint: Endpoint) -> None:
    """Only who knows the path of this query is answered."""
    name = f"http://endpoint.invalid:{endpoint.server_port}/sparql"
    with Relay([name], BOUNDS, _local) as relay:
        place = relay.address(name)
        others = [place[:-1], place.rpartition("/")[0] + "/", place + "/"]
        found = [httpx.post(item, content=QUESTION).status_code for item in others]
        read = httpx.get(place).status_code

    assert found == [404] * 3
    assert read == 501
    assert endpoint.asked == []


def test_all_that_is_asked_shares_its_time_and_its_size(endpoint: Endpoint) -> None:
    """Two answers that are allowed by themselves are too much together."""
    name = f"http://endpoint.invalid:{endpoint.server_port}/sparql"
    small = Bounds(seconds=3, size=len(ROWS) + 10)
    with Relay([name], small, _local) as relay:
        found = [
            httpx.post(relay.address(name), content=f"ASK {{ {n} }}").status_code
            for n in range(2)
        ]

    assert found == [200, 502]
    assert "larger" in relay.failures[name].reason
    with Relay([name], Bounds(seconds=0.2), _local) as relay:
        time.sleep(0.3)
        assert _ask(relay, name).status_code == 502


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an authority and the certificate it gave a host."""
    folder = tmp_path_factory.mktemp("authority")
    new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    commands = (
        f"req -x509 {new} -keyout ca.key -out ca.pem -subj /CN=authority",
        f"req {new} -keyout host.key -out host.csr -subj /CN=endpoint.invalid",
        (
            "x509 -req -in host.csr -CA ca.pem -CAkey ca.key -CAcreateserial "
            "-extfile names -out host.pem"
        ),
    )
    (folder / "names").write_text("subjectAltName=DNS:endpoint.invalid\n")
    for command in commands:
        subprocess.run(
            ["openssl", *command.split()], cwd=folder, check=True, capture_output=True
        )
    return folder


@pytest.mark.parametrize(
    ("host", "is_trusted", "status"),
    [
        ("endpoint.invalid", True, 200),
        ("endpoint.invalid", False, 502),
        ("other.invalid", True, 502),
    ],
)
def test_a_certificate_is_checked_against_the_name(
    authority: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    is_trusted: bool,  # noqa: FBT001  a case of the table
    status: int,
) -> None:
    """It must be of the host that the query names, by an authority of this system."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority / "host.pem", authority / "host.key")
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority / "ca.pem"))
    with running(tls) as server:
        name = f"https://{host}:{server.server_port}/sparql"
        with Relay([name], BOUNDS, _local) as relay:
            found = _ask(relay, name)

    assert found.status_code == status
    assert len(server.asked) == (status == 200)
    assert status == 200 or "certificate" in relay.failures[name].reason
