"""Refuses queries that ask for what the service does not do, before they are parsed.

Oxigraph fetches what `SERVICE` names and overflows its stack on deep nesting, so both
are found in the text itself. Strings, IRIs and comments are passed over, because what
stands in them is data. Grammar: https://www.w3.org/TR/sparql11-query/#sparqlGrammar.
"""

import re
from itertools import accumulate
from typing import Final

from graph.errors import QueryRefusedError

MAX_BYTES: Final = 65_536
MAX_DEPTH: Final = 100
MAX_KEYWORDS: Final = 1_000

#: What holds no keywords: strings, IRIs, comments and escaped letters of names.
DATA: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"'
    r"|'(?:[^'\\\n\r]|\\.)*'"
    r'|<[^<>"{}|^`\\\s]*>'
    r"|#[^\n\r]*"
    r"|\\.",
    re.DOTALL,
)
_WORD: Final = re.compile(r"(?<![\w:?$@-])[A-Za-z]+(?![\w:-])")
#: Oxigraph asks for no space around it: `SERVICEx:a`, and `1SERVICE` behind a value.
_SERVICE: Final = re.compile(
    r"(?<![\w:?$@-])[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|true|false)?service",
    re.IGNORECASE,
)
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
    return _VOLATILE.search(DATA.sub(" ", query)) is not None


def guard(query: str) -> None:
    """Raise QueryRefusedError for a query that may not be evaluated here."""
    if len(query.encode()) > MAX_BYTES:
        message = f"The query is longer than {MAX_BYTES} bytes."
        raise QueryRefusedError(message, "Shorten it, or split it in several.")
    bare = DATA.sub(" ", query)
    _refuse_service(bare)
    words = _words(bare)
    _refuse_updates(words)
    if _depth(bare) > MAX_DEPTH:
        message = f"The query nests brackets deeper than {MAX_DEPTH}."
        raise QueryRefusedError(message, "Write it with less nesting.")
    if sum(word in _REPEATED for word in words) > MAX_KEYWORDS:
        message = f"The query has more than {MAX_KEYWORDS} patterns."
        raise QueryRefusedError(message, "Use VALUES for long lists of terms.")


def words_of(query: str) -> list[str]:
    """Return the words of a query in capitals, without those in its data."""
    return _words(DATA.sub(" ", query))


def _words(bare: str) -> list[str]:
    return [word.upper() for word in _WORD.findall(bare)]


def _refuse_service(bare: str) -> None:
    if _SERVICE.search(bare):
        raise QueryRefusedError(
            "SERVICE is refused: nothing is fetched from other servers.",
            "Query the other server itself and combine the answers yourself.",
        )


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
