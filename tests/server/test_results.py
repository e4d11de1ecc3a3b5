"""The beginning of a long answer is read without reading the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from graph.errors import AnswerBrokenError
from graph.formats import JSON, NTRIPLES
from graph.terms import BlankNode, Iri, Literal
from graph.workers import Answer
from server.results import read_result, well_formed

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = [
    {"a": {"type": "uri", "value": "urn:é"}},
    {"a": {"type": "literal", "value": '},{ \\ "', "xml:lang": "nl"}},
    {
        "a": {
            "type": "literal",
            "value": "1",
            "datatype": "http://www.w3.org/2001/XMLSchema#integer",
        },
        "b": {"type": "bnode", "value": "x"},
    },
]
TERMS = (
    (Iri("urn:é"), None),
    (
        Literal(
            '},{ \\ "', "nl", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
        ),
        None,
    ),
    (
        Literal("1", None, "http://www.w3.org/2001/XMLSchema#integer"),
        BlankNode("x"),
    ),
)


def document(rows: list[dict[str, dict[str, str]]]) -> bytes:
    """Return results as Oxigraph writes them."""
    value = {"head": {"vars": ["a", "b"]}, "results": {"bindings": rows}}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answer_of(
    data: bytes, size: int, *, breaks: bool = False
) -> tuple[Answer, list[str]]:
    """Return an answer that comes in chunks of a size, and what happened to it."""
    seen: list[str] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield b""
            for start in range(0, len(data), size):
                seen.append("read")
                yield data[start : start + size]
            if breaks:
                reason = "the worker died"
                raise AnswerBrokenError(reason)
        finally:
            seen.append("closed")

    started = chunks()
    next(started)
    return Answer("solutions", JSON, started), seen


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_rows_are_read_however_they_come(size: int) -> None:
    """Also where a chunk ends in the middle of a character."""
    answer, seen = answer_of(document(ROWS), size)

    result = read_result(answer, 10)

    assert result.variables == ("a", "b")
    assert result.rows == TERMS
    assert result.whole
    assert seen[-1] == "closed"


def test_no_more_is_read_than_is_shown() -> None:
    """A million rows cost a page no more than its first ones."""
    answer, seen = answer_of(document(ROWS * 10_000), 100)

    result = read_result(answer, 3)

    assert result.rows == TERMS
    assert not result.whole
    assert seen.count("read") < 20
    assert seen[-1] == "closed"


def test_exactly_as_many_rows_as_fit_are_whole() -> None:
    """The limit is not mistaken for a cut."""
    answer, _ = answer_of(document(ROWS), 50)

    assert read_result(answer, 3).whole


def test_an_answer_that_breaks_off_says_so() -> None:
    """What came before is shown, marked as incomplete."""
    answer, seen = answer_of(document(ROWS)[:-40], 16, breaks=True)

    result = read_result(answer, 10)

    assert result.broken
    assert not result.whole
    assert len(result.rows) == 2
    assert seen[-1] == "closed"


@pytest.mark.parametrize("value", [True, False])
def test_a_yes_or_no_is_read(*, value: bool) -> None:
    """The answer to ASK has no rows."""
    data = json.dumps({"head": {}, "boolean": value}).encode()
    answer, _ = answer_of(data, 5)

    assert read_result(answer, 10).boolean is value


def test_no_rows_are_read() -> None:
    """An empty list is whole."""
    answer, _ = answer_of(document([]), 5)

    result = read_result(answer, 10)

    assert result.rows == ()
    assert result.whole


@pytest.mark.parametrize("breaks", [True, False])
@pytest.mark.parametrize(("length", "rows"), [(1, 10), (50_000, 3)])
def test_a_long_graph_is_cut_at_a_line(*, length: int, rows: int, breaks: bool) -> None:
    """No half statement is shown, and no more than the page has room for."""
    line = b'<urn:a> <urn:b> "' + "é".encode() * length + b'" .\n'
    answer, seen = answer_of(line * 200, 1_000, breaks=breaks)
    answer = Answer("graph", NTRIPLES, answer.chunks)

    result = read_result(answer, rows)

    assert result.is_graph
    assert 0 < len(result.rows) <= rows
    assert {str(row[2]) for row in result.rows} == {"é" * length}
    assert not result.whole
    assert seen[-1] == "closed"


@pytest.mark.parametrize("lines", [0, 1, 9, 10, 11])
def test_a_graph_is_whole_up_to_the_limit(lines: int) -> None:
    """A statement more, and it is not."""
    text = b"".join(b"<urn:a> <urn:b> <urn:%d> .\n" % n for n in range(lines))
    answer, _ = answer_of(text, 7)

    result = read_result(Answer("graph", NTRIPLES, answer.chunks), 10)

    assert len(result.rows) == min(lines, 10)
    assert result.whole is (lines <= 10)


def test_a_graph_that_breaks_off_says_so() -> None:
    """What came is shown."""
    answer, _ = answer_of(b"<urn:a> <urn:b> <urn:c> .\n", 10, breaks=True)

    result = read_result(Answer("graph", NTRIPLES, answer.chunks), 10)

    assert result.broken
    assert not result.whole
    assert result.rows == ((Iri("urn:a"), Iri("urn:b"), Iri("urn:c")),)


def test_control_characters_are_taken_out_of_xml() -> None:
    """Tab and line feed stay; a carriage return becomes a reference."""
    data = [b"<a>\x00\x08\t\n", b"\r\x0b\x1f</a>"]

    assert b"".join(well_formed(data)).decode() == (
        "<a>\ufffd\ufffd\t\n&#13;\ufffd\ufffd</a>"
    )
