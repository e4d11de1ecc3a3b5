"""The blueprint of `/sparql`: queries by the SPARQL 1.1 Protocol, and their page."""

from __future__ import annotations

import codecs
import hashlib
import itertools
import re
import time
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, json, request

from graph.errors import QueryRefusedError, QuerySyntaxError, RegietafelError
from graph.federating import is_federated
from graph.formats import CSV, RDF_FORMATS, RESULT_FORMATS, Format
from graph.guarding import is_volatile
from graph.namespaces import prefixes
from server.answering import ABANDONED
from server.bounding import LIMITS, ending, limits
from server.completing import vocabulary_terms
from server.errors import ParameterError
from server.links import in_header
from server.negotiation import HTML, by_word, choose_or_none, form_of, prefers_page
from server.protocol import QueryRequest, read_request
from server.querying import READ, QueryPage, fault_in, missing_prefixes
from server.representing import content_type, rdf_response
from server.results import well_formed
from server.service import describe_service
from server.site import FRESH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.workers import Answer
    from server.negotiation import Offer
    from server.shortcut import Underway
    from server.site import Site

OFFERS: Final = (*RESULT_FORMATS, *RDF_FORMATS, HTML)
#: Formats in which control characters are written raw, to be made well-formed.
XML_FORMATS: Final = ("xml", "rdfxml")
#: Accept headers for which what they choose is remembered.
_ACCEPTS: Final = 256
#: The header that names the endpoints that had a part in an answer.
SERVICES: Final = "Regietafel-Services"
#: Where a request holds a query that was handed to a worker on its way here.
UNDERWAY: Final = "regietafel.underway"
#: How an answer without a tag may be kept, by whether others had a part in it.
UNKEPT: Final = {False: "no-cache", True: "no-store"}
_NOT_IN_STRING: Final = re.compile(r"[^ -~]")


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint that answers queries from a site's release."""
    routes = Blueprint("sparql", __name__)
    page = QueryPage(site, partial(_read_by_page, site))

    @routes.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        """Answer a query, or describe the service where there is none."""
        try:
            asked = read_request(request, site.settings.max_query_bytes)
            return _answer(site, page, asked)
        except RegietafelError as error:
            if not prefers_page(request.headers.get("Accept")):
                raise
            return page.refused(error)

    @routes.route("/sparql/check", methods=["POST"])
    def check() -> Response:
        """Say where a query does not parse, for who is writing it."""
        asked = read_request(request, site.settings.max_query_bytes)
        return _as_json(_fault(site, asked.query or ""))

    @routes.route("/vocab-terms.json")
    def terms() -> Response:
        """List what a query may be written with."""
        response = _as_json(vocabulary_terms(site))
        response.set_etag(site.etag("terms"))
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.make_conditional(request)
        return response

    return routes


def _fault(site: Site, query: str) -> dict[str, Any]:
    """Return what is wrong with a query, and where; nothing if it parses."""
    try:
        site.workers.check(query)
    except QuerySyntaxError as error:
        missing = missing_prefixes(query, prefixes(site.base))
        place = {"line": error.line, "column": error.column}
        words = fault_in(error, site.language())
        return place | {"message": words, "missing": missing}
    except QueryRefusedError as error:
        return {"line": 1, "column": 1, "message": error.message, "missing": []}
    return {}


