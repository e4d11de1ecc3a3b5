"""The blueprint of the API's description: OpenAPI 3.1 for programs, a page for people.

What is described are the routes themselves, so none can be missing and none is made up:
path, methods and words come from each route, parameters and media types from
`api.toml`, and the parameters of the example questions from these. See
https://spec.openapis.org/oas/v3.1.1 and https://docs.geostandaarden.nl/api/API-Designrules/.
"""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, json, request

from server.asking import LONGEST_TEXT, MOST_DIGITS, Choices
from server.errors import NotAcceptableError
from server.negotiation import HTML, choose_or_none
from server.queries import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.routing import Rule

    from graph.parameters import Parameter
    from server.questions import Question
    from server.site import Site

PATH: Final = Path(__file__).parent / "api.toml"
LICENCE: Final = {"name": "CC0 1.0", "identifier": "CC0-1.0"}
ASKED: Final = "queries.ask_query"
PAGED: Final = "queries.show_question"
METHODS: Final = ("GET", "POST")
READING: Final = ("GET", "HEAD")
PAGE_ALONE: Final = ["page"]
_ARGUMENT: Final = re.compile(r"<(?:([^<>:]+):)?(\w+)>")
_WORD: Final = re.compile(r"\w+")
_ASSETS: Final = "Send a file that pages are made with."
_OWN: Final = "application/problem+json"


def blueprint(site: Site, app: Flask) -> Blueprint:
    """Return the blueprint that describes the routes of an application."""
    routes = Blueprint("openapi", __name__)
    description = Description(site, app)
    routes.before_app_request(description.check_accept)

    @routes.route("/openapi.json")
    def describe_api() -> Response:
        """Describe every address of this server in OpenAPI 3.1."""
        text = json.dumps(description.document(), ensure_ascii=False) + "\n"
        response = Response(text, mimetype="application/json")
        response.headers["API-Version"] = API_VERSION
        response.headers["Cache-Control"] = "no-cache"
        return response

    @routes.route("/api")
    def explain_api() -> Response:
        """Explain to people how programs ask."""
        return site.page("api.html", groups=site.questions.groups, version=API_VERSION)

    return routes


