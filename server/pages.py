"""The blueprint of the pages for people: the start, and lists by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, request

from graph.namespaces import KINDS
from graph.terms import Iri
from server.errors import UnknownResourceError
from server.featuring import feature
from server.overviews import body_choices
from server.parameters import page_number
from server.questions import read_questions
from server.tabulating import tables_of
from server.viewing import attempt
from server.wording import day_words

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from server.describing import Describer
    from server.site import Site
    from server.views import Link

#: The table that it is about, and the letter that it began with.
TABLE: Final = "id/organisatie/lrt"
LETTER: Final = "id/document/brief-2021-12-20-jenv-lrt"
#: What is counted on the start page, and where each leads.
COUNTS: Final = (
    ("meetings", "/overleggen"),
    ("organisations", "/doc/organisatie"),
    ("persons", "/doc/persoon"),
    ("documents", "/doc/document"),
    ("sources", "/bronnen"),
    ("statements", "/sparql"),
)
#: What people come to ask, in plain words, and the page that answers it.
ENTRIES: Final = (
    ("timeline", "/tijdlijn/lrt"),
    ("meetings", "/overleggen"),
    ("agreements", "/afspraken"),
    ("commitments", "/toezeggingen"),
    ("numbers", "/cijfers"),
    ("dossiers", "/dossiers"),
    ("together", "/samen"),
    ("contradictions", "/tegenspraken"),
    ("sources", "/bronnen"),
)
#: Kinds of what the record is about, those that people look for first; the others tell
#: how it is recorded.
ABOUT: Final = (
    "overleg",
    "organisatie",
    "persoon",
    "functie",
    "zetel",
    "lidmaatschap",
    "deelname",
    "afspraak",
    "toezegging",
    "waarneming",
    "dossier",
    "debat",
    "uitspraak",
    "regeling",
    "wijziging",
    "document",
)


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint of the pages that lead to the data."""
    routes = Blueprint("pages", __name__)
    questions = read_questions(site.base)

    @routes.route("/")
    def home() -> Response:
        """Say what this is and where to start."""
        describer, body = site.describer(), Iri(site.base + TABLE)
        meetings = site.lister.meetings_of(body)
        failed: list[str] = []
        shown = attempt("feature", lambda: feature(site.asker, describer, body), failed)
        return site.page(
            "home.html",
            counts=[(k, p, site.release.manifest.counts.get(k, 0)) for k, p in COUNTS],
            table=_known(site, describer, TABLE),
            letter=_known(site, describer, LETTER),
            meetings=tables_of(describer, meetings),
            feature=shown,
            feature_day=day_words(shown.day, describer.language) if shown else "",
            body=describer.link(body),
            questions=questions,
            entries=ENTRIES,
            choices=body_choices(site, describer),
            failed=failed,
        )

    @routes.route("/doc")
    def list_kinds() -> Response:
        """List the kinds of things, with how many there are."""
        counts = site.release.index.counts
        families = {"about": ABOUT, "record": [k for k in KINDS if k not in ABOUT]}
        known = {
            name: [(kind, counts[kind]) for kind in kinds if counts.get(kind)]
            for name, kinds in families.items()
        }
        shown = {name: kinds for name, kinds in known.items() if kinds}
        return site.page("kinds.html", families=shown)

    @routes.route("/doc/<kind>")
    def list_kind(kind: str) -> Response:
        """List the things of a kind."""
        if kind not in KINDS:
            raise UnknownResourceError(f"{site.base}id/{kind}")
        return _kind_page(site, kind)

    @routes.route("/<any(nl, en):language>")
    @routes.route("/<any(nl, en):language>/<path:path>")
    def choose_language(language: str, path: str = "") -> AnyResponse:
        """Lead to a page in a language, which its links then keep."""
        kept = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
        place = request.script_root + "/" + quote(path.lstrip("/\\"), safe="/:@,;=()")
        return redirect(f"{place}?{urlencode([*kept, ('lang', language)])}", 302)

    return routes


def _known(site: Site, describer: Describer, path: str) -> Link | None:
    """Return a link to what stands at a path, if the release describes it."""
    iri = Iri(site.base + path)
    known = next(site.release.store.statements(iri), None)
    return describer.link(iri) if known else None


def _kind_page(site: Site, kind: str) -> Response:
    index, size = site.release.index, site.settings.things_on_page
    total = index.counts.get(kind, 0)
    pages = max(1, -(-total // size))
    page = page_number(request.args, pages)
    things = map(Iri, index.of_kind(kind, size, (page - 1) * size))
    return site.page(
        "list.html",
        kind=kind,
        total=total,
        page=page,
        pages=pages,
        tables=tables_of(site.describer(), things),
    )
