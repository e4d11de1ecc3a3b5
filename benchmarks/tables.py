"""A generated table of consultation and everything around it."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.meetings import PARTNERS, report_of, restate
from benchmarks.sources import Document, iri, labels, term, text, typed
from benchmarks.words import FAMILY, GIVEN, PLACES, SENTENCES, THEMES

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE: Final = 6
MEETINGS: Final = 4
FIRST: Final = date(2005, 1, 1)


class People(NamedTuple):
    """Who take part in one table."""

    ministry: str
    partners: list[str]
    body: str
    posts: list[str]
    seats: list[str]
    persons: list[str]


class Table:
    """One table of consultation and everything around it."""

    def __init__(self, number: int, seed: int) -> None:
        """Choose what differs from table to table."""
        self.number = number
        self.chance = random.Random(f"{seed}/{number}")  # noqa: S311  no secret
        self.begun = FIRST + timedelta(days=self.chance.randrange(4000))
        self.ended = self.begun + timedelta(days=900 + self.chance.randrange(1500))
        self.place = self.chance.choice(PLACES)
        self.days = [
            self.begun + timedelta(days=80 + 90 * k + self.chance.randrange(60))
            for k in range(MEETINGS)
        ]
        partners = [iri("organisatie", f"partij-{number}-{i}") for i in range(PARTNERS)]
        offices = [f"voorzitter-{number}-{i}" for i in range(PARTNERS)]
        self.people = People(
            iri("organisatie", f"ministerie-{number}"),
            partners,
            iri("organisatie", f"tafel-{number}"),
            [iri("functie", name) for name in (f"minister-{number}", *offices)],
            [iri("zetel", f"tafel-{number}-{i}") for i in range(PARTNERS + 1)],
            [iri("persoon", f"persoon-{number}-{i}") for i in range(PEOPLE)],
        )

    def documents(self) -> Iterator[Document]:
        """Yield the documents of this table: a letter, and a report of each meeting."""
        letter = self._letter()
        reports = [report_of(self, k, day) for k, day in enumerate(self.days)]
        for report, day in zip(reports, self.days, strict=True):
            restate(self, letter, report.name, day)
        yield letter
        yield from reports

    def _letter(self) -> Document:
        day = self.days[-1] + timedelta(days=30)
        who, number = self.people, self.number
        letter = Document(f"brief-{number}", "kamerbrief", day, who.ministry)
        dossier = iri("dossier", f"{number}")
        letter.add(
            letter.node,
            ("ovl:addressedTo", iri("organisatie", "kamer")),
            ("dcterms:creator", who.posts[0]),
            ("ovl:signedBy", who.persons[0]),
            ("dcterms:isPartOf", dossier),
        )
        letter.add(
            dossier,
            ("rdf:type", term("ovl:Dossier")),
            ("dcterms:identifier", f'"{number}"'),
            *labels(f"Dossier {number}", f"File {number}"),
        )
        self._organisations(letter)
        self._offices(letter)
        self._persons(letter)
        self._foundation(letter, day)
        self._commitment(letter, day)
        return letter

    def _organisations(self, letter: Document) -> None:
        who = self.people
        kinds = [(iri("organisatie", "kamer"), "parlement", "Kamer", "Chamber")]
        kinds += [(who.ministry, "ministerie", "Ministerie", "Ministry")]
        kinds += [(p, "koepelorganisatie", "Vereniging", "Union") for p in who.partners]
        for place, (node, kind, dutch, english) in enumerate(kinds):
            name = f"van {self.place} {self.number}-{place}" if place else "van Staten"
            letter.add(
                node,
                ("rdf:type", term("org:FormalOrganization")),
                *labels(f"{dutch} {name}", f"{english} {name}"),
                ("org:classification", iri("begrip", f"soort-{kind}")),
            )
            if place:
                short = text(f"{dutch[0]}{self.place[:2].upper()}{self.number}")
                letter.add(node, ("skos:altLabel", short))

    def _offices(self, letter: Document) -> None:
        who, chance = self.people, self.chance
        homes = (who.ministry, *who.partners)
        for i, (post, home) in enumerate(zip(who.posts, homes, strict=True)):
            letter.add(
                post,
                ("rdf:type", term("org:Post")),
                *labels(f"Functie {self.number}-{i}", f"Office {self.number}-{i}"),
                ("org:postIn", home),
                ("ovl:portfolio", iri("begrip", f"thema-{chance.choice(THEMES)}")),
            )
            filler = ("ovl:seatFor", home) if i else ("ovl:filledExOfficioBy", post)
            role = "lid" if i else "voorzitter"
            letter.add(
                who.seats[i],
                ("rdf:type", term("ovl:Seat")),
                *labels(f"Zetel {self.number}-{i}", f"Seat {self.number}-{i}"),
                ("org:postIn", who.body),
                ("org:role", iri("begrip", f"rol-{role}")),
                ("ovl:attestedDuring", letter.period(self.days[0])),
                ("ovl:evidence", letter.place("Samenstelling")),
                filler,
            )

    def _persons(self, letter: Document) -> None:
        who, chance = self.people, self.chance
        homes = (who.ministry, *who.partners)
        for i, person in enumerate(who.persons):
            given, family = chance.choice(GIVEN), chance.choice(FAMILY)
            letter.add(
                person,
                ("rdf:type", term("foaf:Person")),
                *labels(f"{given} {family}", f"{given} {family}"),
                ("foaf:name", f'"{given} {family}"'),
                ("foaf:givenName", f'"{given}"'),
                ("foaf:familyName", f'"{family}"'),
            )
            place = letter.place("Ondertekening")
            held = letter.period(self.begun, self.ended)
            for j, (post, home) in enumerate(
                [(who.posts[i], homes[i]), (who.seats[i], who.body)]
                if i <= PARTNERS
                else [(None, homes[1])]
            ):
                letter.add(
                    iri("lidmaatschap", f"lid-{self.number}-{i}-{j}"),
                    ("rdf:type", term("org:Membership")),
                    ("org:member", person),
                    ("org:organization", home),
                    ("org:memberDuring", held),
                    ("ovl:evidence", place),
                    *([("ovl:viaPost", post)] if post else ()),
                )

    def _foundation(self, letter: Document, day: date) -> None:
        who, number = self.people, self.number
        founding = iri("afspraak", f"akkoord-{number}")
        source = ("ovl:evidence", letter.place("Aanleiding"))
        letter.add(
            who.body,
            ("rdf:type", term("ovl:ConsultationBody")),
            *labels(f"Tafel {self.place} {number}", f"Table {self.place} {number}"),
            ("org:classification", iri("begrip", "soort-overlegtafel")),
            ("ovl:establishedBy", founding),
            source,
        )
        letter.add(
            founding,
            ("rdf:type", term("ovl:Agreement")),
            *labels(f"Akkoord {number}", f"Accord {number}"),
            ("dcterms:type", iri("begrip", "afspraak-bestuursakkoord")),
            ("dcterms:description", text(self.chance.choice(SENTENCES))),
            ("ovl:dated", letter.period(self.begun)),
            ("ovl:party", who.ministry),
            ("ovl:party", who.partners[0]),
            source,
        )
        letter.add(
            iri("wijziging", f"begin-{number}"),
            ("rdf:type", term("org:ChangeEvent")),
            *labels(f"Begin van tafel {number}", f"Start of table {number}"),
            ("org:originalOrganization", who.body),
            ("org:resultingOrganization", who.body),
            ("ovl:dated", letter.period(self.begun)),
            source,
        )
        letter.add(
            iri("regeling", f"regeling-{number}"),
            ("rdf:type", term("ovl:MeetingArrangement")),
            *labels(f"Frequentie van tafel {number}", f"Frequency of table {number}"),
            ("ovl:arrangementOf", who.body),
            ("ovl:frequency", term("frequentie:QUARTERLY")),
            ("ovl:timesPerYear", typed(4, "integer")),
            ("ovl:attestedDuring", letter.period(day)),
            source,
        )

    def _commitment(self, letter: Document, day: date) -> None:
        number, source = self.number, letter.place("Toezegging")
        debate, evidence = iri("debat", f"debat-{number}"), ("ovl:evidence", source)
        letter.add(
            debate,
            ("rdf:type", term("eli-dl:Activity")),
            *labels(f"Debat {number}", f"Debate {number}"),
            ("eli-dl:had_activity_type", iri("begrip", "activiteit-plenair-debat")),
            ("eli-dl:had_responsible_organization", iri("organisatie", "kamer")),
            ("ovl:dated", letter.period(day - timedelta(days=14))),
            evidence,
        )
        fulfilled = self.chance.random() < 0.5
        letter.add(
            iri("toezegging", f"toezegging-{number}"),
            ("rdf:type", term("ovl:ParliamentaryCommitment")),
            *labels(f"Toezegging {number}", f"Commitment {number}"),
            ("dcterms:description", text(self.chance.choice(SENTENCES))),
            ("ovl:madeBy", self.people.posts[0]),
            ("ovl:madeIn", debate),
            ("ovl:madeTo", iri("organisatie", "kamer")),
            evidence,
            (
                "ovl:commitmentStatus",
                iri("begrip", f"status-{'voldaan' if fulfilled else 'open'}"),
            ),
            *([("ovl:fulfilledBy", letter.node)] if fulfilled else ()),
        )
