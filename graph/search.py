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
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import UnsearchableReleaseError
from graph.faceting import counted, misses, values_of
from graph.indexing import fits, fold
from graph.splitting import LITTLE, splits, telling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: Names that one search looks at, the best known first.
LOOKED_AT: Final = 10_000
#: Things of which names are compared with one that is looked for.
_CANDIDATES: Final = 300
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
#: Letters by which a misspelt word is longer or shorter at the most.
_LONGER: Final = 2
_CACHE_BYTES: Final = 256 << 20
_WORD: Final = re.compile(r"[^\W_]+")

#: Names beside which those that have a compound in parts are not looked for.
_ENOUGH: Final = 40
#: A letter that sorts behind all others.
_LAST: Final = "\U0010ffff"

_MATCHING: Final = """
SELECT name.thing FROM folded JOIN name ON name.id = folded.rowid
WHERE folded MATCH ? ORDER BY folded.rowid LIMIT ?
"""
_BEGINNING: Final = """
SELECT text FROM word WHERE text >= ? AND text < ? ORDER BY id LIMIT ?
"""
_EXACTLY: Final = "SELECT text FROM word WHERE text = ?"
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
    its own; `bodies` are the IRIs of what it belongs to, `years` those it falls in.
    """

    iri: str
    label: str
    language: str
    kind: str
    matched: str = ""
    matched_language: str = ""
    bodies: tuple[str, ...] = ()
    years: tuple[str, ...] = ()


class Found(NamedTuple):
    """What a search found: one page of hits, and counts of all.

    `corrected` are the words that were looked for instead, `marks` the folded words to
    be marked; `bounded` tells that more than `LOOKED_AT` names matched, so that counts
    are lower bounds. `fewer` are searches with fewer words where all together find
    nothing, each with how much it finds.
    """

    hits: list[Hit]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    corrected: str
    marks: tuple[str, ...]
    bounded: bool
    fewer: tuple[tuple[str, int], ...] = ()


class Named(NamedTuple):
    """A thing with all its names."""

    hit: Hit
    names: tuple[str, ...]


class _Matched(NamedTuple):
    """Things that match words, and which words were looked for in the end."""

    things: list[int]
    marks: tuple[str, ...] = ()
    corrected: str = ""
    bounded: bool = False


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
        before = [word for word in words[:-1] if word not in LITTLE]
        match = _all_of([*map(_quoted, before), self._begun(words[-1])])
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
        things, marks, corrected, bounded = self._matching(telling(words))
        if not things or not (words or any(chosen.values())):
            fewer = () if things else self._fewer(telling(words))
            return Found([], 0, {}, corrected, marks, bounded=False, fewer=fewer)
        values = values_of(self._connection, things)
        wanted = {name: set(items) for name, items in chosen.items() if items}
        kept = [t for t in things if not misses(values[t], wanted)]
        page = self._exact_first(kept, corrected or " ".join(words))[offset:][:limit]
        hits = [self._placed(thing, language, marks, values[thing]) for thing in page]
        facets = counted(values, wanted)
        return Found(hits, len(kept), facets, corrected, marks, bounded)

    def named(
        self, text: str, kinds: Sequence[str], language: str = "nl"
    ) -> list[Named]:
        """Return what may be called so, of some kinds or of any, with all its names."""
        words = _words(text)
        if not words:
            return []
        things = self._matching(telling(words), _CANDIDATES).things
        for fewer, _ in () if things else self._fewer(telling(words)):
            things += self._matching(fewer.split(), _CANDIDATES).things
        rows = self._connection.execute(
            "SELECT thing, kind, name.label FROM name JOIN thing ON thing.id = thing "
            "WHERE thing IN (SELECT value FROM json_each(?))",
            (json.dumps(things),),
        )
        names = defaultdict[int, list[str]](list)
        for thing, kind, name in rows:
            if not kinds or kind in kinds:
                names[thing].append(name)
        return [
            Named(self._hit(thing, language, words), tuple(names[thing]))
            for thing in things
            if thing in names
        ]

    def of_kind(self, kind: str, limit: int, offset: int) -> list[str]:
        """Return the IRIs of a kind, the newest first, then by name; undated last."""
        rows = self._connection.execute(
            "SELECT iri FROM thing WHERE kind = ? "
            "ORDER BY day DESC, label, iri LIMIT ? OFFSET ?",
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

    def _matching(self, words: Sequence[str], most: int = LOOKED_AT) -> _Matched:
        """Return what has all of some words, best first, however it has them."""
        if not words:
            rows = self._connection.execute(
                "SELECT id FROM thing WHERE findable ORDER BY id LIMIT ?",
                (most + 1,),
            ).fetchall()
            bounded = len(rows) > most
            return _Matched([n for (n,) in rows[:most]], bounded=bounded)
        within = {word: self._within(word) for word in words}
        parts = defaultdict(list, {word: self._split(word) for word in words})
        unknown = (w for w in words if not (within[w] or parts[w]))
        nearest = {w: near for w in unknown if (near := self._nearest(w))}
        sought = tuple(nearest.get(word, word) for word in words)
        within |= {word: self._within(word) for word in nearest.values()}
        things = self._things(
            _all_of([*map(_quoted, sought[:-1]), _quoted(sought[-1]) + "*"]),
            most + 1,
        )
        if len(things) <= most:
            held = _all_of([_any_of([w, *within[w]]) for w in sought])
            things += self._things(held, most + 1)
        halves: list[str] = []
        if len(things) < _ENOUGH and any(parts.values()):
            made = [_any_of([w, *within[w]], parts[w]) for w in sought]
            things += self._things(_all_of(made), most + 1)
            halves = [half for word in sought for pair in parts[word] for half in pair]
        bounded = len(things) > most or any(
            len(found) == _WIDTH for found in within.values()
        )
        return _Matched(
            list(dict.fromkeys(things[:most])),
            (*sought, *halves),
            " ".join(sought) if nearest else "",
            bounded,
        )

    def _fewer(self, words: Sequence[str]) -> tuple[tuple[str, int], ...]:
        """Return searches with a word less, or of one word or half of one."""
        words = list(dict.fromkeys(words))
        less = [[w for w in words if w != left] for left in words]
        halves = [half for word in words for pair in self._split(word) for half in pair]
        for tried in (less, [[word] for word in dict.fromkeys([*words, *halves])]):
            counts = {" ".join(w): len(self._matching(w).things) for w in tried if w}
            if found := tuple((text, n) for text, n in counts.items() if n):
                return found
        return ()

    def _split(self, word: str) -> list[tuple[str, str]]:
        """Return how a word may be made of two that occur."""
        return splits(
            word,
            lambda text: bool(self._texts(_BEGINNING, text, text + _LAST, 1)),
            lambda text: bool(self._texts(_EXACTLY, text)),
        )

    def _things(self, match: str, limit: int, *, distinct: bool = False) -> list[int]:
        """Return the things of names that match, each once if they must be distinct."""
        rows = self._connection.execute(_MATCHING, (match, 8 * limit))
        found = [thing for (thing,) in rows]
        return list(dict.fromkeys(found))[:limit] if distinct else found[:limit]

    def _begun(self, word: str) -> str:
        """Return what matches the beginning of a word while it is typed."""
        if len(word) <= _SHORTEST:
            return _quoted(word) + "*" * (len(word) > 1)
        found = self._texts(_BEGINNING, word, word + _LAST, _NARROW)
        found += self._texts(_WITHIN, _quoted(word), _NARROW) if not found else []
        return _any_of(found or self._alike(word)[:1] or [word])

    def _within(self, word: str) -> list[str]:
        """Return words that hold another, the most frequent first."""
        if len(word) < _SHORTEST:
            return self._texts(_BEGINNING, word, word + _LAST, _WIDTH)
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
        found = self._texts(_ALIKE_WORDS, match, _COMPARED)
        known = [text for text in found if abs(len(text) - len(word)) <= _LONGER]
        near = process.extract(
            word, known, scorer=fuzz.ratio, limit=3, score_cutoff=_ALIKE
        )
        return [text for text, _, _ in near]

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

    def _placed(
        self,
        thing: int,
        language: str,
        words: Sequence[str],
        values: Mapping[str, Sequence[str]],
    ) -> Hit:
        """Return a thing with what it belongs to and the years it falls in."""
        return self._hit(thing, language, words)._replace(
            bodies=tuple(values["body"]), years=tuple(sorted(values["period"]))
        )

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


def _any_of(words: Sequence[str], pairs: Sequence[tuple[str, str]] = ()) -> str:
    """Return what matches one of some words, or the beginnings of both of a pair."""
    both = [f"({_quoted(a)}* AND {_quoted(b)}*)" for a, b in pairs]
    return "(" + " OR ".join([*map(_quoted, dict.fromkeys(words)), *both]) + ")"


def _all_of(parts: Sequence[str]) -> str:
    return " AND ".join(parts)
