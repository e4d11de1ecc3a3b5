"""The blueprint of the example questions: a page for people and a path for programs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, json, request
from werkzeug.exceptions import NotFound

from graph.errors import QueryTimeoutError, RegietafelError
from graph.formats import JSON, RDF_FORMATS, RESULT_FORMATS, Format
from graph.lanes import OWN
from graph.parameters import counting
from graph.terms import Iri, Literal
from server.answering import ABANDONED
from server.asking import CHOICES_IN_FORM, Asked, Choices, Paging, read_asked
from server.bounding import limits
from server.errors import problem_of
from server.negotiation import form_of
from server.problems import respond
from server.questions import headed
from server.representing import content_type
from server.results import read_result
from server.solutions import solutions_as_rdf
from server.sparql import elapsed_since, stream
from server.wording import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.parameters import Parameter
    from graph.terms import Term
    from graph.workers import Answer
    from server.questions import Question
    from server.results import Result
    from server.site import Site
    from server.views import Link

#: Version of the paths under `/api`, as semantic versioning counts.
API_VERSION: Final = "1.0.0"
FORMATS: Final = (*RESULT_FORMATS, *RDF_FORMATS)
_MANY: Final = 1_000_000


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint that asks the example questions of a site's release."""
    routes = Blueprint("queries", __name__)
    api, page = QueryApi(site), QuestionPage(site)

    @routes.route("/queries")
    def list_questions() -> Response:
        """List the example questions, by subject."""
        return site.page("queries.html", groups=site.questions.groups)

    @routes.route("/queries/<name>")
    def show_question(name: str) -> Response:
        """Ask an example question, and show its answer."""
        return page.show(_question(site, name))

    @routes.route("/api/queries")
    def list_queries() -> Response:
        """List the example queries with their parameters."""
        return _as_json({"queries": [api.describe(q) for q in _questions(site)]})

    @routes.route("/api/queries/<name>")
    def ask_query(name: str) -> Response:
        """Answer an example query."""
        return api.answer(_question(site, name))

    @routes.after_request
    def add_version(response: Response) -> Response:
        """Say which version of the API answers."""
        if request.path.startswith("/api/"):
            response.headers["API-Version"] = API_VERSION
        return response

    return routes


def _questions(site: Site) -> list[Question]:
    return list(site.questions.by_name.values())


def _question(site: Site, name: str) -> Question:
    if name not in site.questions.by_name:
        raise NotFound
    return site.questions.by_name[name]


