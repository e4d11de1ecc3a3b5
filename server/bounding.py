"""Says where an answer ends: its limits beforehand, what was left out, where it broke.

Nobody may take a part of an answer for the whole. The headers are dictionaries of
RFC 9651, https://www.rfc-editor.org/rfc/rfc9651#name-dictionaries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.errors import AnswerBrokenError
from graph.formats import CSV

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.formats import Format

#: What an answer that is sent as it comes in may not exceed, in `bytes` and `seconds`.
LIMITS: Final = "Regietafel-Limits"
#: How much of a result an answer holds that does not hold all of it, such as `rows`.
CUT: Final = "Regietafel-Cut"
#: Digits that a decimal may have after its point in a header.
_DIGITS: Final = 3


def limits(size: int, seconds: float) -> str:
    """Return the limits of an answer as the value of a header."""
    words = f"{seconds:.{_DIGITS}f}".rstrip("0").rstrip(".")
    return f"bytes={size}, seconds={words}"


def cut(what: str, count: int, *, broken: bool = False) -> str:
    """Return how much an answer holds as the value of a header.

    `broken` tells that the rest is not known, because the result broke off.
    """
    return f"{what}={count}" + (";broken" if broken else "")


def ending(chunks: Iterable[bytes], syntax: Format) -> Iterator[bytes]:
    """Yield an answer; if it breaks off, its last line says so.

    That line begins a text in quotes that never ends, so what was received is a
    document in no syntax, also where it broke off between two rows or statements.
    Within a field of CSV that has begun it is the rest of that field, without an end.
    """
    quotes = 0
    try:
        for chunk in chunks:
            quotes += chunk.count(b'"') if syntax is CSV else 0
            yield chunk
    except AnswerBrokenError as error:
        words = f"{error.message} {error.mend}".replace('"', "'")
        yield b"\n" + (b"" if quotes % 2 else b'"') + words.encode()
        raise
