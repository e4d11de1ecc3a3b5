"""The log tells what happened, in lines that programs read, and nothing personal."""

from __future__ import annotations

import io
import json
import logging
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from graph.paths import ROOT
from server import logs
from server.calls import Call
from server.logs import JsonLines, TextLines, VisitLog, shortened
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.releasing import Release


def call_of(*, cached: bool = False, forwarded: str = "") -> Call:
    """Return a request that has been answered."""

    async def unasked(*_: object) -> Any:  # noqa: ANN401  as in ASGI
        raise AssertionError

    scope = {
        "method": "GET",
        "path": "/sparql",
        "query_string": b"query=ASK%7B%7D",
        "headers": [(b"x-forwarded-for", forwarded.encode())] if forwarded else [],
        "client": ("203.0.113.77", 50_000),
    }
    call = Call(scope, unasked, unasked)
    call.identity, call.route, call.state = b"4f1d", "/sparql", ("0123456789abcdef", 0)
    call.status, call.seconds, call.sent, call.cached = 200, 0.0123, 456, cached
    return call


@pytest.fixture
def line() -> Iterator[Any]:
    """Return a reader of the one line that a log of these settings writes."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    logs.VISITS.addHandler(handler)
    logs.VISITS.setLevel(logging.INFO)

    def read(settings: Settings, forwarded: str = "") -> dict[str, Any]:
        out.seek(0)
        out.truncate()
        VisitLog(settings)(call_of(forwarded=forwarded))
        found: dict[str, Any] = json.loads(out.getvalue())
        return found

    yield read
    logs.VISITS.removeHandler(handler)
    logs.VISITS.setLevel(logging.NOTSET)


def test_a_visit_is_told_without_its_query_and_its_client(line: Any) -> None:  # noqa: ANN401  parsed JSON
    """What somebody asks, and from where, is nobody's business."""
    told = line(Settings())

    assert told["request"] == "4f1d"
    assert told["status"] == 200
    assert told["milliseconds"] == 12.3
    assert told["release"] == "0123456789abcdef"
    assert told["client"] == "203.0.113.0/24"
    assert told["time"].endswith("+00:00")
    assert "ASK" not in json.dumps(told)


def test_an_operator_may_have_more_told(line: Any) -> None:  # noqa: ANN401  parsed JSON
    """The settings name what is added."""
    told = line(Settings(log_queries=True, log_addresses=True))

    assert told["query"] == "query=ASK%7B%7D"
    assert told["client"] == "203.0.113.77"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "told"),
    [
        (0, "198.51.100.9", "203.0.113.77"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "192.0.2.1, 198.51.100.9", "198.51.100.9"),
        (2, "192.0.2.1, 198.51.100.9", "192.0.2.1"),
        (2, "198.51.100.9", "203.0.113.77"),
        (1, "nobody\n{}", "203.0.113.77"),
        (1, "", "203.0.113.77"),
    ],
)
def test_a_client_behind_a_proxy_is_told_if_the_proxy_is_believed(
    line: Any,  # noqa: ANN401  parsed JSON
    proxies: int,
    forwarded: str,
    told: str,
) -> None:
    """Else whoever asks could write what it likes."""
    settings = Settings(trusted_proxies=proxies, log_addresses=True)

    assert line(settings, forwarded)["client"] == told


def test_answers_that_were_kept_ready_are_told_on_request() -> None:
    """Telling of them would cost more than giving them."""
    told: list[logging.LogRecord] = []
    watch = logging.Handler()
    watch.emit = told.append  # type: ignore[assignment,method-assign]  # the shortest handler
    logs.VISITS.addHandler(watch)
    logs.VISITS.setLevel(logging.INFO)
    try:
        VisitLog(Settings())(call_of(cached=True))
        assert told == []
        VisitLog(Settings(log_cached=True))(call_of(cached=True))
        assert len(told) == 1
    finally:
        logs.VISITS.removeHandler(watch)
        logs.VISITS.setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("/run/socket", None),
        (None, None),
    ],
)
def test_an_address_is_shortened(address: str | None, told: str | None) -> None:
    """So much is told as is no longer one client."""
    assert shortened(address) == told


@pytest.mark.parametrize("formatter", [JsonLines(), TextLines()])
def test_what_a_client_sends_cannot_begin_a_line(formatter: logging.Formatter) -> None:
    """A line break in a path would forge an entry."""
    record = logging.LogRecord(
        "x", 20, "", 0, "GET %s", ("/a\n12:00 INFO ok\x1b[",), None
    )

    text = formatter.format(record)

    assert "\n" not in text
    assert "\x1b" not in text


def test_an_unforeseen_error_is_told_with_its_place() -> None:
    """Whoever mends it needs the trace; a program needs it on the same line."""
    try:
        int("missing")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", 40, "", 0, "it broke", (), info)

    told = json.loads(JsonLines().format(record))

    assert told["level"] == "error"
    assert "test_logs.py" in told["error"]


@pytest.fixture
def configured() -> Iterator[None]:
    """Configure the log as a server does, and leave it as it was."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    logs.configure(Settings())
    yield
    root.handlers[:] = kept
    root.setLevel(level)


@pytest.mark.usefixtures("configured")
def test_the_log_is_for_programs_unless_a_person_looks_on(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Standard error of a test is no terminal."""
    logging.getLogger("here").warning("told")

    deadline = time.monotonic() + 10
    told = ""
    while not told.endswith("\n") and time.monotonic() < deadline:
        time.sleep(0.01)
        told += capfd.readouterr().err
    assert json.loads(told)["message"] == "told"


def test_a_request_does_not_wait_for_who_reads_the_log(
    releases: Path, release: Release
) -> None:
    """With standard error full and never read, the service answers on."""
    del release
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["--releases", str(releases), "--port", str(port), "--log-cached"]
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "serve", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            transport=httpx.HTTPTransport(retries=8),
            timeout=20,
        ) as client:
            statuses = {
                client.get("/healthz", params={"long": "x" * 4_000}).status_code
                for _ in range(100)
            }
    finally:
        process.kill()
        process.communicate()

    assert statuses == {200}
