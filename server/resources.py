"""The blueprint of the linked data: a page or RDF for every IRI of the release.

`/id/…` names a thing and leads by 303 to `/doc/…`, which describes it; `/def/…` holds
the ontology and the shapes, `/graph/…` the named graphs. See
https://www.w3.org/TR/cooluris/.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect

from graph.terms import Iri
from server.defining import vocabulary_view
from server.errors import UnknownResourceError
from server.grouping import graph_view, graphs_view
from server.naming import in_query
from server.representing import Resource, represent, split_extension
from server.ruling import shapes_view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from werkzeug.wrappers import Response as AnyResponse

    from graph.formats import Format
    from graph.terms import Statement
    from server.site import Site

#: Syntaxes that say which graph states what; the others hold the merged statements.
BY_GRAPH: Final = ("trig", "nquads")
#: The documents under `/def/`, and what makes their pages.
DEFINITIONS: Final[dict[str, Callable[[Site, Iri], object]]] = {
    "overleg": vocabulary_view,
    "overleg-shapes": shapes_view,
}


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint that describes everything in a site's release."""
    routes = Blueprint("resources", __name__)

    @routes.route("/id/<path:name>")
    def identify(name: str) -> AnyResponse:
        """Lead from a thing to the document about it."""
        location = site.links().local(f"{site.base}id/{name}") or "/"
        response = redirect(location, 303)
        response.vary.add("Accept")
        return response

    @routes.route("/doc/<kind>/<path:name>")
    def describe(kind: str, name: str) -> AnyResponse:
        """Describe a thing."""
        stem, offer = split_extension(name)
        return represent(site, _thing(site, kind, stem), offer)

    @routes.route("/def/<path:name>")
    def define(name: str) -> AnyResponse:
        """Describe the ontology or the shapes."""
        stem, offer = split_extension(name)
        return represent(site, _definition(site, stem), offer)

    @routes.route("/graph")
    def list_graphs() -> Response:
        """List the named graphs."""
        return site.page("graphs.html", families=graphs_view(site))

    @routes.route("/graph/<path:name>")
    def show_graph(name: str) -> AnyResponse:
        """Describe a named graph, or give its statements."""
        stem, offer = split_extension(name)
        return represent(site, _graph(site, stem), offer)

    return routes


def _thing(site: Site, kind: str, name: str) -> Resource:
    iri = Iri(f"{site.base}id/{kind}/{name}")
    return Resource(
        iri,
        f"/doc/{kind}/{name}",
        "entity.html",
        lambda: {"kind": kind, "view": site.view(iri)},
        lambda syntax: _statements_about(site, iri, syntax),
        _query_about(iri),
    )


def _definition(site: Site, name: str) -> Resource:
    word, _, version = name.partition("/")
    if word not in DEFINITIONS:
        raise UnknownResourceError(f"{site.base}def/{name}")
    view = DEFINITIONS[word]
    graph = Iri(f"{site.base}def/{word}/{version or site.release.manifest.ontology}")
    return Resource(
        graph,
        f"/def/{name}",
        f"{word}.html",
        lambda: {"view": view(site, graph)},
        lambda _: site.release.store.statements(graph=graph),
        _query_within(graph),
    )


def _graph(site: Site, name: str) -> Resource:
    graph = Iri(f"{site.base}graph/{name}")
    return Resource(
        graph,
        f"/graph/{name}",
        "graph.html",
        lambda: {"view": graph_view(site, graph)},
        lambda _: site.release.store.statements(graph=graph),
        _query_within(graph),
    )


def _statements_about(site: Site, iri: Iri, syntax: Format) -> Iterable[Statement]:
    """Return what is said of a thing, and what points at it up to a bound."""
    store, bound = site.release.store, site.settings.incoming_in_rdf
    outgoing = list(_fitting(store.statements(iri), syntax))
    if not outgoing:
        return []
    incoming = islice(_fitting(store.statements(object=iri), syntax), bound)
    return [*outgoing, *incoming]


def _fitting(statements: Iterable[Statement], syntax: Format) -> Iterable[Statement]:
    """Yield statements by graph for a syntax that tells graphs, else merged ones."""
    by_graph = syntax.name in BY_GRAPH
    return (item for item in statements if (item.graph is not None) is by_graph)


def _query_about(iri: Iri) -> str:
    try:
        node = in_query(iri.value)
    except ValueError:
        return ""
    return (
        "SELECT ?property ?value ?graph WHERE {\n"
        f"  GRAPH ?graph {{ {node} ?property ?value }}\n}}\nORDER BY ?property ?value"
    )


def _query_within(graph: Iri) -> str:
    try:
        node = in_query(graph.value)
    except ValueError:
        return ""
    return (
        "SELECT ?subject ?property ?value WHERE {\n"
        f"  GRAPH {node} {{ ?subject ?property ?value }}\n}}\nORDER BY ?subject"
    )
