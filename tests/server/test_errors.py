"""Every error has one status and one shape, and says nothing of the server's inside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph import errors as graph_errors
from server import errors
from server.errors import problem_of

if TYPE_CHECKING:
    from graph.errors import RegietafelError

QUERY_ERRORS = [
    (graph_errors.QuerySyntaxError("expected {", 2, 7), 400, "query-syntax"),
    (graph_errors.QueryRefusedError("No.", "Ask."), 403, "query-refused"),
    (graph_errors.NotAcceptableAnswerError("graph"), 406, "answer-kind"),
    (graph_errors.QueryTimeoutError(10), 503, "query-timeout"),
    (graph_errors.QueryMemoryError(), 503, "query-memory"),
    (graph_errors.WorkersBusyError(2), 503, "workers-busy"),
    (graph_errors.UnsearchableReleaseError(), 503, "no-search"),
    (graph_errors.NoReleaseError(Path("/somewhere")), 503, "no-release"),
    (errors.ParameterError("No.", "Yes."), 400, "parameter"),
    (errors.EncodingError("form"), 400, "encoding"),
    (errors.NotAcceptableError(["text/turtle"]), 406, "not-acceptable"),
    (errors.MediaTypeError("text/plain", ["a/b"]), 415, "media-type"),
    (errors.LongQueryError(5), 413, "long-query"),
    (errors.LongAddressError(5), 414, "long-address"),
    (errors.UnknownResourceError("urn:x"), 404, "unknown-resource"),
]


@pytest.mark.parametrize(
    ("error", "status", "code"), QUERY_ERRORS, ids=lambda item: str(item)[:20]
)
def test_an_error_has_its_status(
    error: RegietafelError, status: int, code: str
) -> None:
    """The table is the only place that knows statuses."""
    problem = problem_of(error)

    assert (problem.status, problem.code) == (status, code)
    assert problem.detail


def test_a_busy_server_says_when_to_come_back() -> None:
    """Retry-After is for programs what the sentence is for people."""
    problem = problem_of(graph_errors.WorkersBusyError(2))

    assert problem.headers == {"Retry-After": "2"}


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("/secret/place"),
        graph_errors.NoReleaseError(Path("/secret/place")),
    ],
)
def test_an_inner_error_says_nothing_of_the_inside(error: Exception) -> None:
    """No path and no message of a library gets out."""
    problem = problem_of(error)

    assert "secret" not in f"{problem.detail} {problem.mend} {problem.members}"
    assert problem.status >= 500
