"""The blueprint of the pages that show the domain as people ask about it.

Who sat at a table, when it met, what was agreed and what became of it: each page is
made of queries in `graph/views/`, and each value leads to its source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect, request

from graph.terms import Iri
from server.calendars import calendar, inner_gaps
from server.contradicting import contradictions_about
from server.errors import ParameterValueError, UnknownResourceError
from server.panels import DAYS, NUMBERS, TIMELINE
from server.parameters import choice, day_asked
from server.presence import presence
from server.sketching import within
from server.tabulating import brief_of, links_of, tables_of, without
from server.timelines import Window
from server.views import Link
from server.wording import day_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from werkzeug.wrappers import Response as AnyResponse

    from graph.terms import Term
    from server.describing import Describer
    from server.site import Site
    from server.sketching import Answers
    from server.views import Table

#: What the page of a day shows of its meetings, by the queries `meeting-…`.
_OF_MEETINGS: Final = ("agreements", "participants", "reports")
#: The kind of thing that a table is, in the path of its IRI.
_BODIES: Final = "id/organisatie/"


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint of the overviews of a site's release."""
    routes = Blueprint("overviews", __name__)

    @routes.route("/op-datum")
    def on_day() -> Response:
        """Tell who chaired a table on a day, and who sat there."""
        return _day_page(site)

    @routes.route("/tijdlijn")
    def timelines() -> AnyResponse:
        """Lead to the timeline of a table: the one asked for, or the first."""
        name = choice(request.args, "tafel", bodies(site)) or next(
            iter(bodies(site)), ""
        )
        if not name:
            raise UnknownResourceError(site.base + _BODIES)
        return redirect(site.links().page(f"/tijdlijn/{name}"), 303)

    @routes.route("/tijdlijn/<name>")
    def timeline(name: str) -> Response:
        """Show a table through time."""
        return _timeline_page(site, name)

    @routes.route("/overleggen")
    def meetings() -> Response:
        """List the meetings of a table, as a calendar too, with what is missing."""
        return _meetings_page(site)

    @routes.route("/afspraken")
    def agreements() -> Response:
        """List agreements, with their points and what became of them."""
        return _agreements_page(site)

    @routes.route("/toezeggingen")
    def commitments() -> Response:
        """List commitments by what became of them."""
        return _commitments_page(site)

    @routes.route("/cijfers")
    def numbers() -> Response:
        """Show quotas and targets, with the sets that disagree side by side."""
        made = site.panels().all(NUMBERS)
        return site.page("numbers.html", panels=made)

    @routes.route("/dossiers")
    def dossiers() -> Response:
        """List dossiers, which lead to their way from promise to letter."""
        found = site.asker.rows("dossiers")
        things = [item["thing"] for item in found if isinstance(item["thing"], Iri)]
        tables = tables_of(site.describer(), things)
        return site.page("dossiers.html", tables=tables)

    return routes


def bodies(site: Site) -> dict[str, Iri]:
    """Return the tables by the last word of their IRI, the best known first."""
    start = site.base + _BODIES
    found = (item["thing"].value for item in site.bodies)
    return {v.removeprefix(start): Iri(v) for v in found if v.startswith(start)}


def body_choices(site: Site, describer: Describer) -> list[tuple[str, Link]]:
    """Return the tables to choose from, by name."""
    return [(name, describer.link(iri)) for name, iri in bodies(site).items()]


def _asked_body(site: Site) -> tuple[str, Iri]:
    """Return the table that is asked for, or else the best known one."""
    known = bodies(site)
    name = choice(request.args, "tafel", known) or next(iter(known), "")
    if not name:
        raise UnknownResourceError(site.base + _BODIES)
    return name, known[name]


def _asked_window() -> Window:
    """Return the part of time that is asked for."""
    first, last = day_asked(request.args, "van"), day_asked(request.args, "tot")
    if first and last and first > last:
        raise ParameterValueError("tot", f"≥ {first.isoformat()}")
    return Window(first, last, day_asked(request.args, "peildatum"))


def _day_page(site: Site) -> Response:
    describer = site.describer()
    (name, body), day = _asked_body(site), day_asked(request.args, "datum")
    found = presence(site.asker, describer, body, day) if day else None
    return site.page(
        "on-day.html",
        choices=body_choices(site, describer),
        chosen_body=name,
        body=describer.link(body),
        day=day,
        day_words=day_words(day, describer.language) if day else "",
        found=found,
        of_meetings=_parts_of_day(site, describer, body, day) if day else {},
        meetings=() if day else tables_of(describer, site.lister.meetings_of(body)),
    )


