"""The blueprint of the pages about the record itself: sources, disputes, quality.

What was read and what each source says; where sources contradict each other; what the
gate found; and who sat with whom, which only the record can tell.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Blueprint, Response, request

from graph.findings import SEVERITIES
from graph.terms import Iri
from server.contradicting import contradiction
from server.panels import COMPANY
from server.parameters import choice, part_asked
from server.quality import finding_of, past_of, rules_of
from server.tabulating import links_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.terms import Term
    from server.describing import Describer
    from server.site import Site
    from server.views import Link, Table

#: How many sources, contradictions and findings are on a page.
SOURCES: Final = 50
CONTRADICTIONS: Final = 10
FINDINGS: Final = 25
#: A matrix of more persons than this cannot be read.
PERSONS: Final = 40
#: Shades that tell more meetings from fewer.
SHADES: Final = 4


class Source(NamedTuple):
    """A document that was read, and how many statements were taken from it.

    `dated` is as exact as the document has it.
    """

    document: Link
    kind: Link | None
    dated: str
    publishers: tuple[Link, ...]
    graph: Link
    statements: int


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint of the pages about the record of a site's release."""
    routes = Blueprint("records", __name__)

    @routes.route("/bronnen")
    def sources() -> Response:
        """List what was read, by kind and year, with what each source says."""
        return _sources_page(site)

    @routes.route("/tegenspraken")
    def contradictions() -> Response:
        """List where sources contradict each other, both sides with their sources."""
        return _contradictions_page(site)

    @routes.route("/kwaliteit")
    def quality() -> Response:
        """Tell what the gate found, and what it found in earlier releases."""
        return _quality_page(site)

    @routes.route("/samen")
    def together() -> Response:
        """Tell who sat with whom, and how often."""
        return _together_page(site)

    return routes


def _sources_page(site: Site) -> Response:
    describer = site.describer()
    rows = site.asker.rows("sources")
    kinds = Counter(_last(item.get("kind")) for item in rows)
    years = Counter(_year(item) for item in rows)
    kind, year = (
        choice(request.args, "soort", kinds),
        choice(request.args, "jaar", years),
    )
    chosen = [
        item
        for item in rows
        if kind in {"", _last(item.get("kind"))} and year in {"", _year(item)}
    ]
    part = part_asked(request.args, len(chosen), SOURCES)
    labels = {_last(i["kind"]): describer.link(i["kind"]) for i in rows if "kind" in i}
    return site.page(
        "sources.html",
        sources=[_source(site, describer, i) for i in chosen[part.start : part.end]],
        kinds=[(key, labels.get(key), n) for key, n in kinds.most_common()],
        years=sorted(years.items(), reverse=True),
        kind=kind,
        year=year,
        total=len(chosen),
        part=part,
    )


def _source(site: Site, describer: Describer, item: Mapping[str, Term]) -> Source:
    document = Iri(item["thing"].value)
    return Source(
        describer.link(document),
        describer.link(item["kind"]) if "kind" in item else None,
        "; ".join(link.text for link in links_of(describer, document, "ovl:dated")),
        links_of(describer, document, "dcterms:publisher"),
        describer.link(item["graph"]),
        site.graph_sizes.get(item["graph"].value, 0),
    )


def _last(term: Term | None) -> str:
    """Return the last word of an IRI, by which it can be asked for."""
    return term.value.rpartition("/")[2] if term else "-"


def _year(item: Mapping[str, Term]) -> str:
    return item["first"].value[:4] if "first" in item else "-"


