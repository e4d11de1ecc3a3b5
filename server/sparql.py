"""The blueprint of `/sparql`: queries by the SPARQL 1.1 Protocol, and their page."""

from __future__ import annotations

import codecs
import hashlib
import itertools
import re
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from graph.errors import RegietafelError
from graph.formats import CSV, JSON, RDF_FORMATS, RESULT_FORMATS, TURTLE, Format
from graph.guarding import is_volatile
from graph.namespaces import prefixes
from server.errors import NotAcceptableError, ParameterError, problem_of
from server.negotiation import HTML, by_word, choose, choose_or_none, prefers_page
from server.problems import respond
from server.protocol import QueryRequest, read_request
from server.questions import read_questions
from server.representing import content_type, rdf_response
from server.results import read_result, well_formed
from server.service import describe_service
from server.site import ABANDONED, FRESH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.workers import Answer
    from server.negotiation import Offer
    from server.site import Site

OFFERS: Final = (*RESULT_FORMATS, *RDF_FORMATS, HTML)
#: Formats in which control characters are written raw, to be made well-formed.
XML_FORMATS: Final = ("xml", "rdfxml")
#: Prefixes of the query that an empty field begins with.
STARTERS: Final = ("ovl", "skos")
_DECLARED: Final = re.compile(r"\bPREFIX\s+([\w-]*):", re.IGNORECASE)
_USED: Final = re.compile(r"(?<![\w:<-])([A-Za-z][\w-]*):(?=[\w])")


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint that answers queries from a site's release."""
    routes = Blueprint("sparql", __name__)
    page = QueryPage(site)

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

    return routes


def _answer(site: Site, page: QueryPage, asked: QueryRequest) -> Response:
    accept = request.headers.get("Accept")
    if asked.format is None and choose(accept, OFFERS) is HTML:
        return page.show(asked)
    if asked.query is None:
        return _description(site, asked, accept)
    forms = _formats(asked.format, accept)
    tag = _tag(site, asked, forms)
    if tag and request.if_none_match.contains_weak(tag):
        response = Response(status=304)
        response.vary.add("Accept")
    else:
        started = time.monotonic()
        response = stream(_evaluate(site, asked, *forms), started, bom=asked.bom)
    response.headers["Cache-Control"] = FRESH if tag else "no-cache"
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _tag(
    site: Site, asked: QueryRequest, forms: tuple[Format | None, Format | None]
) -> str | None:
    """Return the tag of an answer; None if it is another each time it is asked."""
    if is_volatile(asked.query or ""):
        return None
    names = [item.name if item else "" for item in forms]
    pairs = [*asked.parameters(), ("formats", " ".join(names)), ("bom", str(asked.bom))]
    return site.etag(hashlib.sha256(urlencode(pairs).encode()).hexdigest()[:32])


def _formats(
    word: str | None, accept: str | None
) -> tuple[Format | None, Format | None]:
    """Return the format for solutions and the one for graphs; None for neither."""
    if word is not None:
        named = by_word(word, RESULT_FORMATS + RDF_FORMATS)
        return _within(named, RESULT_FORMATS), _within(named, RDF_FORMATS)
    solutions = choose_or_none(accept, RESULT_FORMATS)
    graph = choose_or_none(accept, RDF_FORMATS)
    return _within(solutions, RESULT_FORMATS), _within(graph, RDF_FORMATS)


def _within(offer: Offer | None, formats: Sequence[Format]) -> Format | None:
    return next((item for item in formats if item is offer), None)


def _evaluate(
    site: Site, asked: QueryRequest, solutions: Format | None, graph: Format | None
) -> Answer:
    timeout = asked.timeout or site.settings.query_timeout
    return site.workers.evaluate(
        asked.query or "",
        solutions=solutions,
        graph=graph,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        timeout=min(timeout, site.settings.query_timeout_max),
        abandoned=request.environ.get(ABANDONED, lambda: False),
    )


