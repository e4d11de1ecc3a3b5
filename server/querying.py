"""The page on which people write a query, and read, sort and see its answer."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode

from flask import request

from graph.diagnosing import words_of
from graph.errors import QuerySyntaxError, RegietafelError
from graph.formats import JSON, NTRIPLES, RDF_FORMATS, RESULT_FORMATS, TURTLE
from graph.guarding import is_volatile
from graph.namespaces import prefixes
from graph.store import serialise
from graph.terms import Iri, Literal, Statement
from server.arranging import arrange
from server.bounding import CUT, cut
from server.errors import NotAcceptableError, ParameterValueError, problem_of
from server.naming import writer
from server.picturing import picture, pictures_of
from server.problems import respond
from server.protocol import QueryRequest
from server.questions import headed
from server.representing import prefixes_in
from server.results import read_result
from server.snippets import snippets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Response

    from graph.terms import Term
    from graph.workers import Answer
    from server.arranging import Arrangement
    from server.results import Result
    from server.site import Site
    from server.views import Link

#: Prefixes of the query that an empty field begins with.
STARTERS: Final = ("ovl", "skos")
#: Views that are no pictures: by labels, by terms, and of a graph as text.
_TABLES: Final = ("table", "terms", "turtle")
#: What a script asks for that shows an answer on the page it is on.
PART: Final = "result"
#: Characters of a line that are shown before a fault in it, and from there on.
_BEFORE: Final = 16
_AFTER: Final = 40
_DECLARED: Final = re.compile(r"\bPREFIX\s+([\w-]*):", re.IGNORECASE)
_USED: Final = re.compile(r"(?<![\w:<-])([A-Za-z][\w-]*):(?=[\w])")


class QueryPage:
    """The page on which people write a query and read its answer."""

    def __init__(self, site: Site, evaluate: Callable[[QueryRequest], Answer]) -> None:
        """Keep the site, and what begins a query in one of the formats of `READ`."""
        self._site = site
        self._evaluate = evaluate

    def show(self, asked: QueryRequest) -> Response:
        """Return the page, with the answer if there is a query."""
        try:
            asked = self._with_example(asked)
            if not (asked.query or "").strip():
                return self._page(asked)
            return self._answered(asked)
        except RegietafelError as error:
            return self._refusal(asked, error)

    def refused(self, error: RegietafelError) -> Response:
        """Return the page for a request that could not even be read."""
        if isinstance(error, NotAcceptableError):
            raise error
        return self._refusal(QueryRequest(None), error)

    def _with_example(self, asked: QueryRequest) -> QueryRequest:
        """Return the request with the query of the example that it may name."""
        name = request.args.get("example")
        if name is None or asked.query is not None:
            return asked
        known = self._site.questions.by_name
        if name not in known:
            raise ParameterValueError("example", ", ".join(known))
        question, language = known[name], self._site.language()
        title = question.titles.get(language, name)
        return replace(asked, query=headed(question.query, title))

    def _answered(self, asked: QueryRequest) -> Response:
        started = time.monotonic()
        answer = self._evaluate(asked)
        kind, limit = answer.kind, self._site.settings.rows_on_page
        result = read_result(answer, limit)
        elapsed = round((time.monotonic() - started) * 1_000)
        word = self._wording()
        arranged = arrange(result, word, request.args.get("sort"))
        shown = self._pictures(result, arranged)
        page = self._page(
            asked,
            result=result,
            arranged=arranged,
            elapsed=elapsed,
            snippets=snippets(self._endpoint(), asked.parameters(), kind),
            address_of=self._address_of(asked),
            services=answer.services,
            column=self._column if result.is_graph else str,
            **shown,
        )
        if not result.whole:
            page.headers[CUT] = _part_of(result)
        if result.broken or answer.services or is_volatile(asked.query or ""):
            page.headers["Cache-Control"] = "no-store"
        return page

    def _pictures(self, result: Result, arranged: Arrangement) -> dict[str, Any]:
        """Return which views of the result there are, and the one that is asked for."""
        base = self._site.base
        tables = [name for name in _TABLES if result.is_graph or name != "turtle"]
        offered = (*tables, *pictures_of(result, base)) if result.rows else _TABLES[:1]
        view = request.args.get("view", "table")
        if view not in offered:
            raise ParameterValueError("view", ", ".join(offered))
        words = self._site.describer().text
        title = f"{words(f'sparql.view.{view}')}: {words('sparql.result_table')}"
        drawing = None if view in _TABLES else picture(view, arranged, base, title)
        text = self._turtle(result) if view == "turtle" else ""
        return {"views": offered, "view": view, "drawing": drawing, "text": text}

    def _wording(self) -> Callable[[Term], Link]:
        """Return what words a term: by its label, or as a query has to name it."""
        describer = self._site.describer()
        if request.args.get("view") != "terms":
            return describer.worded
        written = writer(self._site.base)
        return lambda term: describer.link(term)._replace(
            text=written(term),
            language=(term.language or None) if isinstance(term, Literal) else None,
        )

    def _column(self, name: str) -> str:
        """Return what a part of a statement is called in the reader's language."""
        return self._site.questions.column(name, self._site.language())

    def _turtle(self, result: Result) -> str:
        """Return the statements that are shown as Turtle, with prefixes."""
        found = [
            Statement(subject, path, value)
            for subject, path, value in result.rows
            if subject and isinstance(path, Iri) and value
        ]
        return serialise(found, TURTLE, prefixes_in(found, self._site.base)).decode()

    def _address_of(self, asked: QueryRequest) -> Callable[..., str]:
        """Return what gives the address of this answer, sorted or seen otherwise."""
        links, pairs = self._site.links(), asked.parameters()
        kept = {k: v for k in ("sort", "view") if (v := request.args.get(k))}

        def address(**changed: str) -> str:
            more = [(k, v) for k, v in (kept | changed).items() if v]
            language = [("lang", links.language)] if links.language else []
            path = f"{links.root}/sparql?{urlencode([*pairs, *more, *language])}"
            return f"{path}#result"

        return address

    def _endpoint(self) -> str:
        return self._site.address() + "/sparql"

    def _starter(self) -> str:
        """Return a query to begin with, for a field that would be empty."""
        names, language = prefixes(self._site.base), self._site.language()
        return (
            "".join(f"PREFIX {word}: <{names[word]}>\n" for word in STARTERS)
            + "\nSELECT ?meeting ?label WHERE {\n  ?meeting a ovl:Meeting ;\n"
            "    skos:prefLabel ?label .\n"
            f'  FILTER (LANG(?label) = "{language}")\n}}\nLIMIT 20'
        )

    def _refusal(self, asked: QueryRequest, error: RegietafelError) -> Response:
        values = self._values(asked) | {"template": _template()}
        problem = problem_of(error)
        if isinstance(error, QuerySyntaxError):
            words = {"reason": fault_in(error, self._site.language())}
            problem = replace(problem, members={**problem.members, **words})
        return respond(self._site, problem, **values)

    def _page(self, asked: QueryRequest, **values: Any) -> Response:  # noqa: ANN401  passed on to the template
        return self._site.page(_template(), **self._values(asked), **values)

    def _values(self, asked: QueryRequest) -> dict[str, Any]:
        """Return what the page shows of a request."""
        pairs, names = asked.parameters(), prefixes(self._site.base)
        site, query = self._site, urlencode(pairs)
        return {
            "asked": asked,
            "lines": (asked.query or "").split("\n"),
            "groups": site.questions.groups,
            "prefixes": names,
            "around": around,
            "missing": missing_prefixes(asked.query or "", names),
            "starter": self._starter(),
            "result_formats": RESULT_FORMATS,
            "graph_formats": RDF_FORMATS,
            "download": lambda f: (
                f"{request.script_root}/sparql?"
                + urlencode([*pairs, ("format", f.name)])
            ),
            "endpoint": self._endpoint(),
            "shared": f"{self._endpoint()}?{query}",
            "fixed": (
                f"{site.outer_address()}/release/{site.release.manifest.id}"
                f"/sparql?{query}"
            ),
            "allowed": site.workers.limits.services,
            "seconds": site.settings.query_timeout,
            "most_rows": site.settings.rows_on_page,
            "part": _template() != "sparql.html",
        }


