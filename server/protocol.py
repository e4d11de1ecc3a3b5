"""Reads a query request as the SPARQL 1.1 Protocol words it.

See https://www.w3.org/TR/sparql11-protocol/#query-operation. Text is UTF-8 or refused:
a query with replaced characters would be another query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from graph.errors import QueryRefusedError
from server.errors import (
    ContentCodingError,
    EncodingError,
    LongAddressError,
    LongQueryError,
    MediaTypeError,
    ParameterError,
    ParameterValueError,
)

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    Pairs = list[tuple[str, str]]

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
_MANY: Final = 1_000
#: Parameters that may be given once at the most.
_ONCE: Final = ("query", "format", "timeout", "bom")


@dataclass(frozen=True)
class QueryRequest:
    """A query as it was asked; `query` is None where none was given."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None
    timeout: float | None = None
    bom: bool = False

    def parameters(self) -> Pairs:
        """Return the request as the parameters of an address, without its format."""
        pairs = [("query", self.query or "")]
        pairs += [("default-graph-uri", iri) for iri in self.default_graphs]
        pairs += [("named-graph-uri", iri) for iri in self.named_graphs]
        return pairs + ([("timeout", f"{self.timeout:g}")] if self.timeout else [])


def read_request(request: Request, limit: int) -> QueryRequest:
    """Return the query of a request; `limit` is the longest query in bytes."""
    return request_of(read_pairs(request), limit, posted=request.method == "POST")


def read_pairs(request: Request) -> Pairs:
    """Return the parameters of a request: those of its address, then of its body."""
    pairs = parse_pairs(request.query_string, "address")
    return pairs + read_form(request) if request.method == "POST" else pairs


def request_of(pairs: Pairs, limit: int, *, posted: bool) -> QueryRequest:
    """Return the query that parameters make; `limit` is its longest, in bytes."""
    _refuse_update(pairs)
    query = single(pairs, "query")
    check_length(query, limit, posted=posted)
    return QueryRequest(
        query=query,
        default_graphs=graphs_in(pairs, "default-graph-uri"),
        named_graphs=graphs_in(pairs, "named-graph-uri"),
        format=single(pairs, "format"),
        timeout=_timeout(single(pairs, "timeout")),
        bom=_is_true(single(pairs, "bom")),
    )


def read_form(request: Request) -> Pairs:
    """Return the parameters in a body, or the body as the query itself."""
    coding = request.headers.get("Content-Encoding", "identity")
    if coding.strip().lower() not in {"", "identity"}:
        raise ContentCodingError(coding)
    if request.mimetype == UPDATE:
        raise _update_refused()
    if request.mimetype not in {FORM, QUERY}:
        raise MediaTypeError(request.mimetype, (FORM, QUERY))
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8"}:
        raise EncodingError("body")
    data = request.get_data(cache=False)
    if request.mimetype == FORM:
        return parse_pairs(data, "form")
    return [("query", _decode(data, "query"))]


def parse_pairs(data: bytes, where: str) -> Pairs:
    """Return the pairs of a form or an address, decoded once."""
    text = _decode(data, where)
    try:
        return parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MANY
        )
    except UnicodeDecodeError:
        raise EncodingError(where) from None
    except ValueError as error:
        raise ParameterError(f"Too many parameters: {error}.", "Send fewer.") from None


def _decode(data: bytes, where: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise EncodingError(where) from None


def single(pairs: Pairs, name: str) -> str | None:
    """Return the only value of a parameter, None if it is not there."""
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise ParameterValueError(name, "1×")
    return values[0] if values else None


def graphs_in(pairs: Pairs, name: str) -> tuple[str, ...]:
    """Return the graphs that a parameter names, each an absolute IRI."""
    graphs = tuple(value for key, value in pairs if key == name)
    for iri in graphs:
        if not _is_iri(iri):
            raise ParameterError(
                f"The value of {name} is not an absolute IRI.",
                "Give the whole IRI of a named graph.",
            )
    return graphs


def _is_iri(text: str) -> bool:
    try:
        has_scheme = bool(urlsplit(text).scheme)
    except ValueError:
        return False
    return has_scheme and not set(text) & set(' <>"{}|\\^`\t\r\n')


def _timeout(text: str | None) -> float | None:
    """Return the seconds asked for, None if none were."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise ParameterValueError("timeout", "> 0")
    return seconds


def _is_true(text: str | None) -> bool:
    """Return a choice between yes and no; no if it was not made."""
    if text not in {None, "true", "false", "1", "0"}:
        raise ParameterValueError("bom", "true, false")
    return text in {"true", "1"}


def check_length(query: str | None, limit: int, *, posted: bool) -> None:
    """Refuse a query of more bytes than the limit."""
    if query is not None and len(query.encode()) > limit:
        raise LongQueryError(limit) if posted else LongAddressError(limit)


def _refuse_update(pairs: Pairs) -> None:
    if any(name == "update" for name, _ in pairs):
        raise _update_refused()


def _update_refused() -> QueryRefusedError:
    return QueryRefusedError(
        "This service answers queries and takes no updates.",
        "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE.",
    )
