"""The blueprint of the search: what is found as a page, JSON or RDF; suggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Blueprint, Response, json, request

from graph.faceting import DIMENSIONS
from graph.formats import RDF_FORMATS, Format
from graph.indexing import FINDABLE
from graph.splitting import marked
from graph.terms import Iri
from server.collecting import collection_of
from server.errors import ParameterValueError
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
    from server.describing import Describer
    from server.site import Site
    from server.views import Link

    Chosen = dict[str, list[str]]

ON_PAGE: Final = 20
SUGGESTED: Final = 8
#: Values of a facet that are listed, and that are shown without being asked for.
LISTED: Final = 60
SHOWN: Final = 6
#: What a hit belongs to that is shown.
BODIES: Final = 2
#: How long a browser may keep suggestions, in seconds.
KEPT: Final = 300
RESULTS: Final = Markup("json", "JSON", "application/json", "json")
OFFERS: Final = (HTML, RESULTS, *RDF_FORMATS)


class Choice(NamedTuple):
    """A value that results can be narrowed by; `href` chooses it, or lets it go."""

    label: Link
    things: int
    chosen: bool
    href: str


class Facet(NamedTuple):
    """A dimension with its values, those first that are shown at once.

    `left_out` tells how many more values there are.
    """

    name: str
    choices: list[Choice]
    left_out: int

    @property
    def is_used(self) -> bool:
        """Tell whether anything of it is chosen."""
        return any(item.chosen for item in self.choices)


class ShownHit(NamedTuple):
    """A hit as a page shows it: its label in pieces, where it belongs, and when.

    `bodies` are those that it belongs to, `left_out` how many more there are; `years`
    are the first and the last that it falls in, as text.
    """

    hit: Hit
    pieces: list[tuple[str, bool]]
    matched: list[tuple[str, bool]]
    bodies: list[Link]
    left_out: int
    years: str


class Asked(NamedTuple):
    """What is searched for: words, and the values of facets as they are compared."""

    words: str
    chosen: Chosen

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is asked."""
        return not self.words and not any(self.chosen.values())


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
    values = _parameters(asked, site.base)
    link, counts = site.links().page, site.release.index.counts
    return site.page(
        "search.html",
        asked=asked,
        words=asked.words,
        found=found,
        hits=[_shown(site.describer(), hit, found) for hit in found.hits],
        kinds=sorted(
            ((kind, counts[kind]) for kind in FINDABLE if counts.get(kind)),
            key=lambda item: -item[1],
        ),
        formats=OFFERS[1:],
        data_href=lambda item: link("/search", **values, format=item.name),
        fewer=[(text, n, link("/search", q=text)) for text, n in found.fewer],
        facets=_facets(site, asked, found),
        page=number,
        pages=pages,
        page_href=lambda n: link("/search", **values, page=n),
        free_href=link("/search", q=asked.words),
        corrected_href=link("/search", **(values | {"q": found.corrected})),
        local=site.links().local,
        shown=SHOWN,
        first=(number - 1) * ON_PAGE + 1,
    )


def _parameters(asked: Asked, base: str) -> dict[str, Any]:
    """Return a search as the parameters of its address."""
    chosen = {
        name: [_in_address(name, value, base) for value in values]
        for name, values in asked.chosen.items()
        if values
    }
    return {"q": asked.words} | chosen if asked.words else chosen


def _in_address(dimension: str, value: str, base: str) -> str:
    return value if dimension in {"kind", "period"} else short(value, base)


def _shown(describer: Describer, hit: Hit, found: Found) -> ShownHit:
    own = [iri for iri in hit.bodies if iri != hit.iri]
    first, last = (hit.years[0], hit.years[-1]) if hit.years else ("", "")
    return ShownHit(
        hit,
        list(marked(hit.label, found.marks)),
        list(marked(hit.matched, found.marks)),
        [describer.link(Iri(iri)) for iri in own[:BODIES]],
        max(0, len(own) - BODIES),
        first if first == last else f"{first}–{last}",
    )


def _facets(site: Site, asked: Asked, found: Found) -> list[Facet]:
    describer = site.describer()
    facets = [
        Facet(
            name,
            _choices(site, describer, asked, name, found),
            max(0, len(_values(asked, name, found)) - LISTED - len(asked.chosen[name])),
        )
        for name in DIMENSIONS
    ]
    return [facet for facet in facets if len(facet.choices) > 1 or facet.is_used]


def _values(asked: Asked, name: str, found: Found) -> list[str]:
    """Return all values of a dimension, those chosen first."""
    counted = (value for value, _ in found.facets.get(name, ()))
    return list(dict.fromkeys([*asked.chosen[name], *counted]))


def _choices(
    site: Site, describer: Describer, asked: Asked, name: str, found: Found
) -> list[Choice]:
    """Return the values of a dimension, those chosen first, years the latest first."""
    chosen, counts = asked.chosen[name], dict(found.facets.get(name, ()))
    listed = _values(asked, name, found)[: LISTED + len(chosen)]
    items = [
        Choice(
            _label(describer, name, value),
            counts.get(value, 0),
            value in chosen,
            _toggled(site, asked, name, value),
        )
        for value in listed
    ]
    if name == "period":
        items.sort(key=lambda item: item.label.text, reverse=True)
    return sorted(items, key=lambda item: not item.chosen)


def _label(describer: Describer, dimension: str, value: str) -> Link:
    if dimension == "period":
        return describer.plain(value)
    if dimension == "kind":
        return describer.plain(describer.text(f"kinds.{value}"))
    return describer.link(Iri(value))


def _toggled(site: Site, asked: Asked, dimension: str, value: str) -> str:
    """Return the address of the search with one value more, or without it."""
    before = asked.chosen[dimension]
    after = [v for v in before if v != value] if value in before else [*before, value]
    changed = asked._replace(chosen=asked.chosen | {dimension: after})
    return site.links().page("/search", **_parameters(changed, site.base))
