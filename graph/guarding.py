"""Refuses queries that ask for what the service does not do, before they are parsed.

Oxigraph fetches what `SERVICE` names and overflows its stack on deep nesting, so both
are found in the text itself. Strings, IRIs and comments are passed over, because what
stands in them is data. Grammar: https://www.w3.org/TR/sparql11-query/#sparqlGrammar.
"""

import re
from typing import Final

from graph.errors import QueryRefusedError

MAX_BYTES: Final = 65_536
MAX_DEPTH: Final = 100
MAX_KEYWORDS: Final = 1_000

#: What holds no keywords: strings, IRIs and comments.
DATA: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"'
    r"|'(?:[^'\\\n\r]|\\.)*'"
    r'|<[^<>"{}|^`\\\s]*>'
    r"|#[^\n\r]*",
    re.DOTALL,
)
_WORD: Final = re.compile(r"(?<![\w:?$@-])[A-Za-z]+(?![\w:-])")
_UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD")
)
_REPEATED: Final = frozenset(
    ("UNION", "OPTIONAL", "FILTER", "BIND", "MINUS", "GRAPH", "VALUES")
)
_VOLATILE: Final = frozenset(("NOW", "RAND", "STRUUID", "UUID"))


def is_volatile(query: str) -> bool:
    """Tell whether a query may be answered in another way each time it is asked."""
    words = _WORD.findall(DATA.sub(" ", query))
    return any(word.upper() in _VOLATILE for word in words)


def guard(query: str) -> None:
    """Raise QueryRefusedError for a query that may not be evaluated here."""
    if len(query.encode()) > MAX_BYTES:
        message = f"The query is longer than {MAX_BYTES} bytes."
        raise QueryRefusedError(message, "Shorten it, or split it in several.")
    bare = DATA.sub(" ", query)
    words = words_of(query)
    _refuse_words(words)
    if _depth(bare) > MAX_DEPTH:
        message = f"The query nests brackets deeper than {MAX_DEPTH}."
        raise QueryRefusedError(message, "Write it with less nesting.")
    if sum(word in _REPEATED for word in words) > MAX_KEYWORDS:
        message = f"The query has more than {MAX_KEYWORDS} patterns."
        raise QueryRefusedError(message, "Use VALUES for long lists of terms.")


def words_of(query: str) -> list[str]:
    """Return the words of a query in capitals, without those in its data."""
    return [word.upper() for word in _WORD.findall(DATA.sub(" ", query))]


def _refuse_words(words: list[str]) -> None:
    if "SERVICE" in words:
        raise QueryRefusedError(
            "SERVICE is refused: nothing is fetched from other servers.",
            "Query the other server itself and combine the answers yourself.",
        )
    head = next((word for word in words if word not in {"PREFIX", "BASE"}), "")
    if head in _UPDATES:
        raise QueryRefusedError(
            f"{head} is an update, and this service only answers queries.",
            "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )


def _depth(bare: str) -> int:
    """Return how deep the brackets of a text nest at the most."""
    depth = deepest = 0
    for character in bare:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest
