"""The blueprint of the linked data: a page or RDF for every IRI of the release.

`/id/…` names a thing and leads by 303 to `/doc/…`, which describes it; `/def/…` holds
the ontology and the shapes, `/graph/…` the named graphs. See
https://www.w3.org/TR/cooluris/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, redirect, request

from graph.paths import released_versions
from graph.reading import released_ontology
from graph.terms import Iri
from server.chronicle import events_of
from server.defining import vocabulary_view
from server.errors import ParameterValueError, UnknownResourceError
from server.excerpting import cut_of, statements_about, statements_within
from server.grouping import graph_view, graphs_view
from server.naming import in_query
from server.parameters import day_asked, short, things
from server.representing import Resource, represent, split_extension
from server.ruling import shapes_view
from server.structured import as_json_ld
from server.timelines import Window
from server.viewing import Asked, attempt
from server.wording import day_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from werkzeug.wrappers import Response as AnyResponse

    from server.site import Site

#: The documents under `/def/`, and what makes their pages.
DEFINITIONS: Final[dict[str, Callable[[Site, Iri], object]]] = {
    "overleg": vocabulary_view,
    "overleg-shapes": shapes_view,
}

#: The document of which earlier versions are kept.
VERSIONED: Final = "overleg"


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
        return site.page("graphs.html", **graphs_view(site, request.args))

    @routes.route("/graph/<path:name>")
    def show_graph(name: str) -> AnyResponse:
        """Describe a named graph, or give its statements."""
        stem, offer = split_extension(name)
        return represent(site, _graph(site, stem), offer)

    return routes


def _thing(site: Site, kind: str, name: str) -> Resource:
    iri = Iri(f"{site.base}id/{kind}/{name}")
    source = _asked(site).source
    graphs = site.describer().graphs_of(Iri(source)) if source else set()
    return Resource(
        iri,
        f"/doc/{kind}/{name}",
        "entity.html",
        lambda: _entity(site, kind, iri, f"/doc/{kind}/{name}"),
        lambda syntax: statements_about(site, iri, syntax),
        _query_about(iri, graphs),
        lambda: cut_of(site, iri),
        (lambda syntax: statements_within(site, iri, syntax, graphs))
        if source
        else None,
    )


def _entity(site: Site, kind: str, iri: Iri, path: str) -> dict[str, Any]:
    """Return what the page of a thing shows, narrowed to what is asked for."""
    asked = _asked(site)
    view = site.view(iri, asked)
    panels = [] if asked.source else site.panels().of(iri, Window(mark=asked.day))
    drawn = {address for panel in panels for address in panel.drawn}
    describer, failed = site.describer(), list(view.failed if view else ())
    return {
        "kind": kind,
        "view": view.beside(drawn) if view else None,
        "panels": panels,
        "source": short(asked.source, site.base) if asked.source else "",
        "source_name": describer.link(Iri(asked.source)) if asked.source else None,
        "timeline": path.rpartition("/")[2] if _is_body(site, iri) else "",
        "day": asked.day.isoformat() if asked.day else "",
        "day_words": day_words(asked.day, describer.language) if asked.day else "",
        "written": attempt("written", lambda: describer.written(iri), failed),
        "events": attempt(
            "history", lambda: events_of(site.history, site.release, iri.value), failed
        ),
        "json_ld": attempt(
            "json_ld",
            lambda: as_json_ld(
                describer, iri, describer.outgoing(iri), site.outer_address() + path
            ),
            failed,
        ),
        "failed": failed,
        "release_root": site.root(),
    }


def _is_body(site: Site, iri: Iri) -> bool:
    return any(item["thing"] == iri for item in site.bodies)


def _asked(site: Site) -> Asked:
    """Return the source and the day that a page is narrowed to."""
    found = things(request.args, "source", site.base, "document:coa-lrt-new")
    if len(found) > 1:
        raise ParameterValueError("source", "≤ 1×")
    return Asked(found[0] if found else None, day_asked(request.args))


def _definition(site: Site, name: str) -> Resource:
    word, _, version = name.partition("/")
    if word not in DEFINITIONS:
        raise UnknownResourceError(f"{site.base}def/{name}")
    view = DEFINITIONS[word]
    graph = Iri(f"{site.base}def/{word}/{version or site.release.manifest.ontology}")
    if word == VERSIONED and (before := _before(site, graph, version)):
        return before
    return Resource(
        graph,
        f"/def/{name}",
        f"{word}.html",
        lambda: {"view": view(site, graph), "earlier": _earlier(site)},
        lambda _: site.release.store.statements(graph=graph),
        _query_within(graph),
    )


def _earlier(site: Site) -> list[str]:
    """Return the versions of the ontology before that of the release, newest first."""
    known = [path.stem for path in reversed(released_versions())]
    current = site.release.manifest.ontology
    return known[known.index(current) + 1 :] if current in known else known


def _before(site: Site, graph: Iri, version: str) -> Resource | None:
    """Return an earlier version of the ontology, None if there was no such one."""
    if version in {"", site.release.manifest.ontology}:
        return None
    said = released_ontology(version, site.base)
    if not said:
        return None
    return Resource(
        graph,
        f"/def/{VERSIONED}/{version}",
        "version.html",
        lambda: {"version": version},
        lambda _: said,
        "",
    )


def _graph(site: Site, name: str) -> Resource:
    graph = Iri(f"{site.base}graph/{name}")
    return Resource(
        graph,
        f"/graph/{name}",
        "graph.html",
        lambda: {"view": graph_view(site, graph, request.args)},
        lambda _: site.release.store.statements(graph=graph),
        _query_within(graph),
    )


def _query_about(iri: Iri, graphs: Iterable[Iri] = ()) -> str:
    """Return the query of what is said of a thing, by some graphs or by all."""
    try:
        node = in_query(iri.value)
        said = " ".join(sorted(in_query(graph.value) for graph in graphs))
    except ValueError:
        return ""
    only = f"  VALUES ?graph {{ {said} }}\n" if said else ""
    return (
        f"SELECT ?property ?value ?graph WHERE {{\n{only}"
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