def _parts_of_day(
    site: Site, describer: Describer, body: Iri, day: date
) -> dict[str, tuple[Table, ...]]:
    """Return tables of each part of the meetings that surest were on a day."""
    met = site.asker.rows("meetings-on-day", body=body, at=day)
    meetings = [
        item["thing"]
        for item in met
        if isinstance(item["thing"], Iri) and item["sure"] == met[0]["sure"]
    ]
    about = meetings[0] if len(meetings) == 1 else None
    return {
        part: tables_of(describer, _things_in(site, f"meeting-{part}", meetings), about)
        for part in _OF_MEETINGS
    }


def _things_in(site: Site, query: str, meetings: Iterable[Iri]) -> list[Iri]:
    """Return the things that a query finds of any of some meetings."""
    found = [
        item["thing"]
        for meeting in meetings
        for item in site.asker.rows(query, meeting=meeting)
    ]
    return [item for item in found if isinstance(item, Iri)]


def _timeline_page(site: Site, name: str) -> Response:
    describer, body = site.describer(), bodies(site).get(name)
    if body is None:
        raise UnknownResourceError(site.base + _BODIES + name)
    window = _asked_window()
    return site.page(
        "timeline.html",
        choices=body_choices(site, describer),
        chosen_body=name,
        body=describer.link(body),
        window=window,
        mark_words=day_words(window.mark, describer.language) if window.mark else "",
        panels=site.panels().all(TIMELINE, body, window),
    )


def _meetings_page(site: Site) -> Response:
    describer, window = site.describer(), _asked_window()
    name, body = _asked_body(site)
    found = site.asker.rows("body-meetings", body=body)
    answers = within(describer, found, window)
    inner = inner_gaps(describer, answers)
    notes = {gap: (_within_gap(describer, inner[gap]),) for gap in inner}
    things = {style: _of_style(answers, style) for style in ("happened", "gap")}
    tables = {
        style: tables_of(describer, found, body, notes=notes)
        for style, found in things.items()
    }
    return site.page(
        "meetings.html",
        choices=body_choices(site, describer),
        chosen_body=name,
        body=describer.link(body),
        window=window,
        years=calendar(describer, answers),
        months=describer.text("calendar.short_months").split(", "),
        tables=tables,
        total=len(things["happened"]),
        gaps=len(things["gap"]) - len(inner),
    )


def _of_style(answers: Answers, style: str) -> list[Iri]:
    """Return the things that answers of a style are about, each once."""
    found = (item["thing"] for item in answers if item["style"].value == style)
    return [thing for thing in dict.fromkeys(found) if isinstance(thing, Iri)]


def _within_gap(describer: Describer, gap: Term) -> Link:
    """Return a note that leads to the gap that another one lies in."""
    link = describer.link(gap)
    return link._replace(text=describer.text("overview.gap_within", gap=link.text))


def _agreements_page(site: Site) -> Response:
    describer = site.describer()
    wholes = [
        item["thing"]
        for item in site.asker.rows("agreements")
        if isinstance(item["thing"], Iri)
    ]
    sections = []
    for whole in wholes:
        parts = site.asker.rows("agreement-parts", whole=whole)
        points = [item["thing"] for item in parts if isinstance(item["thing"], Iri)]
        brief = brief_of(describer, whole)
        told = [tuple(value.link for value in cell) for _, cell in brief.pairs]
        tables = tables_of(describer, points, whole)
        days = links_of(describer, whole, "ovl:dated")
        dated = "; ".join(link.text for link in days)
        sections.append((describer.link(whole), dated, brief, without(tables, told)))
    return site.page("agreements.html", sections=sections)


def _commitments_page(site: Site) -> Response:
    describer, day = site.describer(), site.release.manifest.moment.date()
    words = day_words(day, describer.language)
    overdue = Link(describer.text("overview.overdue", day=words))
    groups: dict[Iri, dict[Iri, tuple[Link, ...]]] = {}
    for item in site.asker.rows("commitments", at=day):
        status, thing = item["group"], item["thing"]
        if isinstance(status, Iri) and isinstance(thing, Iri):
            late = (overdue,) if "overdue" in item else ()
            notes = late + _disputes(describer, thing)
            groups.setdefault(status, {})[thing] = notes
    board = [
        (
            describer.link(status),
            len(things),
            tables_of(describer, things, status, notes=things),
        )
        for status, things in groups.items()
    ]
    return site.page(
        "commitments.html",
        board=board,
        total=sum(count for _, count, _ in board),
        panels=site.panels().all(DAYS),
    )


def _disputes(describer: Describer, thing: Iri) -> tuple[Link, ...]:
    """Return a note that leads to where sources contradict each other about a thing."""
    found = contradictions_about(describer, thing)
    kinds = ", ".join(sorted({item.kind.text for item in found}))
    text = describer.text("overview.disputed", kinds=kinds)
    href = f"{describer.link(thing).href}#contradictions"
    return (Link(text, href),) if found else ()