def _as_json(value: object) -> Response:
    text = json.dumps(value, ensure_ascii=False) + "\n"
    response = Response(text, mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    return response


def evaluate(site: Site, query: str, syntax: Format = JSON) -> Answer:
    """Begin a query whose answer is solutions."""
    timeout = site.settings.query_timeout
    return site.workers.evaluate(
        query,
        solutions=syntax,
        graph=None,
        timeout=timeout,
        lane=OWN,
        abandoned=request.environ.get(ABANDONED, lambda: False),
    )


def read_whole(site: Site, answer: Answer) -> Result:
    """Return a whole answer; QueryTimeoutError if it broke off."""
    result = read_result(answer, _MANY)
    if result.broken:
        raise QueryTimeoutError(site.settings.query_timeout)
    return result


def count(site: Site, query: str) -> int:
    """Return how many solutions a query has."""
    result = read_whole(site, evaluate(site, counting(query)))
    return int(str(result.rows[0][0]))


class QueryApi:
    """Answers example queries for programs."""

    def __init__(self, site: Site) -> None:
        """Keep the site, and what may be chosen in its release."""
        self._site = site
        self._choices = Choices(site)

    def describe(self, question: Question) -> dict[str, Any]:
        """Return what a program must know of a question."""
        address = self._site.address()
        return {
            "name": question.name,
            "title": question.titles,
            "url": f"{address}/api/queries/{question.name}",
            "page": f"{address}/queries/{question.name}",
            "parameters": [self._parameter(item) for item in question.parameters],
        }

    def _parameter(self, parameter: Parameter) -> dict[str, Any]:
        return {
            "name": parameter.name,
            "type": parameter.type,
            "label": parameter.labels,
            "defaults": [self._choices.short(_plain(x)) for x in parameter.defaults],
        }

    def answer(self, question: Question) -> Response:
        """Return the part of an answer that the request asks for, in its format."""
        started = time.monotonic()
        asked = read_asked(request, question, self._choices)
        syntax = _format(asked.format)
        total = count(self._site, asked.query)
        answer = evaluate(
            self._site,
            asked.query + asked.paging.clause,
            syntax if syntax in RESULT_FORMATS else JSON,
        )
        if syntax in RESULT_FORMATS:
            most = limits(
                self._site.workers.limits.result, self._site.settings.query_timeout
            )
            response = stream(answer, started, most)
        else:
            response = _rdf(read_whole(self._site, answer), syntax, asked.paging)
        response.headers["Link"] = ", ".join(self._links(asked, total))
        response.headers["Total-Count"] = str(total)
        return response

    def _links(self, asked: Asked, total: int) -> list[str]:
        """Return the values of the Link header, RFC 8288."""
        path = f"{self._site.address()}/api/queries/{asked.question.name}"
        others: dict[str, str | int] = {"per_page": asked.paging.per_page}
        if asked.format:
            others["format"] = asked.format
        return [
            f'<{asked.address(path, page=page, **others)}>; rel="{relation}"'
            for relation, page in asked.paging.around(total).items()
        ]


def _format(word: str | None) -> Format:
    """Return the format that a request asks for."""
    offer = form_of(word, request.headers.get("Accept"), FORMATS)
    return next(item for item in FORMATS if item is offer)


def _rdf(result: Result, syntax: Format, paging: Paging) -> Response:
    first = (paging.page - 1) * paging.per_page + 1
    body = solutions_as_rdf(result, syntax, first)
    response = Response(body, content_type=content_type(syntax))
    response.vary.add("Accept")
    return response


class QuestionPage:
    """The page of an example question."""

    def __init__(self, site: Site) -> None:
        """Keep the site, and what may be chosen in its release."""
        self._site = site
        self._choices = Choices(site)

    def show(self, question: Question) -> Response:
        """Return the page with the answer, or with what is wrong with the values."""
        started = time.monotonic()
        try:
            asked = read_asked(request, question, self._choices, blanks=True)
            total = count(self._site, asked.query)
            answer = evaluate(self._site, asked.query + asked.paging.clause)
            result = read_result(answer, asked.paging.per_page)
        except RegietafelError as error:
            return self._refused(question, error)
        page = self._site.page(
            "query.html",
            **self._values(asked),
            result=result,
            total=total,
            elapsed=round(elapsed_since(started)),
            pages=asked.paging.pages(total),
            around=asked.paging.around(total),
        )
        if result.broken:
            page.headers["Cache-Control"] = "no-store"
        return page

    def _refused(self, question: Question, error: RegietafelError) -> Response:
        given = {
            item.name: request.args[item.name]
            for item in question.parameters
            if item.name in request.args
        }
        asked = Asked(question, {}, given, Paging(), None)
        values = self._values(asked) | {"template": "query.html"}
        return respond(self._site, problem_of(error), **values)

    def _values(self, asked: Asked) -> dict[str, Any]:
        """Return what the page shows of what is asked."""
        site, language = self._site, self._site.language()
        name = asked.question.name
        title = title_of(site, asked.question, asked.values, language)
        links = site.links()
        kept = {"lang": links.language} if links.language else {}
        return {
            "asked": asked,
            "title": title,
            "query": headed(asked.query, title),
            "fields": [self._field(item, asked) for item in asked.question.parameters],
            "result_formats": RESULT_FORMATS,
            "rdf_formats": RDF_FORMATS,
            "column": lambda x: site.questions.column(x, language),
            "cell": self._cell,
            "to_page": lambda n: asked.address(
                links.root + f"/queries/{name}",
                page=n,
                per_page=asked.paging.per_page,
                **kept,
            ),
            "download": lambda f: asked.address(
                f"{links.root}/api/queries/{name}", per_page=10_000, format=f.name
            ),
            "api": asked.address(f"{site.address()}/api/queries/{name}"),
        }

    def _field(self, parameter: Parameter, asked: Asked) -> dict[str, Any]:
        """Return a field of the form."""
        default = parameter.defaults[0] if parameter.defaults else None
        shown = self._choices.short(_plain(default)) if default else ""
        found = self._choices.of(parameter)
        return {
            "parameter": parameter,
            "label": parameter.labels[self._site.language()],
            "value": asked.given.get(parameter.name, shown),
            "choices": self._options(found) if len(found) <= CHOICES_IN_FORM else (),
        }

    def _options(self, found: Sequence[Iri]) -> list[tuple[str, str]]:
        describer = self._site.describer()
        options = [
            (self._choices.short(x.value), describer.link(x).text) for x in found
        ]
        return sorted(options, key=lambda item: item[1].casefold())

    def _cell(self, term: Term) -> Link:
        """Return a value of a row; a label leads to the one thing that it names.

        What the questions themselves answer with is in the language of the page.
        """
        describer = self._site.describer()
        key = f"queries.said.{term.value}"
        if isinstance(term, Literal) and key in describer.texts:
            return describer.plain(describer.text(key))
        named = self._named(term) if isinstance(term, Literal) else None
        return describer.worded(named or term)

    def _named(self, label: Literal) -> Iri | None:
        if label.language is None:
            return None
        name = self._site.vocabulary.labels.name("skos:prefLabel")
        found = self._site.release.store.statements(None, name, label, None)
        things = [x.subject for x in found if isinstance(x.subject, Iri)]
        return things[0] if len(things) == 1 else None


def _plain(term: Term) -> str:
    return term.value
