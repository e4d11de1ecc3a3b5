"""An error that nobody foresaw is logged for the operator and told to nobody else."""

from __future__ import annotations

import html
import logging
from typing import TYPE_CHECKING, Any, NoReturn

import httpx
import pytest

from graph.workers import Limits, QueryWorkers
from server.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from graph.releasing import Release


@pytest.fixture
def damaged(
    tmp_path: Path, publish_lines: Callable[[Path, Iterable[str]], Release]
) -> Iterator[FlaskClient]:
    """Return a client of a release whose store was overwritten after it was opened."""
    start = "https://data.regietafel.example"
    title = "<http://purl.org/dc/terms/title>"
    lines = (f'<{start}/id/x/{n}> {title} "{n}" <{start}/graph/g> .' for n in range(9))
    release = publish_lines(tmp_path, lines)
    workers = QueryWorkers(release.store_path, Limits(workers=1))
    app = create_app(release, workers)
    assert release.store
    for path in release.store_path.glob("*.sst"):
        with path.open("r+b") as file:
            file.write(b"\xff" * path.stat().st_size)
    yield app.test_client()
    workers.close()


@pytest.mark.parametrize("accept", ["text/turtle", "text/html"])
@pytest.mark.parametrize(
    "path", ["/doc/x/1", "/doc/x/none", "/graph/g", "/sparql?query=DESCRIBE<urn:x>"]
)
def test_a_store_that_cannot_be_read_lacks_nothing(
    damaged: FlaskClient, path: str, accept: str
) -> None:
    """Nobody knows what is in it, so nothing is said to be missing."""
    response = damaged.get(path, headers={"Accept": accept})

    assert response.status_code in {500, 503}
    assert response.headers["Cache-Control"] == "no-store"
    assert ".sst" not in response.text


class Broken:
    """Workers that fail in a way nobody foresaw."""

    limits = Limits()

    def evaluate(self, *_: Any, **__: Any) -> NoReturn:  # noqa: ANN401  never looked at
        """Fail."""
        reason = "secret of the inside"
        raise ZeroDivisionError(reason)


@pytest.fixture
def broken(release: Release) -> FlaskClient:
    """Return a client of an application that fails."""
    return create_app(release, Broken()).test_client()  # type: ignore[arg-type]  # a stand-in


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_an_unforeseen_error_is_a_bare_500(
    broken: FlaskClient, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the cause; the answer has none of it."""
    with caplog.at_level(logging.ERROR):
        response = broken.get("/sparql?query=ASK{}", headers={"Accept": accept})

    assert response.status_code == 500
    assert "secret" not in response.text
    assert "ZeroDivisionError" not in response.text
    assert "secret of the inside" in caplog.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "without"),
    [
        ("q=opvang&page=99", "/search?q=opvang"),
        ("q=%3Cb%3E&kind=nothing&lang=nl", "/search?q=%3Cb%3E&amp;lang=nl"),
    ],
)
def test_a_refused_search_keeps_its_words(
    browser_client: httpx.Client, asked: str, without: str
) -> None:
    """They stand in the field; a link leads on without what was refused."""
    response = browser_client.get(f"/search?{asked}")
    words = httpx.QueryParams(asked)["q"]

    assert response.status_code == 400
    assert f'value="{html.escape(words)}"' in response.text
    assert f'href="{without}"' in response.text
    assert browser_client.get(html.unescape(without)).status_code == 200


def test_who_asked_too_much_is_led_to_the_whole(hurried: httpx.Client) -> None:
    """A query that was stopped can be asked of the dumps."""
    every = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    response = hurried.get("/sparql", params={"query": every}, headers=headers)

    assert response.status_code == 503
    assert ">All data at once</a>" in response.text
