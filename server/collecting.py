"""Words what a search found as RDF: a page of a collection, and the way to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from flask import request

from graph.namespaces import expand
from graph.terms import LANG_STRING, Iri, Literal, Statement
from server.links import in_header
from server.negotiation import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.search import Found
    from server.site import Site

HYDRA: Final = "http://www.w3.org/ns/hydra/core#"


def collection_of(
    site: Site, found: Found, number: int, pages: int
) -> Iterator[Statement]:
    """Yield one page of hits in RDF: a collection, its size, and its members' names.

    It leads to the other pages, and says so where more was not looked through.
    """
    collection = Iri(f"{site.address()}{in_header(request.full_path.rstrip('?'))}")
    yield Statement(
        collection, Iri(expand("rdf:type")), Iri(f"{HYDRA}PartialCollectionView")
    )
    around = {"first": 1, "previous": number - 1, "next": number + 1, "last": pages}
    for relation, page in around.items():
        if 1 <= page <= pages:
            yield Statement(collection, Iri(HYDRA + relation), _page_iri(site, page))
    for language in LANGUAGES if found.bounded else ():
        words = site.texts.text("search.bounded", language)
        comment = Literal(words, language, LANG_STRING)
        yield Statement(collection, Iri(expand("rdfs:comment")), comment)
    integer = expand("xsd:integer")
    size = Literal(str(found.total), None, integer)
    yield Statement(collection, Iri(f"{HYDRA}totalItems"), size)
    for hit in found.hits:
        thing = Iri(hit.iri)
        yield Statement(collection, Iri(f"{HYDRA}member"), thing)
        name = Literal(hit.label, hit.language or None, _text_type(hit.language))
        yield Statement(thing, Iri(expand("skos:prefLabel")), name)


def _page_iri(site: Site, page: int) -> Iri:
    """Return the address of a page of the same search."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "page"]
    return Iri(f"{site.address()}/search?{urlencode([*kept, ('page', page)])}")


def _text_type(language: str) -> str:
    return expand("rdf:langString") if language else expand("xsd:string")
