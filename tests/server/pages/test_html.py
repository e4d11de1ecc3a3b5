"""Every type of page is valid HTML, and the list of them is complete."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import html5lib
import pytest

from graph.paths import ROOT
from graph.workers import QueryWorkers
from server.app import create_app
from server.negotiation import LANGUAGES
from server.openapi import PATH

#: A row of `types.toml`, as `conftest.py` makes it.
PageType = Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx
    from flask import Flask

    from graph.releasing import Release

    #: What `conftest.py` makes.
    Fetched = Callable[..., httpx.Response]
    Place = Callable[..., tuple[str, str]]

JAR = ROOT / ".ci" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
#: Tables whose rows are blocks in a narrow window say what their parts still are.
ROLES = ".*“role” attribute must not be used on a “t(r|h|d|head|body)”.*"
_WAITING = re.compile(r'\sdefer\b|type="module"')
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def app(release: Release) -> Iterator[Flask]:
    """Return the application."""
    workers = QueryWorkers(release.store_path)
    yield create_app(release, workers)
    workers.close()


def test_a_page_is_valid(fetched: Fetched, page_type: PageType, language: str) -> None:
    """It parses as the standard says, without a fault, and names its language."""
    answer = fetched(page_type, language)
    html5lib.HTMLParser(strict=True).parse(answer.text)

    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.text


def test_a_page_is_small(
    browser_client: httpx.Client, fetched: Fetched, page_type: PageType
) -> None:
    """With all it needs it is below 60 KB over the line, the editor aside."""
    answer = fetched(page_type)
    needed = re.findall(
        r'(?:<link rel="stylesheet"|<img|<script)[^>]* (?:href|src)="([^"]+)"',
        answer.text,
    )
    paths = [path for path in needed if "/editor-" not in path]
    files = [answer, *(browser_client.get(answer.url.join(path)) for path in paths)]
    sizes = {str(file.url.path): file.num_bytes_downloaded for file in files}

    assert len(files) >= 3
    assert sum(sizes.values()) < 60_000, sizes


def test_scripts_wait_for_the_text(fetched: Fetched, page_type: PageType) -> None:
    """None holds up what there is to read."""
    scripts = re.findall(r"<script[^>]*>", fetched(page_type).text)
    held = [tag for tag in scripts if "src=" in tag and not _WAITING.search(tag)]

    assert scripts
    assert held == []


def test_a_validator_finds_no_fault(
    fetched: Fetched, page_types: list[PageType], tmp_path: Path
) -> None:
    """The W3C's own validator, where Java and it are at hand, as in CI."""
    if not (JAR.exists() and shutil.which("java")):
        pytest.skip("`npm ci --prefix .ci` fetches the validator, which needs Java")
    for page_type in page_types:
        for language in LANGUAGES:
            file = tmp_path / f"{page_type.name}.{language}.html"
            file.write_text(fetched(page_type, language).text)
    command = ["java", "-jar", str(JAR), "--errors-only", "--skip-non-html"]
    done = subprocess.run(
        [*command, "--filterpattern", ROLES, str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.stderr == ""
    assert done.returncode == 0


def test_every_route_with_a_page_has_a_type(
    app: Flask, place_of: Place, page_types: list[PageType]
) -> None:
    """No kind of page is forgotten by the tests of all of them."""
    adapter = app.url_map.bind("localhost")
    looked_at = set()
    for page_type in page_types:
        path = place_of(page_type)[1].partition("?")[0]
        if page_type.status == 200:
            looked_at.add(adapter.match(path)[0])

    assert routes_with_pages(app) - looked_at == set()


def routes_with_pages(app: Flask) -> set[str]:
    """Return the routes that are said to answer with a page, or are seen to."""
    known = tomllib.loads(PATH.read_text(encoding="utf-8"))["routes"]
    said = {name for name, route in known.items() if "page" in route.get("media", ())}
    seen = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and _is_page(app, rule.rule)
    }
    return said | seen


def _is_page(app: Flask, path: str) -> bool:
    answer = app.test_client().get(path, headers=HTML)
    found = answer.status_code == 200 and answer.mimetype == "text/html"
    answer.close()
    return found