class Description:
    """The description of an application in OpenAPI."""

    def __init__(self, site: Site, app: Flask) -> None:
        """Keep the application whose routes are described."""
        self._site = site
        self._app = app
        self._choices = Choices(site)

    @cached_property
    def _known(self) -> dict[str, Any]:
        return tomllib.loads(PATH.read_text(encoding="utf-8"))

    @cached_property
    def _paths(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for rule in self._app.url_map.iter_rules():
            for path, item in self._items(rule):
                found.setdefault(path, {}).update(item)
        return dict(sorted(found.items()))

    def check_accept(self) -> None:
        """Refuse what is there as a page alone to who takes no page."""
        accept = request.headers.get("Accept")
        if request.method not in READING or choose_or_none(accept, (HTML,)):
            return
        described = self._known["routes"].get(request.endpoint, {})
        if described.get("media") == PAGE_ALONE:
            raise NotAcceptableError([HTML.media_type])

    def document(self) -> dict[str, Any]:
        """Return the whole description, for the address that the request came to."""
        known, site = self._known, self._site
        tags = {op["tags"][0] for item in self._paths.values() for op in item.values()}
        return {
            "openapi": "3.1.0",
            "info": {
                **known["info"],
                "version": API_VERSION,
                "license": LICENCE,
                "contact": {"name": "Regietafel", "url": f"{site.address()}/about"},
            },
            "servers": [{"url": site.address()}],
            "tags": [self._tag(name) for name in sorted(tags)],
            "paths": self._paths,
            "components": {
                "schemas": known["schemas"],
                "headers": known["headers"],
                "responses": {"Problem": self._problem()},
            },
        }

    def _tag(self, name: str) -> dict[str, str]:
        """Return a part of the service, in the words of its module."""
        part = self._app.blueprints.get(name)
        words = sys.modules[part.import_name].__doc__ if part else None
        first = (words or _ASSETS).strip().partition("\n\n")
        return {"name": name, "description": " ".join(first[0].split())}

    def _items(self, rule: Rule) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the paths of a rule; an example question each has one of its own."""
        path = _ARGUMENT.sub(r"{\2}", rule.rule)
        if rule.endpoint not in {ASKED, PAGED}:
            yield path, self._operations(rule)
            return
        for question in self._site.questions.by_name.values():
            item = self._operations(rule, question)
            yield path.replace("{name}", question.name), item

    def _operations(
        self, rule: Rule, question: Question | None = None
    ) -> dict[str, Any]:
        methods = [name for name in METHODS if name in (rule.methods or ())]
        return {name.lower(): self._operation(rule, name, question) for name in methods}

    def _operation(
        self, rule: Rule, method: str, question: Question | None
    ) -> dict[str, Any]:
        known = self._known["routes"].get(rule.endpoint, {})
        view = self._app.view_functions[rule.endpoint]
        words = (view.__doc__ or _ASSETS).strip().split("\n\n")
        of_own = [question.name] if question else []
        operation = {
            "operationId": "-".join(
                [rule.endpoint, *of_own, *sorted(rule.arguments), method.lower()]
            ),
            "tags": [rule.endpoint.partition(".")[0]],
            "summary": question.titles["en"] if question else words[0].rstrip("."),
            "parameters": self._parameters(rule, known, question),
            "responses": self._responses(known),
        }
        if method == "POST":
            operation["requestBody"] = self._body(known)
            operation["parameters"] = []
        return operation

    def _parameters(
        self, rule: Rule, known: dict[str, Any], question: Question | None
    ) -> list[dict[str, Any]]:
        common = self._known["parameters"]
        if question:
            own = [self._value(item) for item in question.parameters]
        else:
            own = [_in_path(*found) for found in _ARGUMENT.findall(rule.rule)]
        names = known.get("parameters", [])
        return own + [{"name": name, **common[name]} for name in names]

    def _value(self, parameter: Parameter) -> dict[str, Any]:
        """Return a parameter of an example question."""
        shown = [self._choices.short(term.value) for term in parameter.defaults]
        found = {
            "name": parameter.name,
            "in": "query",
            "description": f"{parameter.labels['en']} ({parameter.labels['nl']}).",
            "schema": self._schema(parameter),
        }
        return found | ({"example": _typed(parameter, shown[0])} if shown else {})

    def _schema(self, parameter: Parameter) -> dict[str, Any]:
        if choices := self._choices.of(parameter):
            names = [self._choices.short(item.value) for item in choices]
            return {"type": "string", "enum": names}
        most = 10**MOST_DIGITS - 1
        found: dict[str, dict[str, Any]] = {
            "date": {"type": "string", "format": "date"},
            "entity": {"type": "string", "pattern": "^[a-z]+/[a-z0-9-]+$"},
            "text": {
                "type": "string",
                "minLength": 1,
                "maxLength": LONGEST_TEXT,
            },
            "number": {"type": "integer", "minimum": -most, "maximum": most},
        }
        return found[parameter.type]

    def _responses(self, known: dict[str, Any]) -> dict[str, Any]:
        success: dict[str, Any] = {"description": "The answer."}
        media = [
            x for name in known.get("media", ()) for x in self._known["media"][name]
        ]
        schema = known.get("schema")
        if media:
            reference = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
            success["content"] = {
                name: reference
                if schema and name.endswith("json") and "ld" not in name
                else {}
                for name in media
            }
        if "headers" in known:
            success["headers"] = {
                name: {"$ref": f"#/components/headers/{name}"}
                for name in known["headers"]
            }
        return {
            known.get("status", "200"): success,
            "default": {"$ref": "#/components/responses/Problem"},
        }

    def _body(self, known: dict[str, Any]) -> dict[str, Any]:
        return {
            "required": True,
            "content": {name: known.get("form", {}) for name in known.get("body", ())},
        }

    def _problem(self) -> dict[str, Any]:
        return {
            "description": "What is wrong, or where to go.",
            "content": {
                _OWN: {"schema": {"$ref": "#/components/schemas/Problem"}},
                "text/html": {},
            },
        }


def _in_path(converter: str, name: str) -> dict[str, Any]:
    """Return a parameter that is part of a path."""
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if converter.startswith("any("):
        schema = {"type": "string", "enum": _WORD.findall(converter)[1:]}
    elif converter != "path":
        schema["pattern"] = "^[^/]+$"
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _typed(parameter: Parameter, text: str) -> str | int:
    return int(text) if parameter.type == "number" else text
