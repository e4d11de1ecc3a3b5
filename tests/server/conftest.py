"""The service as it is used: over HTTP, from a release of the real graph."""

from __future__ import annotations

import asyncio
import fcntl
import os
import queue
import socket
import subprocess
import sys
import threading
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
import rdflib
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from playwright.sync_api import sync_playwright

from graph.building import preview
from graph.paths import ROOT
from graph.workers import Limits, QueryWorkers
from server.app import SHORTCUT, create_app
from server.assets import Assets
from server.caching import Cache
from server.eager import EagerLoop
from server.gateway import Gateway
from server.settings import Settings
from server.switching import Hosted
from server.templating import COMPILED

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

    from graph.formats import Format
    from graph.releasing import Release

HERE = Path(__file__).parent
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
CACHE_BYTES = 16 * 1024 * 1024
#: What Chrome sends for a page.
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)


@contextmanager
def serving(
    release: Release, settings: Settings | None = None, limits: Limits | None = None
) -> Iterator[str]:
    """Serve a release on a free port; give the address."""
    workers = QueryWorkers(release.store_path, limits)
    app = create_app(release, workers, settings)
    hosted = Hosted(release, app, workers, app.extensions[SHORTCUT])
    cache = Cache(CACHE_BYTES)
    state = (release.manifest.id, 0)
    gateway = Gateway(app, lambda: state, cache, begin=hosted.begin)
    try:
        with listening(gateway) as url:
            yield url
    finally:
        workers.close()


@contextmanager
def listening(gateway: Gateway) -> Iterator[str]:
    """Run the server that `regietafel serve` runs, in a thread; give the address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    begun: queue.Queue[tuple[asyncio.AbstractEventLoop, Server]] = queue.Queue()
    thread = threading.Thread(target=_run, args=(_listen(gateway, port, begun),))
    thread.start()
    loop, server = begun.get()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join()
        gateway.close()


def _seen(gateway: Gateway) -> Callable[..., Coroutine[object, object, None]]:
    """Return a gateway whose lines are seen by what measures the tests' coverage.

    granian brings requests in threads that Python did not start, which nothing watches.
    """

    async def call(*request: Any) -> None:  # noqa: ANN401  as in ASGI
        sys.settrace(threading.gettrace())
        await gateway(*request)

    return call


def _run(served: Coroutine[object, object, None]) -> None:
    with asyncio.Runner(loop_factory=EagerLoop) as runner:
        runner.run(served)


async def _listen(
    gateway: Gateway,
    port: int,
    begun: queue.Queue[tuple[asyncio.AbstractEventLoop, Server]],
) -> None:
    server = Server(
        _seen(gateway),
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    loop.call_later(0.05, begun.put, (loop, server))
    await server.serve()


@pytest.fixture(scope="session")
def listen() -> Callable[[Gateway], AbstractContextManager[str]]:
    """Return what runs the real server in a thread."""
    return listening


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Return what serves a release, for tests that need settings of their own."""
    return serving


@pytest.fixture(scope="session")
def built() -> str:
    """Build the assets if they are not fresh; return why not, if they cannot be.

    Of the processes that run tests side by side, one builds while the others wait.
    """
    command = [sys.executable, "hatch_build.py"]
    COMPILED.mkdir(exist_ok=True)  # as a server leaves it among the templates
    with (ROOT / "hatch_build.py").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False
        )
    return done.stderr


@pytest.fixture(scope="session")
def assets(built: str) -> dict[str, str]:
    """Return the assets by name; skipped where there are none, but not in CI."""
    found = dict(Assets.read().files)
    if not found and not os.environ.get("CI"):
        pytest.skip(f"the assets were not built: {built}")
    assert found, built
    return found


@pytest.fixture(scope="session")
def address(release: Release, built: str) -> Iterator[str]:
    """Return the address of a server of the real graph."""
    del built
    with serving(release) as url:
        yield url


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    """Return an HTTP client that, like curl, takes anything and follows nothing."""
    with httpx.Client(base_url=address) as found:
        yield found


