"""Builds the search index of a release, in SQLite.

Things stand in the order of their rank (how often they are pointed at), so a search
reads the best first and never sorts. Beside the names stand the distinct words of all
names, by how often they occur: beginnings, inner parts and misspellings are looked up
among those, which are far fewer. See https://www.sqlite.org/fts5.html.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from contextlib import closing
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from graph.namespaces import KINDS, expand
from graph.terms import Iri
from graph.waiting import interruptible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.interfaces import NamedStore

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
#: Properties that name a thing; an earlier one comes first, and is the one shown.
_NAMES: Final = ("skos:prefLabel", "foaf:name", "skos:altLabel")
#: What a property tells of a thing: `via` leads to what has the same body.
_LINKS: Final = {
    "eli-dl:had_responsible_organization": "body",
    "org:postIn": "body",
    "org:organization": "body",
    "ovl:arrangementOf": "body",
    "ovl:concerns": "body",
    "foaf:topic": "body",
    "ovl:agreedIn": "via",
    "ovl:madeIn": "via",
    "ovl:saidAt": "via",
    "org:hasMembership": "via",
    "dcterms:subject": "topic",
    "ovl:dated": "period",
    "ovl:validDuring": "period",
    "ovl:statedInGraph": "graph",
    "prov:hadPrimarySource": "document",
}
#: Years of one period that are counted; a longer one counts by its first and last.
_SPAN: Final = 50
_TABLES: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
CREATE TABLE thing (
    id INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT, findable INTEGER,
    day TEXT, label TEXT
);
CREATE TABLE name (
    id INTEGER PRIMARY KEY, thing INTEGER, label TEXT, language TEXT, other INTEGER
);
CREATE TABLE facet (
    thing INTEGER, dimension TEXT, value INTEGER,
    PRIMARY KEY (thing, dimension, value)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE folded USING fts5 (text, content='', detail=none, prefix='2 3');
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT UNIQUE, things INTEGER);
CREATE VIRTUAL TABLE part USING fts5 (text, content='', tokenize='trigram');
CREATE TEMP TABLE typed (iri TEXT PRIMARY KEY, kind TEXT) WITHOUT ROWID;
CREATE TEMP TABLE ranked (iri TEXT PRIMARY KEY, rank INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE found (iri TEXT, other INTEGER, label TEXT, language TEXT);
CREATE TEMP TABLE link (subject TEXT, relation TEXT, object TEXT);
CREATE TEMP TABLE edge (period TEXT PRIMARY KEY, first TEXT, last TEXT) WITHOUT ROWID;
CREATE VIRTUAL TABLE temp.term USING fts5vocab (main, folded, row);
"""
_FILL: Final = """
CREATE INDEX temp.linked ON link (relation, subject);
INSERT OR IGNORE INTO typed SELECT iri, kind(iri) FROM ranked
WHERE iri NOT IN (SELECT iri FROM typed);
INSERT INTO thing (iri, kind, findable)
SELECT typed.iri, kind, rank IS NOT NULL FROM typed LEFT JOIN ranked USING (iri)
ORDER BY rank IS NULL, rank DESC, typed.iri;
INSERT INTO name (thing, label, language, other)
SELECT DISTINCT thing.id, found.label, language, other FROM found JOIN thing USING (iri)
ORDER BY thing.id, other, language DESC, found.label;
CREATE INDEX named ON name (thing);
INSERT INTO folded (rowid, text) SELECT id, fold(label) FROM name ORDER BY id;
INSERT INTO word (text, things) SELECT term, doc FROM term ORDER BY doc DESC, term;
INSERT INTO part (rowid, text) SELECT id, text FROM word ORDER BY id;
UPDATE thing SET label = (
    SELECT fold(label) FROM name WHERE thing = thing.id ORDER BY id LIMIT 1
), day = (
    SELECT MIN(first) FROM link JOIN edge ON period = object
    WHERE relation = 'period' AND subject = thing.iri
) WHERE findable;
CREATE INDEX listed ON thing (kind, day DESC, label, iri);
INSERT OR IGNORE INTO facet
SELECT thing.id, relation, value.id
FROM link JOIN thing ON thing.iri = subject JOIN thing AS value ON value.iri = object
WHERE relation IN ('body', 'topic') AND thing.findable
    AND (relation <> 'body' OR value.kind = 'organisatie')
ORDER BY 1, 2, 3;
INSERT OR IGNORE INTO facet
SELECT thing.id, 'body', value.id
FROM link AS via JOIN link AS step ON step.subject = via.object
JOIN thing ON thing.iri = via.subject JOIN thing AS value ON value.iri = step.object
WHERE via.relation = 'via' AND step.relation = 'body' AND thing.findable
ORDER BY 1, 2, 3;
INSERT OR IGNORE INTO facet
SELECT thing.id, 'source', value.id
FROM link AS graph JOIN link AS step ON step.subject = graph.object
JOIN thing ON thing.iri = graph.subject JOIN thing AS value ON value.iri = step.object
WHERE graph.relation = 'graph' AND step.relation = 'document' AND thing.findable
ORDER BY 1, 2, 3;
"""
_ADD_YEARS: Final = """
WITH RECURSIVE lasting (thing, year, last) AS (
    SELECT thing.id, CAST(COALESCE(first, last) AS INTEGER),
        CAST(COALESCE(last, first) AS INTEGER)
    FROM link JOIN edge ON period = object JOIN thing ON thing.iri = subject
    WHERE relation = 'period' AND thing.findable
    UNION SELECT thing, year + 1, last FROM lasting
    WHERE year < last AND last - year < ?
)
INSERT OR IGNORE INTO facet SELECT thing, 'period', year FROM lasting ORDER BY 1, 3
"""


