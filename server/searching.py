"""The blueprint of the search: what is found as a page, JSON or RDF; suggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, json, request

from graph.formats import RDF_FORMATS, Format
from graph.indexing import FINDABLE
from server.collecting import collection_of
from server.errors import ParameterValueError
from server.narrowing import LISTED, Asked, facets_of, parameters_of, shown
from server.negotiation import HTML, Markup, form_of
from server.parameters import (
    choices,
    page_number,
    short,
    things,
    words_asked,
    years,
)
from server.representing import rdf_response

if TYPE_CHECKING:
    from graph.search import Found, Hit
    from server.site import Site

ON_PAGE: Final = 20
SUGGESTED: Final = 8
#: Values of a facet that are shown without being asked for.
SHOWN: Final = 6
#: How long a browser may keep suggestions, in seconds.
KEPT: Final = 300
RESULTS: Final = Markup("json", "JSON", "application/json", "json")
OFFERS: Final = (HTML, RESULTS, *RDF_FORMATS)


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint of the search."""
    routes = Blueprint("search", __name__)

    @routes.route("/search")
    def search() -> Response:
        """Find things by their names, narrowed by facets."""
        asked = _read(site)
        word = request.args.get("format")
        offer = form_of(word or None, request.headers.get("Accept"), OFFERS)
        number = page_number(request.args, 10_000)
        found = _found(site, asked, number)
        pages = max(1, -(-found.total // ON_PAGE))
        if number > pages:
            raise ParameterValueError("page", f"1–{pages}")
        if offer is HTML:
            response = _page(site, asked, found, number, pages)
        elif isinstance(offer, Format):
            response = rdf_response(
                site, lambda: collection_of(site, found, number, pages), offer
            )
        else:
            response = _json(site, found, number, pages)
        response.vary.update(("Accept", "Accept-Language"))
        return response

    @routes.route("/search/suggest")
    def suggest() -> Response:
        """Suggest things while somebody types."""
        language, links = site.language(), site.links()
        hits = site.release.index.suggest(
            words_asked(request.args), SUGGESTED, language
        )
        rows = [_as_json(site, hit) | {"href": links.local(hit.iri)} for hit in hits]
        response = Response(
            json.dumps(rows, ensure_ascii=False), mimetype=RESULTS.media_type
        )
        response.headers["Cache-Control"] = f"public, max-age={KEPT}"
        response.vary.add("Accept-Language")
        return response

    return routes


def _read(site: Site) -> Asked:
    arguments, base = request.args, site.base
    chosen = {
        "kind": choices(arguments, "kind", FINDABLE),
        "body": things(arguments, "body", base, "organisatie:lrt"),
        "period": years(arguments, "period"),
        "topic": things(arguments, "topic", base, "begrip:thema-huisvesting"),
        "source": things(arguments, "source", base, "document:coa-lrt-new"),
    }
    return Asked(words_asked(arguments), chosen)


def _found(site: Site, asked: Asked, number: int) -> Found:
    first = (number - 1) * ON_PAGE
    return site.release.index.find(
        asked.words, asked.chosen, ON_PAGE, first, site.language()
    )


def _as_json(site: Site, hit: Hit) -> dict[str, Any]:
    return {
        "iri": hit.iri,
        "prefixed": short(hit.iri, site.base),
        "label": hit.label,
        "matched": hit.matched,
        "language": hit.language,
        "kind": hit.kind,
        "bodies": list(hit.bodies),
        "years": [int(year) for year in hit.years],
        "kind_label": site.texts.text(f"kind.{hit.kind}", site.language()),
    }


def _json(site: Site, found: Found, number: int, pages: int) -> Response:
    """Return what was found as JSON; counts are lower bounds where it is `bounded`."""
    values = {
        "total": found.total,
        "bounded": found.bounded,
        "corrected": found.corrected,
        "fewer": [{"q": text, "total": total} for text, total in found.fewer],
        "page": number,
        "pages": pages,
        "hits": [_as_json(site, hit) for hit in found.hits],
        "facets": {
            name: [{"value": value, "count": count} for value, count in items[:LISTED]]
            for name, items in found.facets.items()
        },
        "facets_left_out": {
            name: max(0, len(items) - LISTED) for name, items in found.facets.items()
        },
    }
    text = json.dumps(values, ensure_ascii=False) + "\n"
    return Response(text, mimetype=RESULTS.media_type)


def _page(site: Site, asked: Asked, found: Found, number: int, pages: int) -> Response:
    values = parameters_of(asked, site.base)
    link, counts = site.links().page, site.release.index.counts
    return site.page(
        "search.html",
        asked=asked,
        words=asked.words,
        found=found,
        hits=[shown(site.describer(), hit, found) for hit in found.hits],
        kinds=sorted(
            ((kind, counts[kind]) for kind in FINDABLE if counts.get(kind)),
            key=lambda item: -item[1],
        ),
        formats=OFFERS[1:],
        data_href=lambda item: link("/search", **values, format=item.name),
        fewer=[(text, n, link("/search", q=text)) for text, n in found.fewer],
        facets=facets_of(site, asked, found),
        page=number,
        pages=pages,
        page_href=lambda n: link("/search", **values, page=n),
        free_href=link("/search", q=asked.words),
        corrected_href=link("/search", **(values | {"q": found.corrected})),
        local=site.links().local,
        shown=SHOWN,
        first=(number - 1) * ON_PAGE + 1,
    )