@pytest.fixture(scope="session")
def browser_client(address: str) -> Iterator[httpx.Client]:
    """Return an HTTP client with the headers of a Dutch browser; it follows."""
    headers = {"Accept": CHROME, "Accept-Language": "nl-NL,nl;q=0.9,en;q=0.8"}
    with httpx.Client(
        base_url=address, headers=headers, follow_redirects=True
    ) as found:
        yield found


@pytest.fixture(scope="session")
def hurried(release: Release) -> Iterator[httpx.Client]:
    """Return a client of a server whose queries get half a second and few bytes."""
    settings = Settings(query_timeout=0.5, query_timeout_max=0.5, max_query_bytes=500)
    limits = Limits(workers=1, seconds=0.5, wait=10.0)
    with (
        serving(release, settings, limits) as url,
        httpx.Client(base_url=url, timeout=60) as found,
    ):
        yield found


@pytest.fixture(scope="session")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a preview of hostile data."""
    folder = tmp_path_factory.mktemp("preview")
    release = preview([HERE / "hostile.trig", HERE / "sample.trig"], folder)
    with serving(release, Settings(values_on_page=6, things_on_page=2)) as url:
        yield url


@pytest.fixture
def read_rdf() -> Callable[[str, Format], list[Any]]:
    """Return a reader of RDF that is not the one it was written with."""
    names = {"ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}

    def read(text: str, syntax: Format) -> list[Any]:
        found = rdflib.Dataset()
        with warnings.catch_warnings():
            # rdflib's own parsers use what rdflib has deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            found.parse(data=text, format=names.get(syntax.name, syntax.name))
            return list(found.quads())

    return read


@pytest.fixture
def assert_problem() -> Callable[..., dict[str, Any]]:
    """Return the one check of an error answered to a program."""

    def check(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
        problem: dict[str, Any] = response.json()
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Cache-Control"] == "no-store"
        assert problem["type"] == "about:blank"
        assert problem["status"] == status
        assert problem["code"] == code
        assert problem["title"]
        assert problem["detail"]
        assert "Traceback" not in response.text
        return problem

    return check


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a browser; skipped where there is none, except where CI promised one."""
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


class Visit:
    """A page in the browser, and all that happened on it that should not."""

    def __init__(self, page: Page, address: str) -> None:
        """Listen to the console, to errors, and to requests of other hosts."""
        self.page = page
        self.faults: list[str] = []
        self._address = address
        self._expected = 400
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._watch)

    def go(self, path: str, status: int | None = None) -> None:
        """Open a path of the server, which answers with a status if one is named."""
        self._expected = status or self._expected
        answer = self.page.goto(self._address + path)
        assert status is None or (answer and answer.status == status)

    def _hear(self, message: ConsoleMessage) -> None:
        """Note what the console says, but that of an answer that was to be refused."""
        if f"responded with a status of {self._expected}" not in message.text:
            self.faults.append(message.text)

    def _watch(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self._address).netloc:
            self.faults.append(f"request of {request.url}")


@pytest.fixture
def visits(
    browser: Browser, address: str
) -> Callable[..., AbstractContextManager[Visit]]:
    """Return what begins a visit in a window of one's own; it fails on any fault."""

    @contextmanager
    def begin(*, address: str = address, **window: Any) -> Iterator[Visit]:  # noqa: ANN401  options of Playwright
        with browser.new_context(**window) as context:
            visit = Visit(context.new_page(), address)
            yield visit
        assert visit.faults == []

    return begin


@pytest.fixture
def visit(visits: Callable[..., AbstractContextManager[Visit]]) -> Iterator[Visit]:
    """Return a visit in a usual window; it fails on any fault."""
    with visits(locale="nl-NL") as visit:
        yield visit
