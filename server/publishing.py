"""The blueprint of what publishers look for: the dataset, its releases, and a feed.

The description of the dataset is the file that each release holds; the pages show what
it and the manifest say. See https://www.w3.org/TR/vocab-dcat-3/, RFC 4287 for the feed
and https://www.w3.org/TR/void/#well-known for `/.well-known/void`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from babel.numbers import format_decimal
from flask import Blueprint, Response, redirect, request

from graph.cataloguing import LICENCE
from graph.dumping import COMPRESSIONS
from graph.formats import RDF_FORMATS, TURTLE, Format
from graph.store import Store
from server.changing import ReleasePages, day_of
from server.negotiation import HTML, by_word, choose
from server.representing import OFFERS, rdf_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response as AnyResponse

    from graph.terms import Statement
    from server.site import Site
    from server.views import Link

DESCRIPTION: Final = "void.ttl"
_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")
_THOUSAND: Final = 1_000


class Distribution(NamedTuple):
    """A file to download: its size in bytes and its SHA-256."""

    name: str
    label: str
    size: int
    digest: str


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint that describes a site's releases to publishers."""
    routes = Blueprint("publishing", __name__)
    dataset, releases = DatasetPage(site), ReleasePages(site)

    @routes.route("/dataset")
    def describe_dataset() -> Response:
        """Describe the dataset: as a page, or in RDF by DCAT and VoID."""
        return dataset.show()

    @routes.route("/.well-known/void")
    def lead_to_dataset() -> AnyResponse:
        """Lead to the description of the dataset."""
        return redirect(site.links().page("/dataset"), 303)

    @routes.route("/releases")
    def list_releases() -> Response:
        """List the releases with what changed in each."""
        return site.page("releases.html", **releases.values())

    @routes.route("/releases/<identity>")
    def show_changes(identity: str) -> Response:
        """Show what changed in a release: thing by thing, or the statements of one."""
        return releases.show(identity)

    @routes.route("/releases.atom")
    def feed_releases() -> Response:
        """Tell of the releases as an Atom feed."""
        return releases.feed()

    return routes


class DatasetPage:
    """The description of the dataset, for people and for programs."""

    def __init__(self, site: Site) -> None:
        """Keep the site."""
        self._site = site

    @cached_property
    def _description(self) -> Store:
        """Return what the release says of itself, without graphs."""
        store = Store.in_memory()
        path = self._site.release.path / DESCRIPTION
        store.load(path.read_bytes(), TURTLE, self._site.base)
        return store

    def show(self) -> Response:
        """Return the description in the form that the request asks for."""
        site, word = self._site, request.args.get("format")
        form = (
            by_word(word, OFFERS)
            if word
            else choose(request.headers.get("Accept"), OFFERS)
        )
        etag = site.etag(form.name, site.language() if form is HTML else "")
        if request.if_none_match.contains_weak(etag):
            response = Response(status=304)
        elif isinstance(form, Format):
            response = rdf_response(site, self._statements, form)
        else:
            response = site.page("dataset.html", **self._values())
        response.set_etag(etag, weak=True)
        response.vary.update(("Accept", "Accept-Language"))
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Link"] = f'<{LICENCE}>; rel="license"'
        return response

    def _statements(self) -> Iterator[Statement]:
        yield from self._description.statements()

    def _values(self) -> dict[str, Any]:
        site = self._site
        return {
            "distributions": list(self._distributions()),
            "classes": self._classes(),
            "size": lambda value: size_in_words(value, site.language()),
            "formats": RDF_FORMATS,
            "licence": LICENCE,
            "published": day_of(site, site.release),
            "findings": site.release.report.get("counts", {}),
            "base": site.base,
        }

    def _distributions(self) -> Iterator[Distribution]:
        """Yield the dumps and the tables, with what the manifest says of them."""
        folder = self._site.release.path
        for name, digest in sorted(self._site.release.manifest.files.items()):
            start, extension, *rest = name.split(".")
            if start == "dataset" or extension == "csv":
                label = ", ".join([_LABELS[extension], *(_PACKED[x] for x in rest)])
                yield Distribution(name, label, (folder / name).stat().st_size, digest)

    def _classes(self) -> list[tuple[Link, int]]:
        """Return each class with how many things are of it, the most first."""
        name, describer = self._site.vocabulary.labels.name, self._site.describer()
        counts = {
            item.subject: int(str(item.object))
            for item in self._description.statements(None, name("void:entities"))
        }
        found = [
            (item.object, counts.get(item.subject, 0))
            for item in self._description.statements(None, name("void:class"))
        ]
        ranked = sorted(found, key=lambda pair: (-pair[1], pair[0].value))
        return [(describer.term_link(term), number) for term, number in ranked]


_LABELS: Final = {item.extension: item.label for item in RDF_FORMATS} | {"csv": "CSV"}
_PACKED: Final = {word: word for word in COMPRESSIONS}


def size_in_words(size: int, language: str) -> str:
    """Return a number of bytes in the largest unit that keeps it above one."""
    value, power = float(size), 0
    while value >= _THOUSAND and power < len(_UNITS) - 1:
        value, power = value / _THOUSAND, power + 1
    number = format_decimal(value, "#,##0.#" if power else "#,##0", locale=language)
    return f"{number} {_UNITS[power]}"
