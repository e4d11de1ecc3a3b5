"""Searches the index of a release: by words, their inner parts, and near misses.

What begins with the words comes first, then what holds them within a longer word (so
that `huisvesting` finds `woonhuisvesting`); a word that occurs nowhere is replaced by
the nearest one, and the answer says so. `graph.indexing` builds the index.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import UnsearchableReleaseError
from graph.faceting import counted, misses, values_of
from graph.indexing import fits, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

#: Names that one search looks at, the best known first.
LOOKED_AT: Final = 10_000
#: Words that one word of a search may stand for.
_WIDTH: Final = 200
#: The same while somebody types, when an answer must come at once.
_NARROW: Final = 12
#: Words of a search that count.
_WORDS: Final = 12
#: Shortest word that is looked for within others, as trigrams can.
_SHORTEST: Final = 3
#: How alike a misspelt word must be, of 100, and how many are compared with it.
_ALIKE: Final = 72
_COMPARED: Final = 1_000
_CACHE_BYTES: Final = 256 << 20
_WORD: Final = re.compile(r"[^\W_]+")

_MATCHING: Final = """
SELECT name.thing FROM folded JOIN name ON name.id = folded.rowid
WHERE folded MATCH ? ORDER BY folded.rowid LIMIT ?
"""
_BEGINNING: Final = """
SELECT text FROM word WHERE text >= ? AND text < ? ORDER BY id LIMIT ?
"""
_WITHIN: Final = """
SELECT word.text FROM part JOIN word ON word.id = part.rowid
WHERE part MATCH ? ORDER BY part.rowid LIMIT ?
"""
_ALIKE_WORDS: Final = """
SELECT word.text FROM part JOIN word ON word.id = part.rowid
WHERE part MATCH ? ORDER BY part.rank, part.rowid LIMIT ?
"""
_NAMES: Final = """
SELECT iri, kind, name.label, language, other FROM thing
JOIN name ON name.thing = thing.id WHERE thing.id = ?
ORDER BY other, language IS NOT ?, language DESC, name.id
"""


class Hit(NamedTuple):
    """A thing that was found; `kind` is the path word of its IRI.

    `matched` is the name that was found where that is not the label, in a language of
    its own.
    """

    iri: str
    label: str
    language: str
    kind: str
    matched: str = ""
    matched_language: str = ""


class Found(NamedTuple):
    """What a search found: one page of hits, and counts of all.

    `corrected` are the words that were looked for instead, `marks` the folded words to
    be marked; `bounded` tells that more than `LOOKED_AT` names matched, so that counts
    are lower bounds.
    """

    hits: list[Hit]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    corrected: str
    marks: tuple[str, ...]
    bounded: bool


class SearchIndex:
    """The search index of a release, open for reading in each thread that asks."""

    def __init__(self, path: Path) -> None:
        """Keep where the index lies; it is opened when it is first needed.

        Every search raises UnsearchableReleaseError if it is no index of this version.
        """
        self._path = path
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._local = threading.local()

    def search(self, text: str, limit: int, language: str = "nl") -> list[Hit]:
        """Return what is found by name, best first, near misses included."""
        return self.find(text, {}, limit, 0, language).hits

    def suggest(self, text: str, limit: int, language: str = "nl") -> list[Hit]:
        """Return what somebody may be typing, best known first; the best few only."""
        words = _words(text)
        if len("".join(words)) < _SHORTEST - 1:
            return []
        match = _all_of([*map(_quoted, words[:-1]), self._begun(words[-1])])
        things = self._things(match, limit, distinct=True)
        return [self._hit(thing, language, words) for thing in things]

    def find(
        self,
        text: str,
        chosen: Mapping[str, Sequence[str]],
        limit: int,
        offset: int,
        language: str = "nl",
    ) -> Found:
        """Return what has all the words of `text`, and one of each facet chosen.

        Words are letters and digits, so nothing in `text` is an operator. Facets are
        counted as if nothing of their own dimension were chosen.
        """
        words = _words(text)
        things, marks, corrected, bounded = self._matching(words)
        if not things or not (words or any(chosen.values())):
            return Found([], 0, {}, corrected, marks, bounded=False)
        values = values_of(self._connection, things)
        wanted = {name: set(items) for name, items in chosen.items() if items}
        kept = [t for t in things if not misses(values[t], wanted)]
        page = self._exact_first(kept, " ".join(marks))[offset : offset + limit]
        hits = [self._hit(thing, language, marks) for thing in page]
        facets = counted(values, wanted)
        return Found(hits, len(kept), facets, corrected, marks, bounded)

    def of_kind(self, kind: str, limit: int, offset: int) -> list[str]:
        """Return the IRIs of a kind, in the order of time and then of name."""
        rows = self._connection.execute(
            "SELECT iri FROM thing WHERE kind = ? "
            "ORDER BY day, label, iri LIMIT ? OFFSET ?",
            (kind, limit, offset),
        )
        return [iri for (iri,) in rows]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return how many things there are of each kind."""
        rows = self._connection.execute("SELECT kind, COUNT(*) FROM thing GROUP BY 1")
        return dict(rows.fetchall())

    @property
    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            if not fits(self._path):
                raise UnsearchableReleaseError
            found = sqlite3.connect(self._uri, uri=True)
            found.execute(f"PRAGMA mmap_size = {_CACHE_BYTES}")
            self._local.connection = found
        return found

    def _matching(
        self, words: Sequence[str]
    ) -> tuple[list[int], tuple[str, ...], str, bool]:
        """Return things by words: them, what was looked for, corrected, and bounded."""
        if not words:
            rows = self._connection.execute(
                "SELECT id FROM thing WHERE findable ORDER BY id LIMIT ?",
                (LOOKED_AT + 1,),
            ).fetchall()
            return [n for (n,) in rows[:LOOKED_AT]], (), "", len(rows) > LOOKED_AT
        within = {word: self._within(word) for word in words}
        nearest = {w: self._nearest(w) or w for w in words if not within[w]}
        sought = tuple(nearest.get(word, word) for word in words)
        corrected = " ".join(sought) if any(nearest[w] != w for w in nearest) else ""
        for word in nearest.values():
            within[word] = self._within(word)
        begun = _all_of([*map(_quoted, sought[:-1]), _quoted(sought[-1]) + "*"])
        held = _all_of([_any_of([w, *within[w]]) for w in sought])
        things = self._things(begun, LOOKED_AT + 1)
        if len(things) <= LOOKED_AT:
            things += self._things(held, LOOKED_AT + 1)
        bounded = len(things) > LOOKED_AT or any(
            len(found) == _WIDTH for found in within.values()
        )
        return list(dict.fromkeys(things[:LOOKED_AT])), sought, corrected, bounded

    def _things(self, match: str, limit: int, *, distinct: bool = False) -> list[int]:
        """Return the things of names that match, each once if they must be distinct."""
        rows = self._connection.execute(_MATCHING, (match, 8 * limit))
        found = [thing for (thing,) in rows]
        return list(dict.fromkeys(found))[:limit] if distinct else found[:limit]

    def _begun(self, word: str) -> str:
        """Return what matches the beginning of a word while it is typed."""
        if len(word) <= _SHORTEST:
            return _quoted(word) + "*" * (len(word) > 1)
        found = self._texts(_BEGINNING, word, word + "\U0010ffff", _NARROW)
        found += self._texts(_WITHIN, _quoted(word), _NARROW) if not found else []
        return _any_of(found or self._alike(word)[:1] or [word])

    def _within(self, word: str) -> list[str]:
        """Return words that hold another, the most frequent first."""
        if len(word) < _SHORTEST:
            return self._texts(_BEGINNING, word, word + "\U0010ffff", _WIDTH)
        return self._texts(_WITHIN, _quoted(word), _WIDTH)

    def _nearest(self, word: str) -> str | None:
        return next(iter(self._alike(word)), None)

    def _alike(self, word: str) -> list[str]:
        """Return the words nearest to one that occurs nowhere, the nearest first."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415  only for near misses

        pieces = {word[i : i + _SHORTEST] for i in range(len(word) - _SHORTEST + 1)}
        if not pieces:
            return []
        match = " OR ".join(map(_quoted, sorted(pieces)))
        known = self._texts(_ALIKE_WORDS, match, _COMPARED)
        found = process.extract(
            word, known, scorer=fuzz.ratio, limit=3, score_cutoff=_ALIKE
        )
        return [text for text, _, _ in found]

    def _texts(self, query: str, *values: str | int) -> list[str]:
        return [text for (text,) in self._connection.execute(query, values)]

    def _exact_first(self, things: list[int], sought: str) -> list[int]:
        """Put what is called exactly as sought before the others."""
        if not sought:
            return things
        rows = self._connection.execute(
            "SELECT thing, label FROM name WHERE thing IN (SELECT value FROM "
            "json_each(?))",
            (json.dumps(things[:_COMPARED]),),
        )
        exact = {thing for thing, label in rows if " ".join(_words(label)) == sought}
        return sorted(things, key=lambda thing: thing not in exact)

    def _hit(self, thing: int, language: str, words: Sequence[str]) -> Hit:
        """Return a thing by its label, and by the name that matches best if another."""
        rows = self._connection.execute(_NAMES, (thing, language)).fetchall()
        iri, kind, label, tag, _ = rows[0]
        best = max(rows, key=lambda row: _words_in(row[2], words))
        is_other = _words_in(best[2], words) > _words_in(label, words)
        matched = (best[2], best[3] or "") if is_other else ()
        return Hit(iri, label, tag, kind, *matched)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))[:_WORDS]


def _words_in(label: str, words: Sequence[str]) -> int:
    plain = fold(label)
    return sum(word in plain for word in words)


def _quoted(word: str) -> str:
    return f'"{word}"'


def _any_of(words: Sequence[str]) -> str:
    return "(" + " OR ".join(map(_quoted, dict.fromkeys(words))) + ")"


def _all_of(parts: Sequence[str]) -> str:
    return " AND ".join(parts)


def marked(text: str, words: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, each with whether it is one of these folded words."""
    folded = [fold(letter) for letter in text]
    places = [i for i, piece in enumerate(folded) for _ in piece]
    plain, ends = "".join(folded), set[int]()
    for word in filter(None, words):
        start = plain.find(word)
        while start >= 0:
            ends.update(range(places[start], places[start + len(word) - 1] + 1))
            start = plain.find(word, start + len(word))
    piece, inside = "", False
    for number, letter in enumerate(text):
        if (number in ends) is not inside and piece:
            yield piece, inside
            piece = ""
        inside = number in ends
        piece += letter
    if piece:
        yield piece, inside
