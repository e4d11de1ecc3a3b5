"""The blueprint of what publishers look for: the dataset, its releases, and a feed.

The description of the dataset is the file that each release holds; the pages show what
it and the manifest say. See https://www.w3.org/TR/vocab-dcat-3/, RFC 4287 for the feed
and https://www.w3.org/TR/void/#well-known for `/.well-known/void`.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import NotFound

from graph.cataloguing import LICENCE
from graph.dumping import COMPRESSIONS
from graph.formats import RDF_FORMATS, TURTLE, Format
from graph.store import Store
from graph.terms import Iri
from server.negotiation import HTML, by_word, choose
from server.representing import OFFERS, rdf_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response as AnyResponse

    from graph.interfaces import ServedRelease
    from graph.terms import Statement
    from server.site import Site
    from server.views import Link

DESCRIPTION: Final = "void.ttl"
CHANGES: Final = "changes.tsv"
#: Entities that the page of a release's changes lists, and releases that a feed tells.
CHANGED_ON_PAGE: Final = 500
RELEASES_IN_FEED: Final = 50
STATES: Final = ("new", "changed", "gone")
_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")
_THOUSAND: Final = 1_000


class Distribution(NamedTuple):
    """A file to download: its size in bytes and its SHA-256."""

    name: str
    label: str
    size: int
    digest: str


class Changed(NamedTuple):
    """What became of an entity since the release before, and by how many statements."""

    iri: str
    state: str
    added: int
    removed: int


class Summary(NamedTuple):
    """How many entities came, changed and went, and how many statements."""

    states: dict[str, int]
    added: int
    removed: int


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
        """Show what changed in a release, entity by entity."""
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
            "published": _day(site, site.release),
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


class ReleasePages:
    """The pages and the feed of the releases."""

    def __init__(self, site: Site) -> None:
        """Keep the site; what changed in a release is read once."""
        self._site = site
        self._summaries: dict[str, Summary | None] = {}

    def values(self) -> dict[str, Any]:
        """Return what the list of releases shows, the newest first."""
        return {
            "releases": [
                (item.manifest, _day(self._site, item), self._summary(item))
                for item in reversed(self._site.history.releases())
            ],
            "outer": self._outer(),
            "signed": _signed,
        }

    def show(self, identity: str) -> Response:
        """Return the page of what changed in a release."""
        release = self._site.history.get(identity)
        if release is None:
            raise NotFound
        links = self._site.links()
        changes = list(islice(_changes(release), CHANGED_ON_PAGE + 1))
        return self._site.page(
            "release.html",
            shown=release.manifest,
            day=_day(self._site, release),
            summary=self._summary(release),
            changes=changes[:CHANGED_ON_PAGE],
            cut=len(changes) > CHANGED_ON_PAGE,
            limit=CHANGED_ON_PAGE,
            link=lambda iri: self._site.describer().link(Iri(iri)),
            outer=self._outer(),
            local=links.local,
            signed=_signed,
        )

    def feed(self) -> Response:
        """Return the feed of the releases, the newest first."""
        newest = list(reversed(self._site.history.releases()))[:RELEASES_IN_FEED]
        response = self._site.page(
            "releases.xml",
            releases=[(item.manifest, self._summary(item)) for item in newest],
            base=self._site.base,
            outer=self._site.outer_address(),
            states=STATES,
        )
        response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
        return response

    def _outer(self) -> str:
        """Return the path below which the current release is answered from."""
        return request.script_root.removesuffix(self._site.mount())

    def _summary(self, release: ServedRelease) -> Summary | None:
        """Return how much changed in a release; None for one without a parent."""
        identity = release.manifest.id
        if identity not in self._summaries:
            self._summaries[identity] = _summarise(release)
        return self._summaries[identity]


def _changes(release: ServedRelease) -> Iterator[Changed]:
    """Yield what a release says that changed, line by line."""
    path = release.path / CHANGES
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        next(lines, None)
        for line in lines:
            entity, state, added, removed = line.rstrip("\n").split("\t")
            yield Changed(entity.strip("<>"), state, int(added), int(removed))


def _summarise(release: ServedRelease) -> Summary | None:
    if release.manifest.parent is None:
        return None
    states, added, removed = dict.fromkeys(STATES, 0), 0, 0
    for item in _changes(release):
        states[item.state] += 1
        added += item.added
        removed += item.removed
    return Summary(states, added, removed)


def _day(site: Site, release: ServedRelease) -> str:
    """Return the day that a release was published, in words."""
    return str(format_date(release.manifest.moment, "long", locale=site.language()))


def _signed(added: int, removed: int) -> str:
    return f"+{added} −{removed}"


def size_in_words(size: int, language: str) -> str:
    """Return a number of bytes in the largest unit that keeps it above one."""
    value, power = float(size), 0
    while value >= _THOUSAND and power < len(_UNITS) - 1:
        value, power = value / _THOUSAND, power + 1
    number = format_decimal(value, "#,##0.#" if power else "#,##0", locale=language)
    return f"{number} {_UNITS[power]}"
