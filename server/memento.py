"""Earlier descriptions of a thing, by date: TimeGates and TimeMaps over the releases.

See RFC 7089, https://www.rfc-editor.org/rfc/rfc7089. `/doc/…`, `/def/…` and `/graph/…`
are the original resources; below `/release/{id}` lie their mementos, and the moment at
which a release was first published is that of its mementos.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect, request
from werkzeug.http import http_date, parse_date

from graph.terms import Iri
from server.errors import (
    GoneReleaseError,
    NotHereError,
    ParameterError,
    UnknownResourceError,
)
from server.links import in_header
from server.representing import missing, split_extension

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from werkzeug.wrappers import Response as AnyResponse

    from graph.releasing import Release
    from server.site import Site

#: The first word of an original's path, and of the IRI that it describes.
ORIGINALS: Final = {"doc": "id", "id": "id", "def": "def", "graph": "graph"}
LINK_FORMAT: Final = "application/link-format"


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint that leads from a date to a release."""
    routes = Blueprint("memento", __name__)

    @routes.route("/timegate/<path:original>")
    def negotiate(original: str) -> AnyResponse:
        """Lead to the description that was valid at the date asked for."""
        path, releases = _mementos(site, original)
        chosen = _at(releases, request.headers.get("Accept-Datetime"))
        response = redirect(_address(site, path, chosen), 302)
        response.vary.add("accept-datetime")
        timemap = f"{site.outer_address()}/timemap/{in_header(path)}"
        response.headers["Link"] = (
            f'<{_address(site, path)}>; rel="original", '
            f'<{timemap}>; rel="timemap"; type="{LINK_FORMAT}"'
        )
        response.headers["Cache-Control"] = "no-cache"
        return response

    @routes.route("/timemap/<path:original>")
    def list_mementos(original: str) -> Response:
        """List every description of a thing, with its date."""
        path, releases = _mementos(site, original)
        lines = ",\n".join(_entries(site, path, releases)) + "\n"
        response = Response(lines, content_type=LINK_FORMAT)
        response.headers["Cache-Control"] = "no-cache"
        return response

    @routes.route("/release/<identity>/")
    @routes.route("/release/<identity>/<path:_>")
    def refuse(identity: str, _: str = "") -> Response:
        """Say that a release is not, or no longer, here."""
        if not site.history.releases():
            raise NotHereError("the history of releases")
        iri = f"{site.base}release/{identity}"
        pruned = site.history.pruned(iri)
        raise GoneReleaseError(identity) if pruned else UnknownResourceError(iri)

    return routes


def _mementos(site: Site, original: str) -> tuple[str, list[Release]]:
    """Return the path of an original and the releases that describe it, oldest first.

    VanishedError if only pruned ones did, UnknownResourceError if none ever did.
    """
    word, _, name = original.partition("/")
    if word not in ORIGINALS or not name:
        raise UnknownResourceError(f"{site.base}{original}")
    iri = f"{site.base}{ORIGINALS[word]}/{split_extension(name)[0]}"
    path = f"doc/{name}" if word == "id" else original
    if not site.history.releases():
        raise NotHereError("the history of releases")
    found = [item for item in site.history.releases() if _describes(item, iri)]
    if not found:
        raise missing(site, Iri(iri))
    return path, found


def _describes(release: Release, iri: str) -> bool:
    """Tell whether a release describes an IRI, or its version of a list of terms."""
    return release.describes(iri) or release.describes(
        f"{iri}/{release.manifest.ontology}"
    )


def _at(releases: list[Release], header: str | None) -> Release:
    """Return the last release published by a date, for an earlier date the first."""
    if header is None:
        return releases[-1]
    moment = parse_date(header)
    if moment is None:
        raise ParameterError(
            "The Accept-Datetime is not a date of HTTP.",
            "Write it as in `Mon, 20 Dec 2021 12:00:00 GMT`.",
        )
    before = [item for item in releases if _second(item) <= moment]
    return before[-1] if before else releases[0]


def _second(release: Release) -> datetime:
    """Return when a release was published, as exactly as HTTP writes it."""
    return release.manifest.moment.replace(microsecond=0)


def _address(site: Site, path: str, release: Release | None = None) -> str:
    """Return the address of an original, or of its memento in a release."""
    mount = f"/release/{release.manifest.id}" if release else ""
    return f"{site.outer_address()}{mount}/{in_header(path)}"


def _entries(site: Site, path: str, releases: list[Release]) -> Iterator[str]:
    """Yield the links of a TimeMap."""
    dates = [http_date(item.manifest.moment) for item in releases]
    outer, escaped = site.outer_address(), in_header(path)
    yield f'<{_address(site, path)}>; rel="original"'
    yield (
        f'<{outer}/timemap/{escaped}>; rel="self"; type="{LINK_FORMAT}"; '
        f'from="{dates[0]}"; until="{dates[-1]}"'
    )
    yield f'<{outer}/timegate/{escaped}>; rel="timegate"'
    last = len(releases) - 1
    for number, (item, date) in enumerate(zip(releases, dates, strict=True)):
        ends = ["first"] * (number == 0) + ["last"] * (number == last)
        relation = " ".join([*ends, "memento"])
        yield f'<{_address(site, path, item)}>; rel="{relation}"; datetime="{date}"'
