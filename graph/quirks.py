"""Where stores elsewhere part from the standards, and how each is met. All of it.

Virtuoso 7 (https://docs.openlinksw.com/virtuoso/): its default graph is the union of
all graphs, with repetitions, and cannot be written, so the merged triples have a graph
of their own; it cuts long answers with status 200, and says so in a header only, and of
the solutions that it makes a graph of not even there; its JSON writes booleans as 0 and
1, and blank nodes with labels that are none; some of its versions answer ASK with one
row; languages come back in small letters, decimals in their shortest form and moments
of UTC with Z; each graph of a dataset is repeated in a header, of which clients take
only a hundred; it takes passwords as digests only; an expression that is computed to a
truth value comes back as an integer.
Oxigraph ends an answer that failed with a text in the middle of it, which then does not
parse.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from graph.errors import StoreAnswerError
from graph.guarding import without_data
from graph.terms import BlankNode, Iri, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import IO

    from graph.terms import Term

#: The merged triples, which the service answers from where a query names no graph.
MERGED: Final = "urn:x-regietafel:merged"
#: What the release in the store is, as `regietafel push` writes it.
DESCRIPTION: Final = "urn:x-regietafel:release"
#: What stands for the default graph of a store of unknown making on pages.
UNNAMED: Final = "urn:x-regietafel:unnamed"
#: The syntax for solutions in which no text loses the spaces at its ends.
SOLUTIONS: Final = "application/sparql-results+json"
TRIPLES: Final = "application/n-triples"
#: Media types in which these come; old ones are the same syntax.
ACCEPTED: Final[Mapping[str, frozenset[str]]] = {
    SOLUTIONS: frozenset((SOLUTIONS, "application/json")),
    TRIPLES: frozenset((TRIPLES, "text/plain", "text/ntriples")),
}
#: Headers that say an answer with status 200 is not all there is.
_CUT: Final = {
    "X-SPARQL-MaxRows": "it was cut at the most rows the store gives (in Virtuoso, "
    "ResultSetMaxRows in virtuoso.ini)",
    "X-SQL-State": "the store stopped before it was complete",
}
#: What begins a query for a graph, and what may follow what it makes or describes.
_MAKES: Final = re.compile(
    r"(?<![\w:?$@-])(CONSTRUCT|DESCRIBE)(?![\w.-]*:)", re.IGNORECASE
)
_PATTERN: Final = re.compile(r"(?<![\w:?$@-])(FROM|WHERE)\b(?!:)|\{", re.IGNORECASE)
_ODD_LABEL: Final = "nodeID://"
#: What Virtuoso writes into JSON, and what it should. Quotes within texts are escaped,
#: so neither is ever found in a text.
_ODD: Final = (
    (re.compile(rb'("type": "bnode", "value": ")nodeID://'), rb"\1"),
    (re.compile(rb'(XMLSchema#boolean", "value": ")0"'), rb'\1false"'),
    (re.compile(rb'(XMLSchema#boolean", "value": ")1"'), rb'\1true"'),
)
#: Bytes at the end of a piece that may be the beginning of one of these.
_TAIL: Final = 64
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"


def cut(headers: Mapping[str, str]) -> str | None:
    """Return why an answer is incomplete, if its headers say that it is."""
    return next((why for name, why in _CUT.items() if name in headers), None)


def repeats_graphs(headers: Mapping[str, str]) -> bool:
    """Tell whether a store repeats the graphs of a dataset in headers, as Virtuoso."""
    server = headers.get("Server", "").lower()
    return server.startswith("virtuoso") or "X-SPARQL-default-graph" in headers


def with_pragmas(query: str, dataset: Iterable[tuple[str, str]]) -> str:
    """Return a query that names its dataset in the way only Virtuoso understands.

    `dataset` has the parameters of the protocol, with IRIs as N-Triples write them.
    """
    pragmas = (f"define input:{name} {iri} " for name, iri in dataset)
    return "".join(pragmas) + query


def bare_rows(query: str) -> str | None:
    """Return a query for the solutions that a query makes a graph of, without values.

    None where it has no pattern, and so makes it of no solutions. The query must parse;
    StoreAnswerError where its words run together, so that nobody can tell.
    """
    text = without_data(query)
    head = _MAKES.search(text)
    if head is None:
        raise StoreAnswerError("nobody can tell whether it is complete")
    pattern = _PATTERN.search(text, head.end())
    if pattern is None:
        return None
    begins = pattern.start()
    if text[begins] == "{" and head[1].upper() == "CONSTRUCT":
        begins = _closed(text, begins)
    return f"{query[: head.start()]}SELECT (1 AS ?x_row) {query[begins:]}"


def _closed(text: str, begins: int) -> int:
    """Return where what follows a template in braces begins."""
    depth = 0
    for found in re.finditer(r"[{}]", text[begins:]):
        depth += 1 if found[0] == "{" else -1
        if not depth:
            return begins + found.end()
    return len(text)


class Mended:
    """A file of results in JSON without what no other store writes."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read from a binary file."""
        self._file = file
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, which may be a little longer or shorter than asked."""
        while True:
            piece = self._file.read(size)
            text = self._held + piece
            for odd, even in _ODD:
                text = odd.sub(even, text)
            end = max(0, len(text) - _TAIL) if piece else len(text)
            self._held, text = text[end:], text[:end]
            if text or not piece:
                return text


def truth(solutions: Iterable[Mapping[str, Term]]) -> bool | None:
    """Return the answer to an ASK that came as one row; None if it is no such row."""
    rows = [list(row.values()) for row in solutions]
    if len(rows) != 1 or len(rows[0]) != 1 or not isinstance(rows[0][0], Literal):
        return None
    return {"1": True, "true": True, "0": False, "false": False}.get(rows[0][0].value)


def address_of(node: BlankNode) -> str:
    """Return the IRI by which Virtuoso knows a blank node of an earlier answer."""
    return _ODD_LABEL + node.value


def comparable(triple: Sequence[Term]) -> str:
    """Return a triple as text that is the same for what means the same.

    Languages are compared without case (RDF 1.1), and numbers, moments and truth by
    their value, because that is what stores keep.
    """
    return "\x1f".join(map(_comparable, triple)) + "\x1e"


def _comparable(term: Term) -> str:
    if isinstance(term, Iri):
        return f"<{term.value}"
    if isinstance(term, BlankNode):
        return f"_{term.value}"
    if term.language:
        return f"@{term.language.lower()} {term.value}"
    value = _VALUES.get(term.datatype, str)(term.value)
    return f'"{term.datatype} {value}'


def _number(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return format(value.normalize() + 0, "f") if value.is_finite() else text


def _moment(text: str) -> str:
    return re.sub(r"[+-]00:00$", "Z", text)


def _truth(text: str) -> str:
    return {"1": "true", "0": "false"}.get(text, text)


#: Datatypes of which stores keep the value, and how that is told from the text.
_VALUES: Final[Mapping[str, Callable[[str], str]]] = {
    _XSD + "boolean": _truth,
    _XSD + "dateTime": _moment,
    _XSD + "decimal": _number,
    _XSD + "integer": _number,
}
