"""Reads the answers of other stores, and writes them anew in the syntax asked for.

What does not parse to its end is no answer: it raises, wherever it was cut.
"""

from __future__ import annotations

from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from graph import quirks
from graph.errors import StoreAnswerError
from graph.store import (
    RESULTS,
    SYNTAXES,
    BegunAnswer,
    kind_of,
    query_syntax_error,
    term_of,
)
from graph.terms import Iri, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from graph.formats import Format
    from graph.terms import Term

_TRUTHS: Final = {
    True: b'{"head":{},"boolean":true}',
    False: b'{"head":{},"boolean":false}',
}


def query_kind(query: str) -> str:
    """Return what a query gives: `solutions`, `boolean` or `graph`.

    QuerySyntaxError if it does not parse; nothing but an empty store is asked.
    """
    try:
        return kind_of(ox.Store().query(query))
    except SyntaxError as error:
        raise query_syntax_error(query, error) from None


def read_solutions(file: IO[bytes]) -> Iterator[dict[str, Term]]:
    """Yield the solutions of results in JSON; StoreAnswerError if it is not whole."""
    found = _results(file)
    if not isinstance(found, ox.QuerySolutions):
        raise StoreAnswerError("it answers true or false where rows were asked")
    names = [variable.value for variable in found.variables]
    for solution in _checked(found):
        values = ((name, solution[name]) for name in names)
        yield {name: term_of(value) for name, value in values if value is not None}


def read_triples(file: IO[bytes]) -> Iterator[Statement]:
    """Yield the triples of N-Triples; StoreAnswerError if they are not whole."""
    for triple in _triples(file):
        yield _statement(triple)


def canonical_triples(file: IO[bytes]) -> Iterator[Statement]:
    """Yield triples whose blank nodes have the names of RDFC-1.0, held in memory."""
    held = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in _triples(file))
    held.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    for quad in held:
        yield _statement(quad.triple)


def transcode(file: IO[bytes], kind: str, syntax: Format) -> BegunAnswer:
    """Return an answer of a kind that came in JSON or N-Triples, to be written anew.

    Its beginning is read at once. StoreAnswerError, also while it is written, if it is
    not what a store should answer.
    """
    if kind == "graph":
        triples = _triples(file)
        first = list(islice(triples, 1))
        write: Any = partial(ox.serialize, chain(first, triples))
        return BegunAnswer(kind, partial(write, format=SYNTAXES[syntax.name]))
    found = _results(file)
    if kind == "boolean":
        found = _as_boolean(found)
    elif isinstance(found, ox.QueryBoolean):
        raise StoreAnswerError("it answers true or false where rows were asked")
    target = RESULTS[syntax.name]
    return BegunAnswer(kind, partial(_write, partial(found.serialize, format=target)))


def _statement(triple: ox.Triple) -> Statement:
    subject, value = term_of(triple.subject), term_of(triple.object)
    return Statement(subject, Iri(triple.predicate.value), value)


def _write(serialize: Callable[[IO[bytes]], object], out: IO[bytes]) -> None:
    try:
        serialize(out)
    except SyntaxError as error:
        raise _broken(error) from None


def _results(file: IO[bytes]) -> ox.QuerySolutions | ox.QueryBoolean:
    mended: Any = quirks.Mended(file)
    try:
        return ox.parse_query_results(mended, ox.QueryResultsFormat.JSON)
    except SyntaxError as error:
        raise _broken(error) from None


def _as_boolean(found: ox.QuerySolutions | ox.QueryBoolean) -> ox.QueryBoolean:
    if isinstance(found, ox.QueryBoolean):
        return found
    names = [variable.value for variable in found.variables]
    rows = [{name: term_of(row[name]) for name in names} for row in _checked(found)]
    value = quirks.truth(rows)
    if value is None:
        raise StoreAnswerError("it answers rows where true or false was asked")
    known = ox.parse_query_results(_TRUTHS[value], ox.QueryResultsFormat.JSON)
    if not isinstance(known, ox.QueryBoolean):
        raise TypeError
    return known


def _triples(file: IO[bytes]) -> Iterator[ox.Triple]:
    for quad in _checked(ox.parse(file, format=ox.RdfFormat.N_TRIPLES)):
        yield quad.triple


def _checked(items: Any) -> Iterator[Any]:  # noqa: ANN401  what Oxigraph iterates
    try:
        yield from items
    except SyntaxError as error:
        raise _broken(error) from None


def _broken(error: SyntaxError) -> StoreAnswerError:
    return StoreAnswerError(f"it breaks off or does not parse: {error.msg}"[:300])
