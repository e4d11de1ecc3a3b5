"""What is shown of a kind of thing beside its facts: charts, ego networks, tables.

A panel is a query in `graph/views/` and a way to draw its answer; the two tables here
say which panels there are. A new panel is a query, a row and its words.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.terms import Iri
from server.answering import note_failure
from server.contradicting import contradiction
from server.sketching import (
    draw_bars,
    draw_company,
    draw_timeline,
    within,
)
from server.tabulating import tables_of
from server.timelines import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from server.answering import Asker
    from server.charting import Chart
    from server.describing import Describer
    from server.drawing import Ego
    from server.sketching import Answers
    from server.timelines import Window
    from server.views import Contradiction, Table

_LOG: Final = logging.getLogger(__name__)


class Spec(NamedTuple):
    """A panel: its name in the texts, its query and what that is given, its drawing."""

    name: str
    query: str
    given: str = ""
    drawn: str = ""


@dataclass(frozen=True)
class Panel:
    """A panel as it is shown; one that `failed` says so, and the page stands.

    A chart is a table itself; an ego network and sides are lists, so none has tables.
    `drawn` are the addresses of all that is in it, unless something was left out;
    `query` asks for all of it.
    """

    name: str
    chart: Chart | None = None
    ego: Ego | None = None
    sides: Contradiction | None = None
    tables: tuple[Table, ...] = ()
    total: int = 0
    drawn: tuple[str, ...] = ()
    query: str = ""
    failed: bool = False

    @property
    def left_out(self) -> int:
        """Return how many rows or things are not on the page."""
        if drawn := self.chart or self.ego:
            return drawn.hidden
        if self.sides:
            return 0
        return self.total - sum(len(table.rows) for table in self.tables)


#: The panels of the page of a thing, by class.
PANELS: Final[Mapping[str, tuple[Spec, ...]]] = {
    "ovl:ConsultationBody": (
        Spec("chairs", "body-chairs", "body", "timeline"),
        Spec("meetings", "body-meetings", "body", "timeline"),
    ),
    "ovl:Meeting": (
        Spec("meeting_chair", "meeting-chair", "meeting"),
        Spec("meeting_participants", "meeting-participants", "meeting"),
        Spec("meeting_agreements", "meeting-agreements", "meeting"),
        Spec("meeting_statements", "meeting-statements", "meeting"),
        Spec("meeting_reports", "meeting-reports", "meeting"),
    ),
    "ovl:Agreement": (
        Spec("agreement_parts", "agreement-parts", "whole"),
        Spec("agreement_fate", "agreement-fate", "whole"),
    ),
    "ovl:ParliamentaryCommitment": (
        Spec("promise_path", "promise-path", "promise", "timeline"),
    ),
    "ovl:Dossier": (Spec("dossier_path", "dossier-path", "dossier", "timeline"),),
    "ovl:Contradiction": (Spec("claims", "claims", "contradiction", "sides"),),
    "qb:DataSet": (Spec("observations", "observations", "series", "bars"),),
    "foaf:Person": (
        Spec("person_offices", "person-offices", "person", "timeline"),
        Spec("person_company", "person-company", "from", "company"),
    ),
    "org:Post": (Spec("post_holders", "post-holders", "post", "timeline"),),
    "ovl:Seat": (Spec("seat_holders", "post-holders", "post", "timeline"),),
}

#: The panels of the page of a table through time, in order.
TIMELINE: Final = (
    Spec("chairs", "body-chairs", "body", "timeline"),
    Spec("seats", "body-seats", "body", "timeline"),
    Spec("members", "body-members", "body", "timeline"),
    Spec("offices", "body-offices", "body", "timeline"),
    Spec("secretariat", "body-secretariat", "body", "timeline"),
    Spec("rhythm", "body-rhythm", "body", "timeline"),
    Spec("remit", "body-remit", "body", "timeline"),
    Spec("meetings", "body-meetings", "body", "timeline"),
)
#: The panels of the page of numbers, in order.
NUMBERS: Final = (
    Spec("quotas", "quotas", "", "bars"),
    Spec("backlogs", "backlogs", "", "bars"),
    Spec("targets", "targets-by-province", "", "bars"),
    Spec("targets_in_all", "targets-in-all", "", "bars"),
    Spec("targets_minors", "targets-minors-by-province", "", "bars"),
    Spec("totals", "totals"),
    Spec("places", "places", "", "bars"),
)
#: How long it took until something was met.
DAYS: Final = (Spec("days", "days-until-fulfilment", "", "bars"),)
#: With whom someone sat, and at what.
COMPANY: Final = (
    Spec("person_company", "person-company", "from", "company"),
    Spec("person_meetings", "person-meetings", "person"),
)

_DRAWERS: Final[
    Mapping[str, Callable[[Describer, Answers, str, Window], Chart | None]]
] = {"timeline": draw_timeline, "bars": draw_bars}


class Panels:
    """Makes panels, with so many things in a table at the most."""

    def __init__(self, asker: Asker, describer: Describer, bound: int) -> None:
        """Keep what asks and what describes."""
        self._asker = asker
        self._describer = describer
        self._bound = bound

    def of(self, iri: Iri, window: Window = ALWAYS) -> list[Panel]:
        """Return the panels of the page of a thing that have something to show."""
        classes = set(self._describer.classes(iri))
        specs = (
            spec
            for key, specs in PANELS.items()
            if self._describer.name(key) in classes
            for spec in specs
        )
        return self.all(specs, iri, window)

    def all(
        self, specs: Iterable[Spec], iri: Iri | None = None, window: Window = ALWAYS
    ) -> list[Panel]:
        """Return panels about a thing that have something to show, or have failed."""
        made = (self.make(spec, iri, window) for spec in specs)
        return [panel for panel in made if panel.failed or panel.total]

    def make(self, spec: Spec, iri: Iri | None, window: Window) -> Panel:
        """Return a panel; whatever goes wrong in it stays in it, and is logged."""
        try:
            return self._make(spec, iri, window)
        except Exception:  # noqa: BLE001  a panel must not take its page along
            _LOG.exception("panel %s of %s failed", spec.name, iri)
            note_failure()
            return Panel(spec.name, failed=True)

    def _make(self, spec: Spec, iri: Iri | None, window: Window) -> Panel:
        given = {spec.given: iri} if spec.given and iri else {}
        found = self._asker.rows(spec.query, **given)
        answers = within(self._describer, found, window)
        about = (item.get("thing", item.get("to")) for item in answers)
        things = list(dict.fromkeys(item for item in about if isinstance(item, Iri)))
        title = self._describer.text(f"panels.{spec.name}")
        chart = company = sides = None
        if spec.drawn == "company" and iri:
            company = draw_company(self._describer, answers, iri)
            things = things if company else []
        elif spec.drawn == "sides" and iri:
            sides = contradiction(self._describer, iri)
        elif draw := _DRAWERS.get(spec.drawn):
            chart = draw(self._describer, answers, title, window)
        drawn = chart or company or sides
        listed = [] if drawn else things[: self._bound]
        shown = things if sides else listed
        if chart:
            shown = [] if chart.hidden else things
        return Panel(
            spec.name,
            chart,
            company,
            sides,
            tables_of(self._describer, listed, iri),
            len(things),
            tuple(self._describer.link(thing).href or "" for thing in shown),
            self._asker.query(spec.query, **given),
        )