def _part_of(result: Result) -> str:
    """Return how much of a result its page shows, as the value of a header."""
    return cut("rows", len(result.rows), broken=result.broken)


def _template() -> str:
    """Return the whole page, or the part of it that a script asks for."""
    part = request.args.get("part")
    return "_outcome.html" if part == PART else "sparql.html"


def fault_in(error: QuerySyntaxError, language: str) -> str:
    """Return what is wrong with a query in words of a language."""
    if not error.fault:
        return error.reason
    return words_of(error.fault, error.found, error.likely, language)


class Excerpt(NamedTuple):
    """A part of a line, and where in it something is, counted from 0."""

    text: str
    place: int


def around(line: str, column: int) -> Excerpt:
    """Return what stands in a line around a column, counted from 1."""
    place = column - 1
    start, end = max(0, place - _BEFORE), place + _AFTER
    before, after = "…" if start else "", "…" if end < len(line) else ""
    text = line[start:end].replace("\t", " ")
    return Excerpt(before + text + after, place - start + len(before))


def missing_prefixes(query: str, known: Mapping[str, str]) -> list[str]:
    """Return the known prefixes that a query seems to use and does not declare."""
    declared = set(_DECLARED.findall(query))
    used = dict.fromkeys(_USED.findall(query))
    return [prefix for prefix in used if prefix in known and prefix not in declared]


#: Formats in which the page reads what is answered.
READ: Final = (JSON, NTRIPLES)