def _contradictions_page(site: Site) -> Response:
    describer = site.describer()
    rows = site.asker.rows("contradictions")
    kinds = Counter(_last(item["kind"]) for item in rows)
    ruled = {item["thing"] for item in rows if _by_rule(site, item)}
    kind = choice(request.args, "soort", kinds)
    chosen = [item for item in rows if kind in {"", _last(item["kind"])}]
    part = part_asked(request.args, len(chosen), CONTRADICTIONS)
    labels = {_last(item["kind"]): describer.link(item["kind"]) for item in rows}
    return site.page(
        "contradictions.html",
        disputes=[
            (contradiction(describer, Iri(item["thing"].value)), item["thing"] in ruled)
            for item in chosen[part.start : part.end]
        ],
        kinds=[(key, labels[key], count) for key, count in kinds.most_common()],
        kind=kind,
        total=len(chosen),
        found=len(rows),
        ruled=len(ruled),
        part=part,
    )


def _by_rule(site: Site, item: Mapping[str, Term]) -> bool:
    """Tell whether a rule found a contradiction, and not a reader."""
    return item["group"].value.startswith(f"{site.base}graph/afgeleid/")


def _quality_page(site: Site) -> Response:
    describer, report = site.describer(), site.release.report
    rules = rules_of(describer, report)
    severity = choice(request.args, "ernst", SEVERITIES)
    rule = choice(request.args, "regel", {item.short for item in rules})
    shapes = {item.shape.iri: item.short for item in rules}
    findings = [
        item
        for item in report.get("findings", [])
        if severity in {"", item["severity"]} and rule in {"", shapes[item["shape"]]}
    ]
    part = part_asked(request.args, len(findings), FINDINGS)
    return site.page(
        "quality.html",
        report=report,
        severities=SEVERITIES,
        rules=rules,
        severity=severity,
        rule=rule,
        total=len(findings),
        findings=[finding_of(describer, i) for i in findings[part.start : part.end]],
        past=past_of(site),
        part=part,
    )


def _together_page(site: Site) -> Response:
    describer = site.describer()
    rows = site.asker.rows("together")
    counts = {
        (item["from"], item["to"]): int(item["number"].value)
        for item in rows
        if {"from", "to", "number"} <= item.keys()
    }
    persons = _by_company(describer, counts)
    names = {_last(person): person for person in persons}
    chosen = choice(request.args, "persoon", names)
    person, other = names.get(chosen), names.get(choice(request.args, "met", names))
    return site.page(
        "together.html",
        persons=[(key, describer.link(names[key])) for key in names],
        matrix=_matrix(describer, persons[:PERSONS], counts),
        most=max(SHADES, *counts.values()),
        shaded=len(set(counts.values())) > 1,
        hidden=max(0, len(persons) - PERSONS),
        chosen_person=chosen,
        person=describer.link(person) if person else None,
        other=describer.link(other) if other else None,
        shared=_shared(site, describer, person, other),
        panels=site.panels().all(COMPANY, person) if isinstance(person, Iri) else [],
    )


def _shared(
    site: Site, describer: Describer, one: Term | None, other: Term | None
) -> tuple[Table, ...]:
    """Return the meetings that two persons took part in, as tables."""
    if not isinstance(one, Iri) or not isinstance(other, Iri):
        return ()
    found = site.asker.rows("meetings-of-two", one=one, other=other)
    things = [item["thing"] for item in found]
    return tables_of(describer, [item for item in things if isinstance(item, Iri)])


def _by_company(
    describer: Describer, counts: Mapping[tuple[Term, Term], int]
) -> list[Term]:
    """Return the persons, those with the most company first."""
    totals: Counter[Term] = Counter()
    for (person, _), count in counts.items():
        totals[person] += count
    return sorted(totals, key=lambda p: (-totals[p], describer.link(p).text, str(p)))


def _matrix(
    describer: Describer,
    persons: Sequence[Term],
    counts: Mapping[tuple[Term, Term], int],
) -> list[tuple[Link, str, list[int | None]]]:
    """Return a row for each person: how often with each, None with themselves."""
    return [
        (
            describer.link(person),
            _last(person),
            [None if o == person else counts.get((person, o), 0) for o in persons],
        )
        for person in persons
    ]
