"""Reads the answer to a query for its page: the first rows, as they come in.

Results in JSON are read binding by binding, so that a page needs no more of a long
result than it shows. See https://www.w3.org/TR/sparql11-results-json/.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graph.errors import AnswerBrokenError, QueryRefusedError
from graph.store import parse_quads, term_text
from graph.terms import LANG_STRING, XSD_STRING, BlankNode, Iri, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.terms import Term
    from graph.workers import Answer

#: What the parts of a statement are called where they are columns.
STATEMENT: Final = ("subject", "property", "value")
#: Bytes of a graph that the page of a query reads at the most.
TEXT_ON_PAGE: Final = 200_000
_BINDINGS: Final = '"bindings":['
_ILLEGAL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Result:
    """An answer as a page shows it: one truth, or rows of solutions or statements.

    `whole` tells whether there is nothing more; `broken` whether it broke off.
    """

    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    boolean: bool | None = None
    is_graph: bool = False
    whole: bool = True
    broken: bool = False


def read_result(answer: Answer, limit: int) -> Result:
    """Return the beginning of an answer, and give its worker back."""
    try:
        if answer.kind == "graph":
            return _read_statements(answer.chunks, limit)
        return _read_solutions(answer.chunks, limit)
    finally:
        answer.close()


def _read_statements(chunks: Iterator[bytes], limit: int) -> Result:
    """Return as many statements as a page shows, from lines of N-Triples."""
    data, broken = bytearray(), False
    try:
        for chunk in chunks:
            data += chunk
            if len(data) > TEXT_ON_PAGE or data.count(b"\n") > limit:
                break
    except AnswerBrokenError:
        broken = True
    lines = bytes(data).splitlines(keepends=True)
    whole = [line for line in lines[:limit] if line.endswith(b"\n")]
    rows = tuple(_rows_of(b"".join(whole)))
    cut = broken or len(lines) > len(whole) or next(chunks, None) is not None
    return Result(STATEMENT, rows, is_graph=True, whole=not cut, broken=broken)


def _rows_of(ntriples: bytes) -> Iterator[tuple[Term, ...]]:
    """Yield statements as rows; QueryRefusedError if one has another as a term."""
    try:
        for item in parse_quads(ntriples):
            yield item.subject, item.predicate, item.object
    except TypeError:
        raise QueryRefusedError(
            "The answer has statements as terms, which RDF 1.1 does not know.",
            "Leave <<( … )>> out of what is constructed.",
        ) from None


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


def _term(value: dict[str, Any] | None) -> Term | None:
    """Return a term of the JSON results format; None where nothing is bound."""
    if value is None:
        return None
    if value["type"] == "uri":
        return Iri(value["value"])
    if value["type"] == "bnode":
        return BlankNode(value["value"])
    if value["type"] == "triple":
        return Literal(_quoted(value["value"]))
    language = value.get("xml:lang")
    datatype = LANG_STRING if language else value.get("datatype", XSD_STRING)
    return Literal(value["value"], language, datatype)


def _quoted(triple: dict[str, Any]) -> str:
    """Return a statement that is itself a term, as SPARQL 1.2 writes it."""
    parts = (_term(triple[name]) for name in ("subject", "predicate", "object"))
    return f"<<( {' '.join(term_text(part) for part in parts if part)} )>>"


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
