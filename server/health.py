"""The blueprint for those who run the service: is it alive, is it ready, how is it.

`/healthz` says that the process answers, `/readyz` that it answers from a release, and
`/metrics` how much it answers, in the form of Prometheus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, json
from werkzeug.exceptions import NotFound

from graph.errors import UnreadableReleaseError
from server.measuring import exposition

if TYPE_CHECKING:
    from server.site import Site

PLAIN: Final = "text/plain; charset=utf-8"


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint that answers those who run a site."""
    routes = Blueprint("health", __name__)

    @routes.route("/healthz")
    def alive() -> Response:
        """Say that the process answers."""
        return _unkept(Response("ok\n", content_type=PLAIN))

    @routes.route("/readyz")
    def ready() -> Response:
        """Say which release is answered from, once something was read from it."""
        release = site.release
        if not release.store.select("SELECT ?s WHERE { ?s a ?class } LIMIT 1"):
            raise UnreadableReleaseError(release.path, "its store is empty")
        text = json.dumps({"release": release.manifest.id}) + "\n"
        return _unkept(Response(text, mimetype="application/json"))

    @routes.route("/metrics")
    def metrics() -> Response:
        """Give what was counted since the start, at one address that can be fenced."""
        if site.mount():
            raise NotFound
        body, content_type = exposition(site.release.manifest.id)
        return _unkept(Response(body, content_type=content_type))

    return routes


def _unkept(response: Response) -> Response:
    """Return an answer that only holds at the moment it is given."""
    response.headers["Cache-Control"] = "no-store"
    return response