def fold(text: str) -> str:
    """Return text without case and diacritics, as it is compared."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def build_index(path: Path, store: NamedStore, base: str) -> None:
    """Write the search index of a store's merged graph to a new file.

    SQLite orders the names, on disk where they are many. It calls functions of ours and
    makes an error of its own of an interrupt amid one; none comes to a thread.
    """
    interruptible(lambda: _write(path, store, base))


def _write(path: Path, store: NamedStore, base: str) -> None:
    kind = partial(kind_of, start=f"{base}id/")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.create_function("fold", 1, fold, deterministic=True)
        connection.create_function("kind", 1, kind, deterministic=True)
        connection.executescript(_TABLES)
        _add(connection, "typed", 2, _typed(store, base))
        _add(connection, "found", 4, _names(store, base))
        _add(connection, "ranked", 2, _ranks(connection, store))
        _add(connection, "link", 3, _links(store, base))
        _add(connection, "edge", 3, _edges(store))
        connection.executescript(_FILL)
        connection.execute(_ADD_YEARS, (_SPAN,))


def fits(path: Path) -> bool:
    """Tell whether an index has the very tables that are searched here."""
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        ) as it:
            return _tables_in(it) == _known_tables()
    except sqlite3.Error:
        return False


@cache
def _known_tables() -> frozenset[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_TABLES)
        return _tables_in(connection)


def _tables_in(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """Return each table by its definition; those that SQLite adds have a `_`."""
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' "
        "AND instr(name, '_') = 0"
    )
    return frozenset(rows)


def _add(
    connection: sqlite3.Connection,
    table: str,
    width: int,
    rows: Iterator[tuple[object, ...]],
) -> None:
    """Add rows to one of the tables above; those that are there already are let be."""
    blanks = ", ".join("?" * width)
    connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({blanks})", rows)  # noqa: S608  the tables are written above


def kind_of(iri: str, start: str) -> str:
    """Return the path word of an IRI that begins with `start`, else nothing."""
    return iri[len(start) :].partition("/")[0] if iri.startswith(start) else ""


def _typed(store: NamedStore, base: str) -> Iterator[tuple[str, str]]:
    """Yield each thing that has a class, with its kind."""
    start = f"{base}id/"
    for iri, _ in store.links(expand("rdf:type")):
        kind = kind_of(iri, start)
        if kind in KINDS:
            yield iri, kind


def _names(store: NamedStore, base: str) -> Iterator[tuple[str, int, str, str]]:
    """Yield each name of a findable thing."""
    start = f"{base}id/"
    for order, name in enumerate(_NAMES):
        for iri, text, language in store.texts(expand(name)):
            if kind_of(iri, start) in FINDABLE:
                yield iri, order, text, language or ""


def _ranks(
    connection: sqlite3.Connection, store: NamedStore
) -> Iterator[tuple[str, int]]:
    """Yield how often each thing that has a name is pointed at."""
    named = connection.execute("SELECT DISTINCT iri FROM found")
    for (iri,) in named.fetchall():
        yield iri, store.count(object=Iri(iri))


def _links(store: NamedStore, base: str) -> Iterator[tuple[str, str, str]]:
    """Yield what tells the body, the topic, the time and the source of things."""
    for name, relation in _LINKS.items():
        for subject, value in store.links(expand(name, base)):
            yield subject, relation, value


def _edges(store: NamedStore) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the first and the last day of each period, as far as they are known."""
    days: dict[str, list[str | None]] = {}
    for place, name in enumerate(("dcat:startDate", "dcat:endDate")):
        for period, day, _ in store.texts(expand(name)):
            edges = days.setdefault(period, [None, None])
            edges[place] = min(edges[place] or day, day)
    for period, (first, last) in days.items():
        yield period, first, last
