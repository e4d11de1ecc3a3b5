"""Reads the answer to a query for its page: the first rows, as they come in.

Results in JSON are read binding by binding, so that a page needs no more of a long
result than it shows. See https://www.w3.org/TR/sparql11-results-json/.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graph.errors import AnswerBrokenError
from graph.terms import LANG_STRING, XSD_STRING, BlankNode, Iri, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.terms import Term
    from graph.workers import Answer

#: Characters of a graph that the page of a query shows at the most.
TEXT_ON_PAGE: Final = 200_000
_BINDINGS: Final = '"bindings":['
_ILLEGAL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Result:
    """An answer as a page shows it; one of the three kinds is filled.

    `whole` tells whether there is nothing more; `broken` whether it broke off.
    """

    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    boolean: bool | None = None
    text: str | None = None
    whole: bool = True
    broken: bool = False


def read_result(answer: Answer, limit: int) -> Result:
    """Return the beginning of an answer, and give its worker back."""
    try:
        if answer.kind == "graph":
            return _read_text(answer.chunks)
        return _read_solutions(answer.chunks, limit)
    finally:
        answer.close()


def _read_text(chunks: Iterator[bytes]) -> Result:
    """Return as much of a graph's text as a page shows, up to a whole line."""
    data, broken = bytearray(), False
    try:
        for chunk in chunks:
            data += chunk
            if len(data) > TEXT_ON_PAGE:
                shown = bytes(data[:TEXT_ON_PAGE]).rpartition(b"\n")[0]
                return Result(text=shown.decode(errors="ignore"), whole=False)
    except AnswerBrokenError:
        broken = True
    return Result(text=data.decode(errors="ignore"), broken=broken, whole=not broken)


def _read_solutions(chunks: Iterator[bytes], limit: int) -> Result:
    source = _Pieces(chunks)
    head = source.until(_BINDINGS)
    if head is None:
        document = json.loads(source.rest())
        return Result(boolean=bool(document["boolean"]))
    variables = tuple(json.loads(head + "]}}")["head"]["vars"])
    rows: list[tuple[Term | None, ...]] = []
    try:
        for binding in source.objects():
            if len(rows) == limit:
                return Result(variables, tuple(rows), whole=False)
            rows.append(tuple(_term(binding.get(name)) for name in variables))
    except AnswerBrokenError:
        return Result(variables, tuple(rows), whole=False, broken=True)
    return Result(variables, tuple(rows))


class _Pieces:
    """Text that comes in pieces, read as far as it is needed."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._data = b""
        self._decoder = json.JSONDecoder()

    def until(self, mark: str) -> str | None:
        """Return what stands up to and with a mark; None if it does not come."""
        while mark.encode() not in self._data:
            if not self._more():
                return None
        before, found, self._data = self._data.partition(mark.encode())
        return (before + found).decode()

    def rest(self) -> bytes:
        """Return all that is left."""
        while self._more():
            pass
        return self._data

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield the JSON objects of a list, until the list ends."""
        text, mended = "", b""
        while True:
            text, mended = _decoded(text, mended + self._data)
            self._data = b""
            place = 0
            while (found := self._object(text, place)) is not None:
                binding, place = found
                yield binding
            text = text[place:]
            if text.startswith("]") or not self._more():
                return

    def _object(self, text: str, place: int) -> tuple[dict[str, Any], int] | None:
        if text.startswith(",", place):
            place += 1
        try:
            return self._decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            return None

    def _more(self) -> bool:
        piece = next(self._chunks, None)
        self._data += piece or b""
        return piece is not None


def _decoded(text: str, data: bytes) -> tuple[str, bytes]:
    """Return text with what can be decoded of data, and the bytes that cannot yet."""
    try:
        return text + data.decode(), b""
    except UnicodeDecodeError as error:
        return text + data[: error.start].decode(), data[error.start :]


def _term(value: dict[str, str] | None) -> Term | None:
    """Return a term of the JSON results format; None where nothing is bound."""
    if value is None:
        return None
    if value["type"] == "uri":
        return Iri(value["value"])
    if value["type"] == "bnode":
        return BlankNode(value["value"])
    language = value.get("xml:lang")
    datatype = LANG_STRING if language else value.get("datatype", XSD_STRING)
    return Literal(value["value"], language, datatype)


def well_formed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield XML without the control characters that XML cannot hold.

    Oxigraph writes them raw; U+FFFD stands in their place. A carriage return is written
    as a reference, because a parser would take it for a line feed. See
    https://www.w3.org/TR/xml/#charsets.
    """
    for chunk in chunks:
        yield _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}".encode(), chunk).replace(
            b"\r", b"&#13;"
        )
