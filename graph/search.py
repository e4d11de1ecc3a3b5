"""The search index of a release: names of things, in SQLite's full-text index.

Rows are inserted in the order of their rank (how often a thing is pointed at), and read
in the order of rows, so a search never sorts. See https://www.sqlite.org/fts5.html.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.namespaces import expand
from graph.terms import Iri

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.store import Store

#: Kinds of things that are found by name; the others are parts of these.
FINDABLE: Final = (
    "afspraak",
    "begrip",
    "debat",
    "document",
    "dossier",
    "functie",
    "organisatie",
    "overleg",
    "persoon",
    "regeling",
    "toezegging",
    "uitspraak",
    "wijziging",
    "zetel",
)
_WORD: Final = re.compile(r"\w+")
_TABLES: Final = """
CREATE TABLE name (iri TEXT, label TEXT, language TEXT, kind TEXT);
CREATE VIRTUAL TABLE folded USING fts5 (text, content='', prefix='2 3');
PRAGMA temp_store = FILE;
CREATE TEMP TABLE found (
    iri TEXT, rank INTEGER, other INTEGER, label TEXT, language TEXT, kind TEXT
);
"""
_ADD_FOUND: Final = "INSERT INTO found VALUES (?, ?, ?, ?, ?, ?)"
_ADD_NAMES: Final = """
INSERT INTO name (iri, label, language, kind)
SELECT iri, label, language, kind FROM found
ORDER BY rank DESC, iri, other, label, language, kind
"""
_ADD_FOLDED: Final = """
INSERT INTO folded (rowid, text) SELECT rowid, fold(label) FROM name ORDER BY rowid
"""
_FIND: Final = """
SELECT DISTINCT iri FROM folded JOIN name ON name.rowid = folded.rowid
WHERE folded MATCH ? ORDER BY folded.rowid LIMIT ?
"""
_NAME: Final = """
SELECT iri, label, language, kind FROM name WHERE iri = ?
ORDER BY language IS NOT ? LIMIT 1
"""


class Hit(NamedTuple):
    """A thing that was found; `kind` is the path word of its IRI."""

    iri: str
    label: str
    language: str
    kind: str


def fold(text: str) -> str:
    """Return text without case and diacritics, as it is compared."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def build_index(path: Path, store: Store, base: str) -> None:
    """Write the search index of a store's merged graph to a new file.

    SQLite orders the names, on disk where they are many.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.create_function("fold", 1, fold, deterministic=True)
        connection.executescript(_TABLES)
        connection.executemany(_ADD_FOUND, _names(store, base))
        connection.execute(_ADD_NAMES)
        connection.execute(_ADD_FOLDED)


def _names(store: Store, base: str) -> Iterator[tuple[str, int, int, str, str, str]]:
    """Yield each name of a findable thing: how often that is pointed at, and the name.

    A preferred name comes before the others.
    """
    ranks: dict[str, int] = {}
    start = f"{base}id/"
    for order, predicate in enumerate(_NAMES):
        for iri, text, language in store.texts(predicate):
            kind = iri.removeprefix(start).partition("/")[0]
            if kind in FINDABLE:
                if iri not in ranks:
                    ranks[iri] = store.count(object=Iri(iri))
                yield (iri, ranks[iri], int(order == 1), text, language or "", kind)


_NAMES: Final = (
    expand("skos:prefLabel"),
    expand("skos:altLabel"),
    expand("foaf:name"),
)


class SearchIndex:
    """The search index of a release, open for reading."""

    def __init__(self, path: Path) -> None:
        """Keep where the index lies; it is opened for each search."""
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"

    def search(self, text: str, limit: int, language: str = "nl") -> list[Hit]:
        """Return what has all the words of `text` in one of its names, best first.

        The last word may be the beginning of a word. Words are letters and digits, so
        nothing in `text` is understood as a search operator.
        """
        words = _WORD.findall(fold(text))
        if not words:
            return []
        match = " ".join(f'"{word}"' for word in words) + "*"
        with closing(sqlite3.connect(self._uri, uri=True)) as connection:
            found = connection.execute(_FIND, (match, limit)).fetchall()
            return [Hit(*self._name(connection, iri, language)) for (iri,) in found]

    @staticmethod
    def _name(connection: sqlite3.Connection, iri: str, language: str) -> Iterator[str]:
        row: Iterator[str] = connection.execute(_NAME, (iri, language)).fetchone()
        return row
