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
from graph.indexing import FINDABLE
from graph.store import Store
from graph.terms import Iri, Literal
from server.changing import ReleasePages, day_of
from server.negotiation import form_of
from server.representing import OFFERS, rdf_response
from server.site import FRESH
from server.structured import dataset_as_json_ld
from server.wording import literal_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response as AnyResponse

    from graph.terms import Statement, Term
    from server.site import Site
    from server.views import Link

DESCRIPTION: Final = "void.ttl"
_DATE: Final = "http://www.w3.org/2001/XMLSchema#date"
_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")
_THOUSAND: Final = 1_000


class Distribution(NamedTuple):
    """A file to download: its size in bytes, its SHA-256, and what a table holds."""

    name: str
    label: str
    size: int
    digest: str
    holds: str


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
        form = form_of(word or None, request.headers.get("Accept"), OFFERS)
        etag = site.etag_of("/dataset", form)
        if request.if_none_match.contains_weak(etag):
            response = Response(status=304)
        elif isinstance(form, Format):
            response = rdf_response(site, self._statements, form)
        else:
            response = site.page("dataset.html", **self._values())
        response.set_etag(etag, weak=True)
        response.vary.update(("Accept", "Accept-Language"))
        response.headers["Cache-Control"] = FRESH
        response.headers["Link"] = f'<{LICENCE}>; rel="license"'
        return response

    def _statements(self) -> Iterator[Statement]:
        yield from self._description.statements()

    def _values(self) -> dict[str, Any]:
        site, counts = self._site, self._site.release.index.counts
        distributions = list(self._distributions())
        kinds = [(kind, counts[kind]) for kind in FINDABLE if counts.get(kind)]
        return {
            "distributions": distributions,
            "kinds": sorted(kinds, key=lambda item: -item[1]),
            "terms": {
                part: self._counted(f"void:{part}", f"void:{counted}")
                for part, counted in _PARTS.items()
            },
            "uses_of": lambda part, iri: _USES[part].format(iri=iri),
            "size": lambda value: size_in_words(value, site.language()),
            "formats": RDF_FORMATS,
            "licence": LICENCE,
            "published": day_of(site, site.release),
            "covered": self._covered(),
            "changed": self._one("dcterms:modified")[:10],
            "changed_in_words": self._changed_in_words(),
            "address_fixed": f"{site.outer_address()}/release/{self._identity}",
            "findings": site.release.report.get("counts", {}),
            "base": site.base,
            "json_ld": self._for_search_engines(distributions),
        }

    @property
    def _identity(self) -> str:
        return self._site.release.manifest.id

    @property
    def _dataset(self) -> Iri:
        return Iri(f"{self._site.base}release/{self._identity}")

    def _values_of(self, subject: Term, name: str) -> list[Term]:
        """Return what the description says of something by a property."""
        path = self._site.vocabulary.labels.name(name)
        found = self._description.statements(subject, path)
        return sorted((item.object for item in found), key=str)

    def _one(self, name: str) -> str:
        """Return a value of the dataset as text, that in the page's language first."""
        language = self._site.language()
        found = self._values_of(self._dataset, name)
        found.sort(key=lambda term: getattr(term, "language", None) != language)
        return found[0].value if found else ""

    def _changed_in_words(self) -> str:
        """Return the day on which the newest graph was made, in words."""
        day = Literal(self._one("dcterms:modified")[:10], None, _DATE)
        return literal_words(day, self._site.language())

    def _covered(self) -> list[str]:
        """Return the first and the last day of what is described, if any has one."""
        return [
            day.value
            for period in self._values_of(self._dataset, "dcterms:temporal")
            for name in ("dcat:startDate", "dcat:endDate")
            for day in self._values_of(period, name)
        ]

    def _distributions(self) -> Iterator[Distribution]:
        """Yield the tables and then the dumps, with what the manifest says of them."""
        folder, files = self._site.release.path, self._site.release.manifest.files
        for name in sorted(files, key=lambda name: (not name.endswith(".csv"), name)):
            start, extension, *rest = name.split(".")
            if start == "dataset" or extension == "csv":
                label = ", ".join([_LABELS[extension], *(_PACKED[x] for x in rest)])
                size = (folder / name).stat().st_size
                yield Distribution(name, label, size, files[name], self._holds(name))

    def _holds(self, name: str) -> str:
        """Return what a table holds, in words; the dumps need none."""
        if not name.endswith(".csv"):
            return ""
        file, language = Iri(f"{self._dataset.value}/{name}"), self._site.language()
        words = self._values_of(file, "dcterms:description")
        found = (x.value for x in words if getattr(x, "language", None) == language)
        return next(found, "")

    def _counted(self, part: str, counted: str) -> list[tuple[Link, int]]:
        """Return each class or property with how often it is used, the most first."""
        name, describer = self._site.vocabulary.labels.name, self._site.describer()
        counts = {
            item.subject: int(str(item.object))
            for item in self._description.statements(None, name(counted))
        }
        found = [
            (item.object, counts.get(item.subject, 0))
            for item in self._description.statements(None, name(part))
        ]
        ranked = sorted(found, key=lambda pair: (-pair[1], pair[0].value))
        return [(describer.term_link(term), number) for term, number in ranked]

    def _for_search_engines(self, distributions: list[Distribution]) -> str:
        """Return the dataset in schema.org's terms."""
        site, address = self._site, self._site.outer_address()
        return dataset_as_json_ld(
            site.release.manifest,
            address,
            site.language(),
            {
                "name": site.texts.text("site.name", site.language()),
                "description": self._one("dcterms:description"),
                "keywords": [
                    x.value for x in self._values_of(self._dataset, "dcat:keyword")
                ],
                "dateModified": self._one("dcterms:modified")[:10],
                "temporalCoverage": "/".join(self._covered()),
            },
            [(item.name, item.size, item.digest) for item in distributions],
        )


#: What VoID counts the use of, and by what.
_PARTS: Final = {"class": "entities", "property": "triples"}
#: A query for the uses of a class or a property.
_USES: Final = {
    "class": "SELECT ?thing WHERE {{ ?thing a <{iri}> }} LIMIT 100",
    "property": "SELECT ?thing ?value WHERE {{ ?thing <{iri}> ?value }} LIMIT 100",
}
_LABELS: Final = {item.extension: item.label for item in RDF_FORMATS} | {"csv": "CSV"}
_PACKED: Final = {word: word for word in COMPRESSIONS}


def size_in_words(size: int, language: str) -> str:
    """Return a number of bytes in the largest unit that keeps it above one."""
    value, power = float(size), 0
    while value >= _THOUSAND and power < len(_UNITS) - 1:
        value, power = value / _THOUSAND, power + 1
    number = format_decimal(value, "#,##0.#" if power else "#,##0", locale=language)
    return f"{number} {_UNITS[power]}"
