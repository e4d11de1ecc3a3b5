"""Splits what is searched: words that say little, Dutch compounds, and what was found.

Who looks for `asielopvang` also means `opvang van asielzoekers`: a compound ends in a
word of its own, and begins as another does, with or without a linking `s`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.indexing import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

#: Words that nearly every name may have, in both languages.
LITTLE: Final = frozenset(
    (
        *("aan", "bij", "de", "den", "der", "des", "die", "door", "een", "en", "het"),
        *("in", "met", "na", "naar", "of", "om", "op", "over", "te", "tot", "uit"),
        *("van", "voor", "a", "an", "and", "at", "by", "for", "from", "of", "on"),
        *("or", "the", "to", "with"),
    )
)
#: Letters that each part of a compound has at least, that a compound has at most, and
#: ways to split it that are looked for.
_PART: Final = 4
_LONGEST: Final = 60
_SPLITS: Final = 3


def telling(words: Sequence[str]) -> list[str]:
    """Return the words that tell something apart; all of them if none does."""
    return [word for word in words if word not in LITTLE] or list(words)


def splits(
    word: str, begins: Callable[[str], bool], exists: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Return how a word may be made of two, the longest first part first.

    `begins` tells whether some word begins so, `exists` whether there is such a word.
    """
    found = []
    for first, last in _halves(word):
        if exists(last) and begins(first):
            found.append((first, last))
        if len(found) == _SPLITS:
            break
    return found


def _halves(word: str) -> Iterator[tuple[str, str]]:
    end = len(word) - _PART if len(word) <= _LONGEST else 0
    for place in range(end, _PART - 1, -1):
        first, last = word[:place], word[place:]
        yield first, last
        if first.endswith("s") and place > _PART:
            yield first[:-1], last


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
