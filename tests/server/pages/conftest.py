"""The types of pages as `types.toml` lists them, and the servers that have them."""

from __future__ import annotations

import tomllib
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import httpx
import pytest

from server.negotiation import LANGUAGES
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from graph.releasing import Release

    Serve = Callable[..., AbstractContextManager[str]]
    Publish = Callable[[Path, Iterable[str]], Release]

TYPES = Path(__file__).parent / "types.toml"
#: An address that is not of this machine, so that limits hold for it.
VISITOR = {"X-Forwarded-For": "203.0.113.7"}
BASE = "https://data.regietafel.example/"
GRAPH = f"<{BASE}graph/referentie/x> ."
SINCE = (
    "<http://www.w3.org/ns/prov#invalidatedAtTime> "
    '"2026-12-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
)

NEXT = "<http://purl.org/dc/terms/isReplacedBy>"


class PageType(NamedTuple):
    """A page that stands for those like it: where it is, and its status."""

    name: str
    path: str
    at: str
    status: int

    def __str__(self) -> str:
        """Return its name, as tests are called."""
        return self.name


def read_types() -> list[PageType]:
    """Return the types of pages that are listed."""
    listed = tomllib.loads(TYPES.read_text(encoding="utf-8"))
    return [
        PageType(name, _path(row), row.get("at", "whole"), row.get("status", 200))
        for name, row in listed.items()
    ]


def _path(row: dict[str, Any]) -> str:
    asked = urlencode(row.get("query", {}))
    return f"{row['path']}?{asked}" if asked else str(row["path"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try a test that asks for a type of page, or a language, with each."""
    if "page_type" in metafunc.fixturenames:
        metafunc.parametrize("page_type", read_types(), ids=str)
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", LANGUAGES)


@pytest.fixture(scope="session", name="page_types")
def list_types() -> list[PageType]:
    """Return all types of pages."""
    return read_types()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, publish_lines: Publish) -> Release:
    """Return the second of two releases: things came, changed, went and were gone."""
    folder = tmp_path_factory.mktemp("small")
    names = {"een": "Een", "twee": "Twee", "weg": "Weg"}
    publish_lines(folder, [_named(*item) for item in names.items()])
    names = {"een": "Een", "twee": "Anders", "vier": "Vier"}
    gone = f"<{BASE}id/persoon/dubbel>"
    return publish_lines(
        folder,
        [
            *(_named(*item) for item in names.items()),
            f"{gone} {SINCE} {GRAPH}",
            f"{gone} {_note('Stond er twee keer.', 'nl')} {GRAPH}",
            f"{gone} {_note('Was there twice.', 'en')} {GRAPH}",
            f"{gone} {NEXT} <{BASE}id/persoon/een> {GRAPH}",
        ],
    )


def _named(name: str, label: str) -> str:
    predicate = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    return f'<{BASE}id/persoon/{name}> {predicate} "{label}"@nl {GRAPH}'


def _note(text: str, language: str) -> str:
    return f'<http://www.w3.org/2004/02/skos/core#changeNote> "{text}"@{language}'


@pytest.fixture(scope="session")
def address_at(
    address: str,
    hurried: httpx.Client,
    release: Release,
    small: Release,
    serve: Serve,
) -> Iterator[Callable[[str], str]]:
    """Return what gives the address of the server that a type of page is at."""
    strict = Settings(requests_per_minute=1, trusted_proxies=1)
    with ExitStack() as stack:
        own = {
            "small": lambda: serve(small),
            "strict": lambda: serve(release, strict),
        }
        found = {"whole": address, "hurried": str(hurried.base_url).rstrip("/")}

        def address_of(name: str) -> str:
            if name not in found:
                found[name] = stack.enter_context(own[name]())
            return found[name]

        yield address_of


@pytest.fixture(scope="session")
def cited(address: str) -> str:
    """Return the path of a citation."""
    asked = {"path": "/doc/overleg/lrt-2021-11-18"}
    return str(httpx.post(f"{address}/cite", data=asked).headers["Location"])


@pytest.fixture(scope="session")
def place_of(
    address_at: Callable[[str], str], small: Release, cited: str
) -> Callable[..., tuple[str, str]]:
    """Return what gives the server and the path of a type of page in a language."""

    def place(page_type: PageType, language: str = "nl") -> tuple[str, str]:
        path = page_type.path.replace("{release}", small.manifest.id)
        path = path.replace("{cited}", cited)
        join = "&" if "?" in path else "?"
        return address_at(page_type.at), f"{path}{join}lang={language}"

    return place


@pytest.fixture(scope="session")
def fetched(
    place_of: Callable[..., tuple[str, str]], browser_client: httpx.Client
) -> Callable[..., httpx.Response]:
    """Return what fetches a type of page as a browser does, without its window."""

    def fetch(page_type: PageType, language: str = "nl") -> httpx.Response:
        address, path = place_of(page_type, language)
        if page_type.status == 429:
            httpx.get(address + path, headers=VISITOR)
        answer = browser_client.get(address + path, headers=VISITOR)
        assert answer.status_code == page_type.status
        return answer

    return fetch


@pytest.fixture
def opened(
    visits: Callable[..., Any], place_of: Callable[..., tuple[str, str]]
) -> Callable[..., AbstractContextManager[Any]]:
    """Return what opens a type of page in a window of its own; any fault fails."""

    @contextmanager
    def opening(
        page_type: PageType,
        language: str = "nl",
        **window: Any,  # noqa: ANN401  options of Playwright
    ) -> Iterator[Any]:
        address, path = place_of(page_type, language)
        options = {"locale": language, "extra_http_headers": VISITOR} | window
        with visits(address=address, **options) as visit:
            if page_type.status == 429:
                httpx.get(address + path, headers=VISITOR)
            visit.go(path, page_type.status)
            yield visit

    return opening
