"""The application: puts the parts together, and nothing else."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from graph.history import History
from server import (
    assets,
    backlinks,
    citing,
    crawling,
    downloads,
    explaining,
    graphstore,
    health,
    memento,
    openapi,
    overviews,
    pages,
    problems,
    publishing,
    queries,
    reconciling,
    records,
    resources,
    searching,
    sparql,
)
from server.admitting import ADMITTED, Admission
from server.answering import FAILED
from server.links import host_of
from server.marking import marks_of
from server.naming import breakable, is_name
from server.parameters import check_encoding, check_host, check_language
from server.settings import Settings
from server.shortcut import Shortcut
from server.site import FRESH, ROUTE, Site
from server.templating import CompiledTemplates
from server.texts import Texts

if TYPE_CHECKING:
    from graph.interfaces import ServedRelease
    from graph.workers import QueryWorkers

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
#: Everything here is public and nothing knows its reader, so any page may read it.
CORS_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "API-Version, Age, Cache-Status, Content-Location, ETag, Link, "
        "Memento-Datetime, Regietafel-Cut, Regietafel-Limits, Regietafel-Release, "
        "Regietafel-Services, Request-Id, Retry-After, Server-Timing, Total-Count"
    ),
}
PREFLIGHT_HEADERS: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Datetime, Accept-Language, Content-Type"
    ),
    "Access-Control-Max-Age": "86400",
}
#: The extension of an application that answers short queries ahead of it.
SHORTCUT: Final = "shortcut"
#: What answers under the paths of one subject each.
PARTS: Final = (
    backlinks,
    citing,
    crawling,
    downloads,
    explaining,
    graphstore,
    health,
    memento,
    overviews,
    pages,
    publishing,
    queries,
    reconciling,
    records,
    resources,
    searching,
    sparql,
)
#: How much longer a query is when a form has encoded it.
FORM_FACTOR: Final = 3
FORM_ROOM: Final = 8_192


def create_app(
    release: ServedRelease,
    workers: QueryWorkers,
    settings: Settings | None = None,
    admission: Admission | None = None,
) -> Flask:
    """Return the application that answers from one release, and knows of those beside.

    It answers by the paths that `server.switching` leaves of a request, as much as
    `admission` lets clients ask, whichever release they ask.
    """
    history = History(release.path.parent)
    site = Site(release, workers, settings or Settings(), Texts.read(), history)
    app = Flask("server", static_url_path="/static")
    longest = site.settings.max_query_bytes * FORM_FACTOR + FORM_ROOM
    app.config["MAX_CONTENT_LENGTH"] = longest
    app.config["MAX_FORM_MEMORY_SIZE"] = longest
    app.jinja_env.filters |= {
        "marks": marks_of,
        "host": host_of,
        "is_name": is_name,
        "breakable": breakable,
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = CompiledTemplates()
    app.register_blueprint(assets.blueprint(site.assets))
    app.register_blueprint(openapi.blueprint(site, app))
    for part in PARTS:
        app.register_blueprint(part.blueprint(site))
    problems.register(app, site)

    identity = {"Regietafel-Release": release.manifest.id}
    added = [*(SECURITY_HEADERS | CORS_HEADERS | identity).items()]
    admission = admission or Admission(site.settings)
    app.extensions[SHORTCUT] = Shortcut(site, admission, added)
    if proxies := site.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask's docs do
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )

    app.before_request(partial(_admit, admission))
    app.before_request(check_host)
    app.before_request(check_encoding)
    app.before_request(check_language)

    @app.after_request
    def add_headers(response: Response) -> Response:
        """Add what every answer carries."""
        response.headers.extend(added)
        if request.url_rule:
            request.environ[ROUTE] = request.url_rule.rule
        if request.method == "OPTIONS":
            response.headers.update(PREFLIGHT_HEADERS)
        elif FAILED in request.environ:
            response.headers["Cache-Control"] = "no-store"
        elif response.status_code == HTTPStatus.OK:
            response.headers.setdefault("Cache-Control", FRESH)
        elif response.status_code == HTTPStatus.PERMANENT_REDIRECT:
            _lead_home(site, response)
        return response

    return app


def _admit(admission: Admission) -> None:
    """Refuse a client that asks too much, unless it was counted on its way here."""
    if not request.environ.get(ADMITTED):
        admission.admit(request.remote_addr, request.path, request.method)


def _lead_home(site: Site, response: Response) -> None:
    """Lead to the address that people use; the router only knows the one asked."""
    place = urlsplit(response.location or "")
    query = f"?{place.query}" if place.query else ""
    response.location = site.outer_address() + place.path + query
    response.set_data(b"")
