"""Finds the SERVICE clauses of a query, and whether they name what may be asked.

The endpoint of a clause must be a full IRI that is on the list, letter for letter.
https://www.w3.org/TR/sparql11-federated-query/. Oxigraph asks what a clause names by
itself, so a clause that passes leads to `graph.relaying` before it is evaluated.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import ServiceRefusedError
from graph.guarding import is_unclear, without_names, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

#: Clauses that one query may have.
MOST: Final = 8
_CLAUSE: Final = re.compile(
    r"(?<![\w:?$@-])(?P<word>SERVICE)\s*(?P<silent>SILENT\s*)?"
    r"<(?P<endpoint>[^<>]*)>\s*(?=\{)",
    re.IGNORECASE,
)
_BRACE: Final = re.compile(r"[{}]")


class Clause(NamedTuple):
    """A SERVICE clause: its endpoint, and where its word and its IRI stand."""

    endpoint: str
    word: slice
    iri: slice
    ends: int


def admit(query: str, allowed: Collection[str]) -> tuple[Clause, ...]:
    """Return the clauses of a query, all of which may be asked.

    Where none is `allowed` there are none. ServiceRefusedError if a clause names
    another endpoint, or is not surely a clause of its own.
    """
    if not allowed or "SERVICE" not in query.upper():
        return ()
    clauses = _clauses(query)
    if reason := _fault(query, clauses, allowed):
        raise ServiceRefusedError(reason, sorted(allowed))
    return clauses


def _fault(
    query: str, clauses: Sequence[Clause], allowed: Collection[str]
) -> str | None:
    """Return why clauses may not be asked, None if they may."""
    stranger = next((x.endpoint for x in clauses if x.endpoint not in allowed), None)
    if stranger:
        return f"{stranger} is not on the list"
    if len(clauses) > MOST:
        return f"there are more than {MOST} clauses"
    if any(one.ends > other.word.start for one, other in pairwise(clauses)):
        return "one clause stands within another, and each endpoint is asked by itself"
    if clauses and is_unclear(query):
        return "it cannot be told where the strings and IRIs of the query end"
    if "SERVICE" in words_of(without_clauses(query, clauses)):
        return "its endpoint is a variable, a prefixed name, or not followed by { }"
    return None


def is_federated(query: str) -> bool:
    """Tell whether a query asks other endpoints, or would if it might."""
    return "SERVICE" in query.upper() and "SERVICE" in words_of(query)


def without_clauses(query: str, clauses: Sequence[Clause]) -> str:
    """Return a query of the same length without the word SERVICE of these clauses."""
    for clause in clauses:
        query = _replaced(query, clause.word, " " * len("SERVICE"))
    return query


def harmless(query: str, clauses: Sequence[Clause]) -> str:
    """Return a query of the same length whose endpoints can never be asked."""
    return directed(query, clauses, lambda iri: "x:" + "x" * (len(iri) - len("x:")))


def directed(
    query: str, clauses: Sequence[Clause], address: Callable[[str], str]
) -> str:
    """Return a query whose clauses name other addresses; nothing else of it changes."""
    for clause in reversed(clauses):
        query = _replaced(query, clause.iri, address(clause.endpoint))
    return query


def _clauses(query: str) -> tuple[Clause, ...]:
    clear = without_names(query)
    return tuple(
        Clause(
            found["endpoint"],
            slice(*found.span("word")),
            slice(*found.span("endpoint")),
            _end_of_group(clear, found.end()),
        )
        for found in _CLAUSE.finditer(clear)
    )


def _end_of_group(clear: str, start: int) -> int:
    """Return where the group ends that begins at a place; the text if it has no end."""
    depth = 0
    for found in _BRACE.finditer(clear, start):
        depth += 1 if found[0] == "{" else -1
        if not depth:
            return found.end()
    return len(clear)


def _replaced(text: str, place: slice, by: str) -> str:
    return text[: place.start] + by + text[place.stop :]
