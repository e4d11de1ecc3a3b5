"""Defects for generated graphs: each breaks a shape that its kind must meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.sources import Thing, iri, term, text, typed

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Defect = Callable[[Thing], Thing]


def _without(name: str) -> Defect:
    """Leave out a property that is required."""

    def apply(thing: Thing) -> Thing:
        kept = [fact for fact in thing.facts if fact[0] != term(name)]
        return Thing(thing.node, kept)

    return apply


def _with(name: str, value: str) -> Defect:
    """Add a value that the property may not have."""

    def apply(thing: Thing) -> Thing:
        return Thing(thing.node, [*thing.facts, (term(name), value)])

    return apply


def _instead(name: str, value: str) -> Defect:
    """Put another value in the place of what the property has."""

    def apply(thing: Thing) -> Thing:
        return _with(name, value)(_without(name)(thing))

    return apply


NOBODY: Final = iri("persoon", "nergens-beschreven")

#: What may go wrong with a thing, by its class.
DEFECTS: Final[dict[str, tuple[Defect, ...]]] = {
    term(name): tuple(defects)
    for name, defects in {
        "ovl:Document": (
            _without("eli:work_type"),
            _instead("eli:work_type", iri("begrip", "rol-lid")),
            _with("skos:prefLabel", text("Nog een naam")),
        ),
        "oa:SpecificResource": (
            _without("oa:hasSource"),
            _instead("ovl:paragraph", typed(0, "integer")),
            _instead("ovl:paragraph", '"een"'),
            _with("dcterms:description", text("Hoort hier niet")),
        ),
        "oa:TextPositionSelector": (
            _without("ovl:passageDigest"),
            _instead("ovl:passageDigest", '"geen controlegetal"'),
            _instead("oa:start", typed(10**7, "integer")),
        ),
        "org:Post": (_without("org:postIn"), _with("org:postIn", NOBODY)),
        "ovl:Seat": (
            _without("ovl:attestedDuring"),
            _with("ovl:seatFor", iri("organisatie", "kamer")),
            _instead("org:role", iri("begrip", "thema-opvang")),
        ),
        "foaf:Person": (
            _with("foaf:name", typed(1, "integer")),
            _with("dcterms:description", text("Hoort hier niet")),
        ),
        "org:Membership": (
            _without("ovl:evidence"),
            _without("org:memberDuring"),
            _with("org:organization", iri("organisatie", "kamer")),
        ),
        "ovl:ConsultationBody": (_with("skos:prefLabel", text("Nog een naam")),),
        "ovl:Agreement": (
            _without("dcterms:type"),
            _without("ovl:evidence"),
            _with("ovl:party", NOBODY),
        ),
        "ovl:MeetingArrangement": (
            _instead("ovl:timesPerYear", typed(5, "integer")),
            _without("ovl:arrangementOf"),
        ),
        "ovl:ParliamentaryCommitment": (
            _without("dcterms:description"),
            _without("ovl:madeBy"),
        ),
        "ovl:ReportedStatement": (
            _without("dcterms:description"),
            _with("ovl:notAttributed", typed("false", "boolean")),
        ),
        "eli-dl:Participation": (
            _without("ovl:evidence"),
            _with("eli-dl:participation_role", iri("begrip", "rol-lid")),
        ),
        "ovl:AgendaItem": (_with("eli-dl:activity_order", typed(9, "integer")),),
    }.items()
}
_TYPE: Final = term("rdf:type")


def break_some(things: list[Thing], rate: float, chance: random.Random) -> list[Thing]:
    """Return things of which a share has one defect each."""
    if not rate:
        return things
    return [
        _broken(thing, chance) if chance.random() < rate else thing for thing in things
    ]


def _broken(thing: Thing, chance: random.Random) -> Thing:
    kinds = [value for name, value in thing.facts if name == _TYPE]
    known = [defect for kind in kinds for defect in DEFECTS.get(kind, ())]
    return chance.choice(known)(thing) if known else thing