def _as_json(value: object) -> Response:
    text = json.dumps(value, ensure_ascii=False) + "\n"
    response = Response(text, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _read_by_page(site: Site, asked: QueryRequest) -> Answer:
    return _evaluate(site, asked, *READ)


def _answer(site: Site, page: QueryPage, asked: QueryRequest) -> Response:
    accept = request.headers.get("Accept")
    if chosen(asked.format, accept) is HTML:
        return page.show(asked)
    if asked.query is None:
        return _description(site, asked, accept)
    query, forms = asked.query, formats_of(asked.format, accept)
    tag = tag_of(site, asked, forms)
    if tag and request.if_none_match.contains_weak(tag):
        response = Response(status=304)
        response.vary.add("Accept")
    else:
        started = time.monotonic()
        most = limits(site.workers.limits.result, seconds_of(site, asked))
        answer = _evaluate(site, asked, *forms)
        response = stream(answer, started, most, bom=asked.bom)
    response.headers["Cache-Control"] = FRESH if tag else UNKEPT[is_federated(query)]
    if tag:
        response.set_etag(tag, weak=True)
    return response


def tag_of(
    site: Site, asked: QueryRequest, forms: tuple[Format | None, Format | None]
) -> str | None:
    """Return the tag of an answer; None if it is another each time it is asked."""
    if is_volatile(asked.query or "") or is_federated(asked.query or ""):
        return None
    names = [item.name if item else "" for item in forms]
    pairs = [*asked.parameters(), ("formats", " ".join(names)), ("bom", str(asked.bom))]
    return site.etag(hashlib.sha256(repr(pairs).encode()).hexdigest()[:32])


@lru_cache(maxsize=_ACCEPTS)
def chosen(word: str | None, accept: str | None) -> Offer:
    """Return the form of an answer that is named, else the one wanted most."""
    return form_of(word, accept, OFFERS)


@lru_cache(maxsize=_ACCEPTS)
def formats_of(
    word: str | None, accept: str | None
) -> tuple[Format | None, Format | None]:
    """Return the format for solutions and the one for graphs; None for neither."""
    if word is not None:
        named = by_word(word, RESULT_FORMATS + RDF_FORMATS)
        return _within(named, RESULT_FORMATS), _within(named, RDF_FORMATS)
    return choose_or_none(accept, RESULT_FORMATS), choose_or_none(accept, RDF_FORMATS)


def _within(offer: Format, formats: Sequence[Format]) -> Format | None:
    return next((item for item in formats if item is offer), None)


def _evaluate(
    site: Site, asked: QueryRequest, solutions: Format | None, graph: Format | None
) -> Answer:
    abandoned = request.environ.get(ABANDONED, lambda: False)
    underway: Underway | None = request.environ.pop(UNDERWAY, None)
    if underway:
        return underway.begun.answer(abandoned)
    return site.workers.evaluate(
        asked.query or "",
        solutions=solutions,
        graph=graph,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        timeout=seconds_of(site, asked),
        abandoned=abandoned,
    )


def seconds_of(site: Site, asked: QueryRequest) -> float:
    """Return the seconds that a query may take."""
    timeout = asked.timeout or site.settings.query_timeout
    return min(timeout, site.settings.query_timeout_max)


def stream(answer: Answer, started: float, most: str, *, bom: bool = False) -> Response:
    """Return an answer that is sent as it comes in; `started` is monotonic time.

    One that is not here as a whole says in a header at `most` how far it may go. `bom`
    puts the mark before CSV by which spreadsheets know UTF-8.
    """
    chunks = pieces_of(answer, bom=bom)
    is_whole = answer.whole is not None
    response = Response(
        b"".join(chunks) if is_whole else ending(chunks, answer.format),
        content_type=content_type(answer.format),
    )
    if not is_whole:
        response.headers[LIMITS] = most
    response.call_on_close(answer.close)
    if answer.services:
        response.headers[SERVICES] = asked_of(answer.services)
    response.headers["Server-Timing"] = f"query;dur={elapsed_since(started):.1f}"
    response.vary.add("Accept")
    return response


def pieces_of(answer: Answer, *, bom: bool) -> Iterator[bytes]:
    """Yield an answer as it is sent; see `stream`."""
    chunks: Iterator[bytes] = answer.chunks
    if answer.format.name in XML_FORMATS:
        chunks = well_formed(chunks)
    if bom and answer.format is CSV:
        chunks = itertools.chain((codecs.BOM_UTF8,), chunks)
    return chunks


def asked_of(services: Mapping[str, str]) -> str:
    """Return which endpoints had a part in an answer, and which of them gave nothing.

    A list of strings, https://www.rfc-editor.org/rfc/rfc9651#name-lists.
    """
    return ", ".join(
        f'"{in_header(iri)}"' + (f';failed="{_in_string(reason)}"' if reason else "")
        for iri, reason in services.items()
    )


def _in_string(text: str) -> str:
    """Return a text as it may stand within the quotes of a header."""
    return _NOT_IN_STRING.sub("?", text).replace("\\", "\\\\").replace('"', '\\"')


def elapsed_since(started: float) -> float:
    """Return the milliseconds since a moment of the monotonic clock."""
    return (time.monotonic() - started) * 1_000


def _description(site: Site, asked: QueryRequest, accept: str | None) -> Response:
    if request.method == "POST":
        raise ParameterError("There is no query.", "Send one as `query`.")
    syntax = form_of(asked.format or None, accept, RDF_FORMATS)
    response = rdf_response(site, lambda: describe_service(site), syntax)
    response.vary.add("Accept")
    return response
