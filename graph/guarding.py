"""Refuses queries that ask for what the service does not do, before they are parsed.

Oxigraph fetches what `SERVICE` names and overflows its stack where brackets nest deep,
so both are found in the text itself. What nests without brackets is bounded by the
length of a query, for which `graph.worker` has stack enough. Strings, IRIs and comments
are passed over, because what stands in them is data. Grammar:
https://www.w3.org/TR/sparql11-query/#sparqlGrammar.

Oxigraph knows no tokens: it reads `trueSERVICE` and `SERVICEex:a` as two words each. So
the letters may stand nowhere but in data and in names, and a query that has them is
refused where nobody can be sure what is data: after a string without an end, and where
`<` begins an IRI or compares.
"""

import re
from functools import lru_cache
from itertools import accumulate
from typing import Final

from graph.errors import QueryRefusedError

MAX_BYTES: Final = 65_536
MAX_DEPTH: Final = 100
MAX_KEYWORDS: Final = 1_000

#: Data, variables, languages, and the local part of names. Nothing is read twice, so
#: that the time grows with the text: what has no end ends with the line or the text.
_PASSED: Final = re.compile(
    r"""
    (?P<data>
      \"{3}(?:[^"\\]|\\.|"(?!""))*+(?:\"{3}|(?P<unended1>))
    | '{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3}|(?P<unended2>))
    | "(?:[^"\\\n\r]|\\.)*+(?:"|(?P<unended3>))
    | '(?:[^'\\\n\r]|\\.)*+(?:'|(?P<unended4>))
    | <(?:[A-Za-z][A-Za-z0-9+.-]*+://|(?P<short>))[^<>"{}|^`\\\x00-\x20]*+>
    | \#[^\n\r]*+
    )
    | [?$]\w+
    | @[A-Za-z]+(?:-[A-Za-z0-9]+)*+
    | (?P<colon>:)(?:(?![.-])(?:[\w:.-]|[^\x00-\x7f\s]|%[0-9A-Fa-f]{2}
        |\\[_~.!$&'()*+,;=/?\#@%-])++)?+
    """,
    re.DOTALL | re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LAST: Final = 0x10FFFF
_WORD: Final = re.compile(r"(?<![\w:?$@-])[A-Za-z]+(?![\w:-])")
_UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD")
)
_REPEATED: Final = frozenset(
    ("UNION", "OPTIONAL", "FILTER", "BIND", "MINUS", "GRAPH", "VALUES")
)
_VOLATILE: Final = re.compile(
    r"(?<![\w:?$@])(?:now|rand|struuid|uuid)(?![\w:-])", re.IGNORECASE
)
#: Brackets, by how much deeper it is behind them.
_BRACKETS: Final = dict.fromkeys("([{", 1) | dict.fromkeys(")]}", -1)
_BRACKET: Final = re.compile(r"[()\[\]{}]")


def is_volatile(query: str) -> bool:
    """Tell whether a query may be answered in another way each time it is asked."""
    return _VOLATILE.search(_bare(query)) is not None


def guard(query: str) -> None:
    """Raise QueryRefusedError for a query that may not be evaluated here."""
    if len(query.encode()) > MAX_BYTES:
        message = f"The query is longer than {MAX_BYTES} bytes."
        raise QueryRefusedError(message, "Shorten it, or split it in several.")
    bare = _bare(query)
    _refuse_service(query, bare)
    if "\\u" in query.lower():
        unescaped = _ESCAPE.sub(_unescaped, query)
        _refuse_service(unescaped, _bare(unescaped))
    words = _words(bare)
    _refuse_updates(words)
    if _depth(bare) > MAX_DEPTH:
        message = f"The query nests brackets deeper than {MAX_DEPTH}."
        raise QueryRefusedError(message, "Write it with less nesting.")
    if sum(word in _REPEATED for word in words) > MAX_KEYWORDS:
        message = f"The query has more than {MAX_KEYWORDS} patterns."
        raise QueryRefusedError(message, "Use VALUES for long lists of terms.")


def words_of(query: str) -> list[str]:
    """Return the words of a query in capitals, without those in its data and names."""
    return _words(_bare(query))


def without_data(query: str) -> str:
    """Return a query of the same length with its strings, IRIs and comments blank."""

    def blank(found: re.Match[str]) -> str:
        return found[0] if found["data"] is None else " " * len(found[0])

    return _PASSED.sub(blank, query)


def without_names(query: str) -> str:
    """Return a query of the same length with only its keywords, prefixes and IRIs."""

    def blank(found: re.Match[str]) -> str:
        if found[0][0] == "<":
            return found[0]
        return (found["colon"] or " ").ljust(len(found[0]))

    return _PASSED.sub(blank, query)


def is_unclear(query: str) -> bool:
    """Tell whether nobody can be sure what is data in a query, see above."""
    return any(map(_is_unsure, _PASSED.finditer(query)))


@lru_cache(maxsize=16)  # a request asks for it a few times in a row
def _bare(query: str) -> str:
    """Return what is left of a query without data and names, a colon for each name."""
    return _PASSED.sub(r"\g<colon> ", query)


def _words(bare: str) -> list[str]:
    return [word.upper() for word in _WORD.findall(bare)]


def _unescaped(found: re.Match[str]) -> str:
    """Return the character that an escape stands for, as some engines read it first."""
    return chr(min(int(found[1] or found[2], 16), _LAST))


def _refuse_service(query: str, bare: str) -> None:
    """Raise QueryRefusedError unless the letters of SERVICE are surely no keyword."""
    if "SERVICE" not in query.upper():
        return
    if is_unclear(query) or "SERVICE" in bare.upper():
        raise QueryRefusedError(
            "SERVICE is refused: nothing is fetched from other servers.",
            "Query the other server itself and combine the answers yourself. If a "
            "prefix has these letters, give it another name.",
        )


def _is_unsure(found: re.Match[str]) -> bool:
    """Tell whether a piece has no end, or may be a comparison and not an IRI.

    After a comparison its brackets must close before a keyword can come.
    """
    if found["short"] is None:
        return any(found[f"unended{n}"] is not None for n in (1, 2, 3, 4))
    text = found[0].upper()
    return not {"#", "'"}.isdisjoint(text) or "SERVICE" in text.partition(")")[2]


def _refuse_updates(words: list[str]) -> None:
    head = next((word for word in words if word not in {"PREFIX", "BASE"}), "")
    if head in _UPDATES:
        raise QueryRefusedError(
            f"{head} is an update, and this service only answers queries.",
            "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )


def _depth(bare: str) -> int:
    """Return how deep the brackets of a text nest at the most."""
    steps = map(_BRACKETS.__getitem__, _BRACKET.findall(bare))
    return max(accumulate(steps), default=0)
