"""An error that nobody foresaw is logged for the operator and told to nobody else."""

from __future__ import annotations

import html
import logging
from typing import TYPE_CHECKING, Any, NoReturn

import httpx
import pytest

from graph.workers import Limits
from server.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graph.releasing import Release


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
