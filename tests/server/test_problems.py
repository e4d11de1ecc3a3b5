"""An error that nobody foresaw is logged for the operator and told to nobody else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NoReturn

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
