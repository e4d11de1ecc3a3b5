"""What the pages of named graphs show: where each comes from, and what it states."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from graph.terms import Iri
from server.tabulating import tables_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.describing import Describer
    from server.site import Site
    from server.views import Link, Table, View

#: Families of graphs by the start of their path under the base, in the order shown.
FAMILIES: Final = (
    ("bron", "graph/bron/"),
    ("referentie", "graph/referentie/"),
    ("afgeleid", "graph/afgeleid/"),
    ("begrippen", "graph/begrippen/"),
    ("overig", ""),
)
STATEMENTS_ON_PAGE: Final = 200
#: Statements that are put in order before the first ones are shown.
LOOKED_AT: Final = 5_000


@dataclass(frozen=True)
class Family:
    """Graphs of one sort, with their sizes.

    `documents` has a row for each graph where all were read from a document.
    """

    name: str
    graphs: tuple[tuple[Link, int], ...]
    documents: Table | None


@dataclass(frozen=True)
class GraphView:
    """The page of a named graph; `statements` are the first ones only."""

    graph: Link
    about: View | None
    size: int
    statements: tuple[tuple[Link, Link, Link], ...]


def graphs_view(site: Site) -> list[Family]:
    """Return every named graph of the release, by family."""
    describer = site.describer()
    members: dict[str, list[Iri]] = {name: [] for name, _ in FAMILIES}
    for iri in site.graph_sizes:
        members[_family_name(site, iri)].append(Iri(iri))
    return [
        _family(site, describer, name, graphs)
        for name, graphs in members.items()
        if graphs
    ]


def graph_view(site: Site, graph: Iri) -> GraphView:
    """Return what the page of a named graph shows."""
    describer = site.describer()
    stated = site.release.store.statements(graph=graph)
    found = sorted(islice(stated, LOOKED_AT), key=str)
    return GraphView(
        graph=describer.link(graph),
        about=site.view(graph),
        size=site.graph_sizes.get(graph.value, 0),
        statements=tuple(
            (
                describer.link(item.subject),
                describer.property_link([], item.predicate),
                describer.link(item.object),
            )
            for item in found[:STATEMENTS_ON_PAGE]
        ),
    )


def _family_name(site: Site, iri: str) -> str:
    path = iri.removeprefix(site.base)
    return next(name for name, start in FAMILIES if path.startswith(start))


def _family(
    site: Site, describer: Describer, name: str, graphs: Sequence[Iri]
) -> Family:
    ordered = sorted(graphs, key=lambda graph: describer.link(graph).text)
    found = [describer.document_of(graph) for graph in ordered]
    documents = [document for document in found if document]
    sizes = ((describer.link(item), site.graph_sizes[item.value]) for item in ordered)
    tables = tables_of(describer, documents)
    whole = len(documents) == len(ordered) and len(tables) == 1
    return Family(name, tuple(sizes), tables[0] if whole else None)
