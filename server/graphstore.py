"""The blueprint of the Graph Store Protocol: each graph of a release, to be read.

Graphs are named in a parameter here; those of the release are read at their own IRIs as
well. Nothing can be written. See
https://www.w3.org/TR/sparql11-http-rdf-update/#indirect-graph-identification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request

from graph.formats import RDF_FORMATS
from graph.terms import Iri
from server.errors import NotHereError, ParameterValueError, UnknownResourceError
from server.negotiation import form_of
from server.representing import rdf_response

if TYPE_CHECKING:
    from server.site import Site

PATH: Final = "/graph-store"


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint of the graphs of a site's release."""
    routes = Blueprint("graphstore", __name__)

    @routes.route(PATH)
    def read_graph() -> Response:
        """Give the statements of a named graph, or of the merged default graph."""
        graph = _asked(site)
        word, accept = request.args.get("format"), request.headers.get("Accept")
        form = form_of(word or None, accept, RDF_FORMATS)
        etag = site.etag_of(PATH, form)
        if request.if_none_match.contains_weak(etag):
            response = Response(status=304)
        else:
            store = site.release.store
            response = rdf_response(site, lambda: store.statements(graph=graph), form)
        response.set_etag(etag, weak=True)
        response.vary.add("Accept")
        return response

    return routes


def _asked(site: Site) -> Iri | None:
    """Return the graph that is asked for, None for the default one.

    ParameterValueError unless there is one, UnknownResourceError if it is no graph.
    """
    names = request.args.getlist("graph")
    if request.args.get("default"):
        raise ParameterValueError("default", "default")
    if len(names) + ("default" in request.args) != 1:
        raise ParameterValueError("graph", "graph=IRI; default")
    if names and names[0] not in site.graph_sizes:
        raise UnknownResourceError(names[0])
    if not names and site.settings.store:
        raise NotHereError("the default graph as a whole")
    return Iri(names[0]) if names else None
