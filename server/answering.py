"""Answers the queries that pages are made of: files in `graph/views/` with blanks.

A query's head says what it is `given`: variables that stand for an IRI of the data or a
day. Only a checked IRI or a `date` takes their place, so nothing a client sends can
change what is asked. They run in query workers, in the lane of our own queries, and
those of one page have a time together.
"""

from __future__ import annotations

import re
import threading
import time
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from flask import has_request_context, request

from graph.errors import QueryTimeoutError, WorkersBusyError
from graph.formats import JSON
from graph.including import include
from graph.lanes import OWN, RETRY_AFTER
from graph.namespaces import rebase
from graph.paths import VIEWS
from graph.reading import read_text
from server.errors import PageSlowError
from server.naming import in_query
from server.results import read_result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.terms import Iri, Term
    from graph.workers import QueryWorkers
    from server.results import Result

#: Where a request holds what tells whether its client has left.
ABANDONED: Final = "regietafel.abandoned"
#: Where a request notes that a part of its page failed.
FAILED: Final = "regietafel.page.failed"
#: Where a request holds until when its page may ask.
_UNTIL: Final = "regietafel.page.until"
#: Solutions that a page takes of one query.
_MANY: Final = 1_000_000
#: Queries of pages that wait for a worker at once; the lane takes some more.
_AT_ONCE: Final = 8
#: Seconds that a query gets at the least.
_LEAST: Final = 0.01
_GIVEN: Final = re.compile(r"^# given:(.*)$", re.MULTILINE)
_VARIABLE: Final = re.compile(r"[?$](\w+)")
_HEAD: Final = re.compile(r"\A(?:#.*\n)+")
_XSD_DATE: Final = "<http://www.w3.org/2001/XMLSchema#date>"


class Asker:
    """Asks the queries of the pages of one release."""

    def __init__(self, workers: QueryWorkers, base: str, seconds: float) -> None:
        """Ask workers of a store whose own IRIs start with `base`.

        `seconds` are those that the queries of one page have together.
        """
        self._workers = workers
        self._base = base
        self._seconds = seconds
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def rows(self, name: str, **given: Iri | date) -> list[dict[str, Term]]:
        """Return the solutions of a query; ValueError if it is not given its blanks."""
        return self.select(self.query(name, **given))

    def select(self, query: str) -> list[dict[str, Term]]:
        """Return the solutions of a trusted SELECT, without unbound variables.

        One query may take half of the time that its page has left, so that one slow
        part leaves some to the others. Raises PageSlowError, and the QueryErrors of
        `graph.errors`.
        """
        seconds = (_until(self._seconds) - time.monotonic()) / 2
        if not self._turns.acquire(timeout=max(0.0, seconds)):
            raise WorkersBusyError(RETRY_AFTER)
        try:
            result = self._read(query, seconds)
        except QueryTimeoutError:
            raise PageSlowError(self._seconds) from None
        finally:
            self._turns.release()
        return [
            {
                name: term
                for name, term in zip(result.variables, row, strict=True)
                if term is not None
            }
            for row in result.rows
        ]

    def _read(self, query: str, seconds: float) -> Result:
        answer = self._workers.evaluate(
            query,
            solutions=JSON,
            graph=None,
            timeout=max(seconds, _LEAST),
            lane=OWN,
            abandoned=_abandoned(),
        )
        result = read_result(answer, _MANY)
        if not result.whole:
            raise QueryTimeoutError(seconds)
        return result

    def query(self, name: str, **given: Iri | date) -> str:
        """Return a query with its blanks filled in, as it could be asked again."""
        blanks, text = _read(name, self._base)
        if blanks != set(given):
            message = f"{name} is to be given {sorted(blanks)}, not {sorted(given)}"
            raise ValueError(message)
        return _fill(text, given)


def note_failure() -> None:
    """Note that a part of this page failed, so that nobody keeps the page."""
    if has_request_context():
        request.environ[FAILED] = True


def _until(seconds: float) -> float:
    """Return the moment of the monotonic clock until which a page may ask."""
    until = time.monotonic() + seconds
    if not has_request_context():
        return until
    found: float = request.environ.setdefault(_UNTIL, until)
    return found


def _abandoned() -> Callable[[], bool]:
    """Return what tells whether the client of this request has left."""
    environ = request.environ if has_request_context() else {}
    found: Callable[[], bool] = environ.get(ABANDONED, lambda: False)
    return found


@cache
def _read(name: str, base: str) -> tuple[set[str], str]:
    """Return what a query is given, and its text without its head."""
    text = rebase(read_text(VIEWS / f"{name}.rq"), base)
    blanks = {word[1:] for line in _GIVEN.findall(text) for word in line.split()}
    return blanks, _HEAD.sub("", include(text, base))


def _fill(text: str, given: Mapping[str, Iri | date]) -> str:
    """Return a query in which every blank is its value."""
    terms = {name: _term(value) for name, value in given.items()}

    def fill(found: re.Match[str]) -> str:
        return terms.get(found[1], found[0])

    return _VARIABLE.sub(fill, text)


def _term(value: Iri | date) -> str:
    if isinstance(value, date):
        return f'"{value.isoformat()}"^^{_XSD_DATE}'
    return in_query(value.value)
