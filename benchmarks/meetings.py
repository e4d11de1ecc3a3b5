"""The meetings of a generated table: who took part, and what came of each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from benchmarks.sources import Document, iri, labels, term, text, typed
from benchmarks.words import SENTENCES, THEMES

if TYPE_CHECKING:
    from datetime import date

    from benchmarks.tables import Table

#: Of the partners, all but the last take part by a person.
PARTNERS: Final = 4


def report_of(table: Table, k: int, day: date) -> Document:
    """Return the report of a meeting."""
    who, name = table.people, f"verslag-{table.number}-{k}"
    report = Document(name, "nieuwsbericht", day + timedelta(days=2), who.ministry)
    source = ("ovl:evidence", report.place("Verslag"))
    dated = ("ovl:dated", report.period(day))
    meeting = iri("overleg", name)
    _participations(table, report, meeting, source)
    items = [iri("agendapunt", f"{name}-{i}") for i in (1, 2)]
    for order, item in enumerate(items, start=1):
        report.add(
            item,
            ("rdf:type", term("ovl:AgendaItem")),
            *labels(f"Punt {order} van {name}", f"Item {order} of {name}"),
            ("eli-dl:activity_order", typed(order, "integer")),
        )
    report.add(
        meeting,
        ("rdf:type", term("ovl:Meeting")),
        *labels(f"Tafel {table.number}, {day}", f"Table {table.number}, {day}"),
        ("eli-dl:had_responsible_organization", who.body),
        ("eli-dl:number_of_attendees", typed(PARTNERS + k, "integer")),
        ("eli-dl:recorded_in_a_realization_of", report.node),
        *(("eli-dl:consists_of", item) for item in items),
        dated,
        source,
    )
    _outcomes(table, report, meeting, dated)
    return report


def _participations(
    table: Table, report: Document, meeting: str, source: tuple[str, str]
) -> None:
    who = table.people
    named = [
        [("had_participant_person", who.persons[i]), ("participation_role", role)]
        for i, role in enumerate(
            [iri("begrip", "deelname-voorzitter")]
            + [iri("begrip", "deelname-deelnemer")] * (PARTNERS - 1)
        )
    ]
    named.append([("had_participant_organization", who.partners[-1])])
    for i, facts in enumerate(named):
        node = report.add(
            iri("deelname", f"{report.name}-{i}"),
            ("rdf:type", term("eli-dl:Participation")),
            *((f"eli-dl:{name}", value) for name, value in facts),
            *([("ovl:viaPost", who.posts[0])] if i == 0 else ()),
            source,
        )
        report.add(meeting, ("eli-dl:had_participation", node))
        if i < PARTNERS:
            report.add(who.persons[i], ("rdf:type", term("foaf:Person")))


def _outcomes(
    table: Table, report: Document, meeting: str, dated: tuple[str, str]
) -> None:
    who, chance, name = table.people, table.chance, report.name
    report.add(
        iri("afspraak", name),
        ("rdf:type", term("ovl:Agreement")),
        *labels(f"Afspraak in {name}", f"Agreement in {name}"),
        ("dcterms:type", iri("begrip", "afspraak-afspraak")),
        ("dcterms:description", text(chance.choice(SENTENCES))),
        ("dcterms:subject", iri("begrip", f"thema-{chance.choice(THEMES)}")),
        ("ovl:agreedIn", meeting),
        ("ovl:party", who.ministry),
        ("ovl:party", chance.choice(who.partners)),
        ("ovl:evidence", report.place("Afspraken")),
        dated,
    )
    spoken = chance.random() < 0.5
    report.add(
        iri("uitspraak", name),
        ("rdf:type", term("ovl:ReportedStatement")),
        *labels(f"Uitspraak in {name}", f"Statement in {name}"),
        ("dcterms:description", text(chance.choice(SENTENCES))),
        ("ovl:saidAt", meeting),
        ("ovl:evidence", report.place("Besproken")),
        ("prov:wasAttributedTo", chance.choice(who.posts))
        if spoken
        else ("ovl:notAttributed", typed("true", "boolean")),
    )


def restate(table: Table, letter: Document, name: str, day: date) -> None:
    """State in the letter again, with its own evidence, what a report states."""
    letter.add(
        iri("overleg", name),
        ("rdf:type", term("ovl:Meeting")),
        *labels(f"Tafel {table.number}, {day}", f"Table {table.number}, {day}"),
        ("eli-dl:had_responsible_organization", table.people.body),
        ("ovl:dated", letter.period(day)),
        ("ovl:evidence", letter.place("Bijeenkomsten")),
    )
