"""The RDF of a thing: what is said of it, and what points at it up to a bound.

Where more points at it, the RDF says so itself, and where the rest is.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from graph.namespaces import expand
from graph.terms import LANG_STRING, Iri, Literal, Statement
from server.parameters import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.formats import Format
    from server.site import Site

#: Syntaxes that say which graph states what; the others hold the merged statements.
BY_GRAPH: Final = ("trig", "nquads")


def statements_about(site: Site, iri: Iri, syntax: Format) -> Iterable[Statement]:
    """Return what is said of a thing, what points at it, and whether that is all."""
    bound = site.settings.incoming_in_rdf
    outgoing = list(_found(site, syntax, subject=iri))
    if not outgoing:
        return []
    incoming = list(islice(_found(site, syntax, object=iri), bound + 1))
    said = _cut(site, iri, bound) if len(incoming) > bound else []
    return [*outgoing, *incoming[:bound], *said]


def statements_within(
    site: Site, iri: Iri, syntax: Format, graphs: set[Iri]
) -> Iterable[Statement]:
    """Return what some graphs say of a thing and of what points at it."""
    store, bound = site.release.store, site.settings.incoming_in_rdf
    outgoing = (item for item in store.statements(iri) if item.graph in graphs)
    incoming = (item for item in store.statements(object=iri) if item.graph in graphs)
    some = list(islice(incoming, bound + 1))
    found = [*outgoing, *some[:bound]]
    said = _cut(site, iri, bound) if len(some) > bound else []
    if syntax.name not in BY_GRAPH:
        found = list(dict.fromkeys(item._replace(graph=None) for item in found))
    return [*found, *said]


def cut_of(site: Site, iri: Iri) -> str | None:
    """Return where all that points at a thing is, None if its RDF holds all of it."""
    store, bound = site.release.store, site.settings.incoming_in_rdf
    found = list(islice(store.statements(object=iri, graph=None), bound + 1))
    return _rest(site, iri) if len(found) > bound else None


def _rest(site: Site, iri: Iri) -> str:
    words = urlencode({"of": short(iri.value, site.base)})
    return f"{site.address()}/backlinks?{words}"


def _cut(site: Site, iri: Iri, bound: int) -> Iterator[Statement]:
    """Yield that a document holds so many of the statements that point at a thing."""
    path = site.links().local(iri.value) or ""
    document = Iri(site.outer_address() + path.partition("?")[0])
    yield Statement(document, Iri(expand("foaf:primaryTopic")), iri)
    yield Statement(document, Iri(expand("rdfs:seeAlso")), Iri(_rest(site, iri)))
    for language in ("nl", "en"):
        words = site.texts.text("entity.cut", language, count=bound)
        comment = Literal(words, language, LANG_STRING)
        yield Statement(document, Iri(expand("rdfs:comment")), comment)


def _found(site: Site, syntax: Format, **pattern: Iri) -> Iterator[Statement]:
    """Yield statements by graph for a syntax that tells graphs, else merged ones."""
    store = site.release.store
    if syntax.name not in BY_GRAPH:
        return store.statements(**pattern, graph=None)
    return (item for item in store.statements(**pattern) if item.graph is not None)
