"""Gives a resource the form that was asked for: a page, or RDF in one of its syntaxes.

The form is chosen before anything else is decided, so a tag that a client holds is
compared with the tag of that form. See https://www.rfc-editor.org/rfc/rfc9110#section-8.8.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Response, redirect, request
from werkzeug.http import http_date

from graph.formats import RDF_FORMATS, Format
from graph.namespaces import prefixes
from graph.serialising import PART, serialise_in_parts
from graph.store import serialise
from graph.terms import Iri
from graph.withdrawing import withdrawal_of
from server.bounding import CUT, cut, ending
from server.errors import UnknownResourceError, VanishedError, WithdrawnError
from server.links import Links, in_header
from server.negotiation import HTML, choose
from server.site import FRESH
from server.streaming import Confined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from werkzeug.wrappers import Response as AnyResponse

    from graph.terms import Statement
    from server.negotiation import Offer
    from server.site import Site

OFFERS: Final = (*RDF_FORMATS, HTML)
#: How a Link header says that the RDF of a thing does not hold everything.
REST: Final = "the RDF holds a part of what points here; this is all of it"
LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"


class Resource(NamedTuple):
    """What an address describes.

    `path` is the address without an extension; `template` and `values` make its page;
    `statements` gives its RDF for a syntax, and `query` asks for the same. `cut` gives
    the address of the rest where the RDF does not hold everything. `narrowed` gives the
    RDF of the part that is asked for, None where that is all of it.
    """

    iri: Iri
    path: str
    template: str
    values: Callable[[], dict[str, Any]]
    statements: Callable[[Format], Iterable[Statement]]
    query: str
    cut: Callable[[], str | None] = lambda: None
    narrowed: Callable[[Format], Iterable[Statement]] | None = None


def split_extension(name: str) -> tuple[str, Offer | None]:
    """Return a name without an extension that is on offer, and what that offers."""
    stem, dot, extension = name.rpartition(".")
    found = next((item for item in OFFERS if item.extension == extension), None)
    return (stem, found) if dot and found else (name, None)


def represent(site: Site, resource: Resource, offer: Offer | None) -> AnyResponse:
    """Return a resource in a form, or lead to what took its place.

    Raises WithdrawnError, VanishedError or UnknownResourceError if there is none.
    """
    if next(iter(resource.statements(RDF_FORMATS[0])), None) is None:
        if place := _place_of_version(site, resource.iri):
            return redirect(place, 303)
        raise missing(site, resource.iri)
    if withdrawal := withdrawal_of(site.release.store, resource.iri.value):
        place = site.links().href(withdrawal.successor or "")
        if not withdrawal.is_replaced or place is None:
            raise WithdrawnError(withdrawal, site.language())
        return redirect(place + (f".{offer.extension}" if offer else ""), 301)
    form = offer or choose(request.headers.get("Accept"), OFFERS)
    etag = site.etag_of(resource.path, form)
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    elif isinstance(form, Format):
        statements = resource.narrowed or resource.statements
        response = rdf_response(site, partial(statements, form), form)
    else:
        response = _page(site, resource)
    response.set_etag(etag, weak=True)
    return _with_headers(site, response, resource, form)


def missing(site: Site, iri: Iri) -> UnknownResourceError | VanishedError:
    """Return the error for an IRI that the release says nothing about.

    It is gone if an earlier release described it; of the current release, every other
    one is an earlier one, because an operator may have gone back.
    """
    before = site.release.manifest.moment if site.mount() else None
    sighting = site.history.last_sighting(iri.value, before)
    if sighting is None:
        return UnknownResourceError(iri.value)
    links = Links(site.base, f"{site.outer_address()}/release/{sighting.release}")
    memento = links.local(iri.value) if sighting.kept else None
    return VanishedError(iri.value, sighting, memento or "")


def _place_of_version(site: Site, iri: Iri) -> str | None:
    """Return the path of that of which an IRI names the version, None if of nothing."""
    name = site.vocabulary.labels.name("owl:versionIRI")
    found = site.release.store.statements(None, name, iri, None)
    places = (site.links().local(item.subject.value) for item in found)
    return next((place for place in places if place), None)


def rdf_response(
    site: Site, statements: Callable[[], Iterable[Statement]], syntax: Format
) -> Response:
    """Return statements as an answer in an RDF syntax; a long one is streamed."""
    kind, found = content_type(syntax), list(islice(statements(), PART))
    if len(found) < PART:
        body = serialise(found, syntax, prefixes_in(found, site.base))
        return Response(body, content_type=kind)
    names = prefixes(site.base)
    parts = Confined(lambda: serialise_in_parts(statements(), syntax, names))
    response = Response(ending(parts, syntax), content_type=kind)
    response.call_on_close(parts.close)
    return response


def prefixes_in(statements: Iterable[Statement], base: str) -> dict[str, str]:
    """Return the prefixes that shorten something in statements."""
    iris = {part.value for item in statements for part in item if isinstance(part, Iri)}
    return {
        prefix: space
        for prefix, space in prefixes(base).items()
        if any(iri.startswith(space) for iri in iris)
    }


def content_type(syntax: Format) -> str:
    """Return the media type, with the encoding where a text would have another one."""
    is_text = syntax.media_type.startswith("text/")
    return syntax.media_type + ("; charset=utf-8" if is_text else "")


def _page(site: Site, resource: Resource) -> Response:
    """Return the page of a resource."""
    return site.page(
        resource.template,
        path=resource.path,
        formats=RDF_FORMATS,
        iri=resource.iri.value,
        query=resource.query,
        **resource.values(),
    )


def _with_headers(
    site: Site, response: Response, resource: Resource, form: Offer
) -> Response:
    response.vary.update(("Accept", "Accept-Language"))
    path = in_header(request.script_root + resource.path)
    response.headers["Content-Location"] = f"{path}.{form.extension}"
    response.headers.setdefault("Cache-Control", FRESH)
    if site.mount():
        response.headers["Memento-Datetime"] = http_date(site.release.manifest.moment)
    rest = resource.cut()
    if rest and isinstance(form, Format):
        response.headers[CUT] = cut("incoming", site.settings.incoming_in_rdf)
    response.headers["Link"] = ", ".join(_link_values(site, resource, path, rest))
    return response


def _link_values(
    site: Site, resource: Resource, path: str, rest: str | None
) -> list[str]:
    """Return the values of the Link header, https://www.rfc-editor.org/rfc/rfc8288.

    `rest` is where all is that points at a thing, if its RDF is cut there.
    """
    topic = "http://xmlns.com/foaf/0.1/primaryTopic"
    return [
        f'<{site.address()}{in_header(resource.path)}>; rel="canonical"',
        *(
            f'<{path}.{item.extension}>; rel="alternate"; type="{item.media_type}"'
            for item in OFFERS
        ),
        f'<{request.script_root}/def/overleg-shapes>; rel="describedby"',
        f'<{LICENCE}>; rel="license"',
        f'<{in_header(resource.iri.value)}>; rel="{topic}"',
        *_memento_links(site, resource),
        *([f'<{in_header(rest)}>; rel="next"; title="{REST}"'] if rest else []),
    ]


def _memento_links(site: Site, resource: Resource) -> list[str]:
    """Return where other versions are, https://www.rfc-editor.org/rfc/rfc7089."""
    outer, path = site.outer_address(), in_header(resource.path)
    return [
        f'<{outer}{path}>; rel="original"',
        f'<{outer}/timegate{path}>; rel="timegate"',
        f'<{outer}/timemap{path}>; rel="timemap"; type="application/link-format"',
    ]
