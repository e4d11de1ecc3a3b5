"""The page on which people write a query, and read, sort and see its answer."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import request

from graph.diagnosing import words_of
from graph.errors import QuerySyntaxError, RegietafelError
from graph.formats import JSON, RDF_FORMATS, RESULT_FORMATS, TURTLE
from graph.guarding import is_volatile
from graph.namespaces import prefixes
from server.arranging import arrange
from server.errors import NotAcceptableError, ParameterValueError, problem_of
from server.picturing import picture, pictures_of
from server.problems import respond
from server.protocol import QueryRequest
from server.results import read_result
from server.snippets import snippets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Response

    from graph.workers import Answer
    from server.arranging import Arrangement
    from server.results import Result
    from server.site import Site

#: Prefixes of the query that an empty field begins with.
STARTERS: Final = ("ovl", "skos")
#: What a script asks for that shows an answer on the page it is on.
PART: Final = "result"
_DECLARED: Final = re.compile(r"\bPREFIX\s+([\w-]*):", re.IGNORECASE)
_USED: Final = re.compile(r"(?<![\w:<-])([A-Za-z][\w-]*):(?=[\w])")


class QueryPage:
    """The page on which people write a query and read its answer."""

    def __init__(self, site: Site, evaluate: Callable[[QueryRequest], Answer]) -> None:
        """Keep the site, and what begins a query whose answer is JSON or Turtle."""
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
        return replace(asked, query=known[name].query)

    def _answered(self, asked: QueryRequest) -> Response:
        started = time.monotonic()
        answer = self._evaluate(asked)
        kind, limit = answer.kind, self._site.settings.rows_on_page
        result = read_result(answer, limit)
        elapsed = round((time.monotonic() - started) * 1_000)
        arranged = arrange(result, self._site.describer(), request.args.get("sort"))
        shown = self._pictures(result, arranged)
        page = self._page(
            asked,
            result=result,
            arranged=arranged,
            elapsed=elapsed,
            snippets=snippets(self._endpoint(), asked.parameters(), kind),
            address_of=self._address_of(asked),
            services=answer.services,
            **shown,
        )
        if result.broken or answer.services or is_volatile(asked.query or ""):
            page.headers["Cache-Control"] = "no-store"
        return page

    def _pictures(self, result: Result, arranged: Arrangement) -> dict[str, Any]:
        """Return which views of the result there are, and the one that is asked for."""
        base = self._site.base
        offered = ("table", *pictures_of(result, base))
        view = request.args.get("view", "table")
        if view not in offered:
            raise ParameterValueError("view", ", ".join(offered))
        words = self._site.describer().text
        title = f"{words(f'sparql.view.{view}')}: {words('sparql.result_table')}"
        drawing = None if view == "table" else picture(view, arranged, base, title)
        return {"views": offered, "view": view, "drawing": drawing}

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
        names = prefixes(self._site.base)
        return (
            "".join(f"PREFIX {word}: <{names[word]}>\n" for word in STARTERS)
            + "\nSELECT ?meeting ?label WHERE {\n  ?meeting a ovl:Meeting ;\n"
            "    skos:prefLabel ?label .\n}\nLIMIT 20"
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
            "seconds": f"{site.settings.query_timeout:g}",
            "part": _template() != "sparql.html",
        }


def _template() -> str:
    """Return the whole page, or the part of it that a script asks for."""
    part = request.args.get("part")
    return "_outcome.html" if part == PART else "sparql.html"


def fault_in(error: QuerySyntaxError, language: str) -> str:
    """Return what is wrong with a query in words of a language."""
    if not error.fault:
        return error.reason
    return words_of(error.fault, error.found, error.likely, language)


def missing_prefixes(query: str, known: Mapping[str, str]) -> list[str]:
    """Return the known prefixes that a query seems to use and does not declare."""
    declared = set(_DECLARED.findall(query))
    used = dict.fromkeys(_USED.findall(query))
    return [prefix for prefix in used if prefix in known and prefix not in declared]


#: Formats in which the page reads what is answered.
READ: Final = (JSON, TURTLE)
