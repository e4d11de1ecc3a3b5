"""What the pages of named graphs show: where each comes from, and what it states."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from graph.terms import Iri
from server.parameters import choice, part_asked
from server.tabulating import tables_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.describing import Describer
    from server.parameters import Arguments, Part
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
#: Graphs of a family on a page, beside other families and by itself.
BESIDE: Final = 10
GRAPHS_ON_PAGE: Final = 50
#: Statements or graphs that are put in order before the first ones are shown.
LOOKED_AT: Final = 5_000


@dataclass(frozen=True)
class Family:
    """Graphs of one sort, with their sizes; `total` is how many there are.

    `documents` has a row for each graph where all were read from a document.
    """

    name: str
    total: int
    graphs: tuple[tuple[Link, int], ...]
    documents: Table | None


@dataclass(frozen=True)
class GraphView:
    """The page of a named graph; `statements` are those of one part of it."""

    graph: Link
    about: View | None
    size: int
    part: Part
    statements: tuple[tuple[Link, Link, Link], ...]


def graphs_view(site: Site, arguments: Arguments) -> dict[str, Any]:
    """Return the named graphs of a release by family, or the part asked for of one."""
    describer, members = site.describer(), _members(site)
    chosen = choice(arguments, "soort", members)
    if not chosen:
        part_asked(arguments, 1, 1)  # refuses any page but the first
        families = [
            _family(site, describer, name, graphs, slice(BESIDE))
            for name, graphs in members.items()
        ]
        return {"families": families, "only": "", "part": None}
    part = part_asked(arguments, len(members[chosen]), GRAPHS_ON_PAGE)
    shown = slice(part.start, part.end)
    family = _family(site, describer, chosen, members[chosen], shown)
    return {"families": [family], "only": chosen, "part": part}


def graph_view(site: Site, graph: Iri, arguments: Arguments) -> GraphView:
    """Return what the page of a named graph shows, and the part asked for of it."""
    describer, size = site.describer(), site.graph_sizes.get(graph.value, 0)
    part = part_asked(arguments, min(size, LOOKED_AT), STATEMENTS_ON_PAGE)
    stated = site.release.store.statements(graph=graph)
    found = sorted(islice(stated, LOOKED_AT), key=str)
    return GraphView(
        graph=describer.link(graph),
        about=site.view(graph),
        size=size,
        part=part,
        statements=tuple(
            (
                describer.link(item.subject),
                describer.property_link([], item.predicate),
                describer.link(item.object),
            )
            for item in found[part.start : part.end]
        ),
    )


def _members(site: Site) -> dict[str, list[Iri]]:
    """Return the graphs of each family that has any."""
    members: dict[str, list[Iri]] = {name: [] for name, _ in FAMILIES}
    for iri in site.graph_sizes:
        members[_family_name(site, iri)].append(Iri(iri))
    return {name: graphs for name, graphs in members.items() if graphs}


def _family_name(site: Site, iri: str) -> str:
    path = iri.removeprefix(site.base)
    return next(name for name, start in FAMILIES if path.startswith(start))


def _family(
    site: Site, describer: Describer, name: str, graphs: Sequence[Iri], shown: slice
) -> Family:
    if len(graphs) <= LOOKED_AT:
        graphs = sorted(graphs, key=lambda graph: describer.link(graph).text)
    ordered = graphs[shown]
    found = [describer.document_of(graph) for graph in ordered]
    documents = [document for document in found if document]
    sizes = ((describer.link(item), site.graph_sizes[item.value]) for item in ordered)
    tables = tables_of(describer, documents)
    whole = len(documents) == len(ordered) and len(tables) == 1
    return Family(name, len(graphs), tuple(sizes), tables[0] if whole else None)