def stream(answer: Answer, started: float, *, bom: bool = False) -> Response:
    """Return an answer that is sent as it comes in; `started` is monotonic time.

    `bom` puts the mark before CSV by which spreadsheets know UTF-8.
    """
    chunks: Iterator[bytes] = answer.chunks
    if answer.format.name in XML_FORMATS:
        chunks = well_formed(chunks)
    if bom and answer.format is CSV:
        chunks = itertools.chain((codecs.BOM_UTF8,), chunks)
    is_whole = answer.whole is not None
    response = Response(
        b"".join(chunks) if is_whole else chunks,
        content_type=content_type(answer.format),
    )
    response.call_on_close(answer.close)
    response.headers["Server-Timing"] = f"query;dur={elapsed_since(started):.1f}"
    response.vary.add("Accept")
    return response


def elapsed_since(started: float) -> float:
    """Return the milliseconds since a moment of the monotonic clock."""
    return (time.monotonic() - started) * 1_000


def _description(site: Site, asked: QueryRequest, accept: str | None) -> Response:
    if request.method == "POST":
        raise ParameterError("There is no query.", "Send one as `query`.")
    if asked.format:
        offer = by_word(asked.format, RDF_FORMATS)
    else:
        offer = choose(accept, RDF_FORMATS)
    syntax = _within(offer, RDF_FORMATS) or TURTLE
    response = rdf_response(site, describe_service(site), syntax)
    response.vary.add("Accept")
    return response


class QueryPage:
    """The page on which people write a query and read its answer."""

    def __init__(self, site: Site) -> None:
        """Keep the site and the questions that serve as examples."""
        self._site = site
        self._questions = read_questions(site.base)

    def show(self, asked: QueryRequest) -> Response:
        """Return the page, with the answer if there is a query."""
        if not (asked.query or "").strip():
            return self._page(asked)
        started = time.monotonic()
        try:
            answer = _evaluate(self._site, asked, JSON, TURTLE)
        except RegietafelError as error:
            return self._refusal(asked, error)
        limit = self._site.settings.rows_on_page
        result = read_result(answer, limit)
        page = self._page(asked, result=result, elapsed=round(elapsed_since(started)))
        if result.broken or is_volatile(asked.query or ""):
            page.headers["Cache-Control"] = "no-store"
        return page

    def refused(self, error: RegietafelError) -> Response:
        """Return the page for a request that could not even be read."""
        if isinstance(error, NotAcceptableError):
            raise error
        return self._refusal(QueryRequest(None), error)

    def _starter(self) -> str:
        """Return a query to begin with, for a field that would be empty."""
        names = prefixes(self._site.base)
        return (
            "".join(f"PREFIX {word}: <{names[word]}>\n" for word in STARTERS)
            + "\nSELECT ?meeting ?label WHERE {\n  ?meeting a ovl:Meeting ;\n"
            "    skos:prefLabel ?label .\n}\nLIMIT 20"
        )

    def _refusal(self, asked: QueryRequest, error: RegietafelError) -> Response:
        values = self._values(asked) | {"template": "sparql.html"}
        return respond(self._site, problem_of(error), **values)

    def _page(self, asked: QueryRequest, **values: Any) -> Response:  # noqa: ANN401  passed on to the template
        return self._site.page("sparql.html", **self._values(asked), **values)

    def _values(self, asked: QueryRequest) -> dict[str, Any]:
        """Return what the page shows of a request."""
        pairs, names = asked.parameters(), prefixes(self._site.base)
        return {
            "asked": asked,
            "lines": (asked.query or "").split("\n"),
            "questions": self._questions,
            "prefixes": names,
            "missing": _missing_prefixes(asked.query or "", names),
            "starter": self._starter(),
            "result_formats": RESULT_FORMATS,
            "graph_formats": RDF_FORMATS,
            "download": lambda f: (
                f"{request.script_root}/sparql?"
                + urlencode([*pairs, ("format", f.name)])
            ),
            "link": self._site.describer().link,
            "endpoint": self._site.address() + "/sparql",
            "seconds": f"{self._site.settings.query_timeout:g}",
        }


def _missing_prefixes(query: str, known: Mapping[str, str]) -> list[str]:
    """Return the known prefixes that a query seems to use and does not declare."""
    declared = set(_DECLARED.findall(query))
    used = dict.fromkeys(_USED.findall(query))
    return [prefix for prefix in used if prefix in known and prefix not in declared]
