"""Asks again what a citation asked, of any release that is kept, and compares.

Whatever is asked, the answer is rows of terms: solutions, statements, or one truth.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from graph.errors import WorkersBusyError
from graph.formats import JSON, NTRIPLES
from graph.lanes import RETRY_AFTER
from graph.releasing import current_release
from graph.store import term_text
from graph.terms import BlankNode, Iri, Literal
from graph.workers import QueryWorkers
from server.errors import AnswerTooLargeError
from server.results import read_result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.interfaces import ServedRelease
    from graph.terms import Term
    from server.results import Result
    from server.site import Site

    Row = tuple[Term | None, ...]

#: Rows that an answer may have to be cited.
MOST_ROWS: Final = 10_000
#: Releases other than the current one that are asked at the same time.
_OTHERS: Final = threading.BoundedSemaphore(2)
_WAIT: Final = 5.0
_BOOLEAN: Final = "http://www.w3.org/2001/XMLSchema#boolean"


@dataclass(frozen=True)
class Outcome:
    """An answer as rows of terms, in the order that it came in."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the rows, whatever their order."""
        lines = sorted(map(_line, self.rows))
        text = "\n".join([" ".join(self.variables), *lines])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Difference:
    """The rows that an answer has come to have, and those it no longer has."""

    added: tuple[Row, ...]
    removed: tuple[Row, ...]


def ask(site: Site, release: ServedRelease, asked: dict[str, Any]) -> Outcome:
    """Return what a release answers; AnswerTooLargeError if that cannot be cited."""
    if "iri" in asked:
        return _about(release, Iri(asked["iri"]))
    with _workers(site, release) as workers:
        answer = workers.evaluate(
            asked["query"],
            solutions=JSON,
            graph=NTRIPLES,
            default_graphs=asked.get("default_graphs", ()),
            named_graphs=asked.get("named_graphs", ()),
            timeout=site.settings.query_timeout,
        )
        result = read_result(answer, MOST_ROWS)
    if not result.whole:
        raise AnswerTooLargeError(MOST_ROWS)
    return _outcome(result)


def compare(then: Outcome, now: Outcome) -> Difference:
    """Return what differs between two answers, each row as often as it stands there."""
    return Difference(_beyond(now, then), _beyond(then, now))


def current_of(site: Site) -> ServedRelease:
    """Return the release that is current, whichever the request is answered from."""
    if not site.mount():
        return site.release
    return current_release(site.history.folder)


@contextmanager
def _workers(site: Site, release: ServedRelease) -> Iterator[QueryWorkers]:
    """Give workers of a release: the site's own, or one for this while."""
    if release.manifest.id == site.release.manifest.id:
        yield site.workers
        return
    if not _OTHERS.acquire(timeout=_WAIT):
        raise WorkersBusyError(RETRY_AFTER)
    try:
        limits = replace(site.workers.limits, workers=1, slow=1, own=1, in_memory=False)
        workers = QueryWorkers(release.store_path, limits)
        try:
            yield workers
        finally:
            workers.close()
    finally:
        _OTHERS.release()


def _outcome(result: Result) -> Outcome:
    if result.boolean is not None:
        truth = Literal(str(result.boolean).lower(), None, _BOOLEAN)
        return Outcome(("answer",), ((truth,),))
    if result.is_graph:
        return Outcome(result.variables, tuple(sorted(result.rows, key=_line)))
    return Outcome(result.variables, result.rows)


def _about(release: ServedRelease, iri: Iri) -> Outcome:
    """Return what the named graphs of a release say of a thing."""
    rows: list[Row] = [
        (item.predicate, item.object, item.graph)
        for item in release.store.statements(iri)
        if item.graph is not None
    ]
    if len(rows) > MOST_ROWS:
        raise AnswerTooLargeError(MOST_ROWS)
    return Outcome(("property", "value", "graph"), tuple(sorted(rows, key=_line)))


def _line(row: Row) -> str:
    """Return a row as text that is alike in every release: blank nodes have no name."""
    return " ".join(
        "UNDEF" if x is None else "_:" if isinstance(x, BlankNode) else term_text(x)
        for x in row
    )


def _beyond(one: Outcome, other: Outcome) -> tuple[Row, ...]:
    left = Counter(map(_line, other.rows))
    found = []
    for row in one.rows:
        line = _line(row)
        if left[line]:
            left[line] -= 1
        else:
            found.append(row)
    return tuple(found)
