"""Answers an error: problem+json for programs, a page for people, a log line for us."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urlencode

from flask import Response, json, request
from werkzeug.exceptions import HTTPException

from graph.errors import UnsearchableReleaseError
from graph.namespaces import expand
from graph.terms import Literal
from server.errors import UNKNOWN, NotHereError, problem_of
from server.negotiation import PROBLEM, prefers_page
from server.parameters import LONGEST
from server.wording import literal_words

if TYPE_CHECKING:
    from flask import Flask

    from graph.search import Hit
    from server.errors import Problem
    from server.site import Site

_NOT_WORDS: Final = re.compile(r"[\W_]+")
#: Members that are days.
DAYS: Final = ("day", "since")
#: Hits of the search that a page about something unknown offers.
OFFERED: Final = 5


def register(app: Flask, site: Site) -> None:
    """Answer every error of the application in one of the two shapes."""

    def answer(error: Exception) -> Response:
        if isinstance(error, FileNotFoundError) and not site.history.releases():
            error = NotHereError("the files of a release")
        problem = problem_of(error)
        if problem.code == UNKNOWN and not isinstance(error, HTTPException):
            app.logger.error("unforeseen error on %s", request.path, exc_info=error)
        return respond(site, problem)

    app.register_error_handler(Exception, answer)


def respond(site: Site, problem: Problem, **values: Any) -> Response:  # noqa: ANN401  passed on to the template
    """Return a problem in the shape that the client prefers."""
    if prefers_page(request.headers.get("Accept")):
        response = _page(site, problem, **values)
    else:
        response = Response(
            as_json(problem), problem.status, mimetype=PROBLEM.media_type
        )
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def as_json(problem: Problem) -> str:
    """Return a problem as RFC 9457 words it."""
    members = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "mend": problem.mend,
        **problem.members,
    }
    kept = {name: value for name, value in members.items() if value != ""}
    return json.dumps(kept, ensure_ascii=False) + "\n"


def _page(site: Site, problem: Problem, **values: Any) -> Response:  # noqa: ANN401  passed on to the template
    missed = _words(request.path) if problem.status == HTTPStatus.NOT_FOUND else ""
    words = missed or request.args.get("q", "")[:LONGEST]
    hits = _hits(site, missed) if missed else []
    return site.page(
        values.pop("template", "error.html"),
        problem.status,
        problem=problem,
        members=_worded(problem, site.language()),
        words=words,
        hits=hits,
        local=site.links().local,
        again=_without(str(problem.members.get("parameter", ""))),
        offers=_offers(str(problem.members.get("offers", ""))),
        **values,
    )


def _worded(problem: Problem, language: str) -> dict[str, Any]:
    """Return what the texts of a problem tell, days as the language writes them."""
    days = {key: str(problem.members[key]) for key in DAYS if key in problem.members}
    worded: dict[str, object] = {
        key: literal_words(Literal(day, None, expand("xsd:date")), language)
        for key, day in days.items()
    }
    return {**problem.members, **worded}


def _hits(site: Site, words: str) -> list[Hit]:
    try:
        return site.release.search(words, OFFERED, site.language())
    except UnsearchableReleaseError:
        return []


def _without(parameter: str) -> str:
    """Return the address of the page without a parameter; nothing if that is none."""
    if parameter not in request.args:
        return ""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != parameter]
    path = request.script_root + quote(request.path)
    return f"{path}?{urlencode(kept)}" if kept else path


def _offers(offers: str) -> dict[str, str]:
    """Return the address of the page in each format, if it was asked for in one."""
    if "format" not in request.args:
        return {}
    path, asked = request.script_root + quote(request.path), request.args.to_dict()
    return {
        name: f"{path}?{urlencode({**asked, 'format': name})}"
        for name in filter(None, offers.split(", "))
    }


def _words(path: str) -> str:
    """Return the words of an address, to search for them."""
    name = unquote(path).rstrip("/").rpartition("/")[2]
    return _NOT_WORDS.sub(" ", name).strip()
