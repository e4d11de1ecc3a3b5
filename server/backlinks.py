"""The blueprint of backlinks: all that points at a thing by a property."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request

from graph.formats import CSV
from graph.terms import Iri
from server.errors import UnknownResourceError
from server.parameters import iri_of, page_number, short
from server.pointing import Pointer
from server.representing import content_type
from server.streaming import breaking
from server.tabulating import tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.site import Site

#: Columns of the table, and how many rows are read at a time; each part is looked for
#: from the beginning, so a few large ones cost less than many.
COLUMNS: Final = ("iri", "name_nl", "name_en")
AT_ONCE: Final = 20_000
#: The last page that is looked for before it is known how many there are.
LAST: Final = 1_000_000


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint of backlinks."""
    routes = Blueprint("backlinks", __name__)

    @routes.route("/backlinks")
    def backlinks() -> Response:
        """List what points at a thing by a property, a page at a time."""
        return _page(site) if request.args.get("by") else _overview(site)

    @routes.route("/backlinks.csv")
    def table() -> Response:
        """Give the same as a table, every row of it."""
        thing, path = _asked(site)
        response = Response(
            breaking(lambda: _rows(site, thing, path)),
            content_type=content_type(CSV),
        )
        name = f"{short(thing.value, site.base)}-{short(path.value, site.base)}.csv"
        plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
        response.headers.set("Content-Disposition", "attachment", filename=plain)
        return response

    return routes


def _page(site: Site) -> Response:
    """Return a page of what points at a thing by a property."""
    thing, path = _asked(site)
    size = site.settings.things_on_page
    number = page_number(request.args, LAST)
    total, things = site.lister.page_pointing(thing, path, size, (number - 1) * size)
    pages = max(1, -(-total // size))
    page_number(request.args, pages)
    describer = site.describer()
    words = {
        "of": short(thing.value, site.base),
        "by": short(path.value, site.base),
    }
    link = site.links().page
    return site.page(
        "backlinks.html",
        thing=describer.link(thing),
        name=Pointer(describer, site.lister, site.calendar, size).name(path),
        total=total,
        page=number,
        pages=pages,
        tables=tables_of(describer, things, thing),
        page_href=lambda n: link("/backlinks", **words, page=n),
        csv_href=link("/backlinks.csv", **words),
    )


def _overview(site: Site) -> Response:
    """Return how much points at a thing, by property."""
    thing, describer, bound = _thing(site), site.describer(), 0
    pointer = Pointer(describer, site.lister, site.calendar, bound)
    facts = pointer.facts(thing, {})
    if not facts:
        raise UnknownResourceError(thing.value)
    return site.page("backlinks.html", thing=describer.link(thing), facts=facts)


def _thing(site: Site) -> Iri:
    text = request.args.get("of", "")
    return Iri(iri_of(text, "of", site.base, "organisatie:lrt"))


def _asked(site: Site) -> tuple[Iri, Iri]:
    """Return the thing and the property that are asked for."""
    thing, text = _thing(site), request.args.get("by", "")
    path = Iri(iri_of(text, "by", site.base, "org:organization"))
    if next(site.release.store.statements(None, path, thing), None) is None:
        raise UnknownResourceError(thing.value)
    return thing, path


def _rows(site: Site, thing: Iri, path: Iri) -> Iterator[str]:
    """Yield the lines of the table."""
    found = site.vocabulary.labels.found
    yield ",".join(COLUMNS) + "\r\n"
    for things in site.lister.parts_pointing(thing, path, AT_ONCE):
        text = io.StringIO()
        writer = csv.writer(text)
        for item in things:
            labels = [found(item, language) for language in ("nl", "en")]
            writer.writerow([item.value, *(x.text if x else "" for x in labels)])
        yield text.getvalue()
