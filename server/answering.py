"""Answers the queries that pages are made of: files in `graph/views/` with blanks.

A query's head says what it is `given`: variables that stand for an IRI of the data or a
day. Only a checked IRI or a `date` takes their place, so nothing a client sends can
change what is asked.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from graph.including import include
from graph.namespaces import rebase
from graph.paths import VIEWS
from graph.reading import read_text
from server.naming import in_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.interfaces import ReadableStore
    from graph.terms import Iri, Term

_GIVEN: Final = re.compile(r"^# given:(.*)$", re.MULTILINE)
_VARIABLE: Final = re.compile(r"[?$](\w+)")
_HEAD: Final = re.compile(r"\A(?:#.*\n)+")
_XSD_DATE: Final = "<http://www.w3.org/2001/XMLSchema#date>"


class Asker:
    """Asks the queries of pages of one store."""

    def __init__(self, store: ReadableStore, base: str) -> None:
        """Ask a store whose own IRIs start with `base`."""
        self._store = store
        self._base = base

    def rows(self, name: str, **given: Iri | date) -> list[dict[str, Term]]:
        """Return the solutions of a query; ValueError if it is not given its blanks."""
        return self._store.select(self.query(name, **given))

    def query(self, name: str, **given: Iri | date) -> str:
        """Return a query with its blanks filled in, as it could be asked again."""
        blanks, text = _read(name, self._base)
        if blanks != set(given):
            message = f"{name} is to be given {sorted(blanks)}, not {sorted(given)}"
            raise ValueError(message)
        return _fill(text, given)


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
