"""Which things are shown as rows of a table, and by which of their properties.

A membership or a seat says nothing by itself: it joins a person, an office and a time.
Where such a thing is a value, these columns stand in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.terms import Iri
    from server.describing import Describer


class Column(NamedTuple):
    """Properties that share a column; `name` is its text where there are several.

    A property after `^` is followed backwards: to what points at the thing. If only
    the `first` counts that has values, the others stand in for it.
    """

    paths: tuple[str, ...]
    name: str | None = None
    first: bool = False


class Fold(NamedTuple):
    """The columns of a class; `named` tells whether its own name comes first."""

    columns: tuple[Column, ...] = ()
    named: bool = True


def _each(*paths: str) -> tuple[Column, ...]:
    return tuple(Column((path,)) for path in paths)


FOLDS: Final = {
    "org:Membership": Fold(
        (
            Column(("org:member",), "participant"),
            Column(("ovl:viaPost", "org:role"), "capacity"),
            *_each("org:organization", "org:memberDuring", "ovl:attestedDuring"),
        ),
        named=False,
    ),
    "eli-dl:Participation": Fold(
        (
            Column(
                (
                    "eli-dl:had_participant_person",
                    "eli-dl:had_participant_organization",
                ),
                "participant",
            ),
            Column(("^eli-dl:had_participation",), "meeting"),
            Column(
                (
                    "ovl:viaPost",
                    "eli-dl:participation_in_name_of",
                    "ovl:represents",
                ),
                "behalf",
            ),
            *_each("eli-dl:participation_role"),
        ),
        named=False,
    ),
    "ovl:Seat": Fold(
        (
            Column(
                ("ovl:filledExOfficioBy", "ovl:seatFor", "ovl:represents"), "filler"
            ),
            *_each("org:role", "org:postIn", "ovl:validDuring", "ovl:attestedDuring"),
        ),
        named=False,
    ),
    "ovl:MeetingArrangement": Fold(
        _each("ovl:timesPerYear", "ovl:validDuring", "ovl:attestedDuring")
    ),
    "ovl:Meeting": Fold(_each("ovl:dated")),
    "eli-dl:Activity": Fold(_each("ovl:dated")),
    "ovl:MeetingGap": Fold(
        _each("ovl:validDuring", "ovl:meetingsKnown", "ovl:meetingsExpected")
    ),
    "ovl:Document": Fold(
        (*_each("ovl:dated"), Column(("eli:work_type", "ovl:motionOutcome")))
    ),
    "ovl:Dossier": Fold((Column(("^dcterms:isPartOf",), "holds"),)),
    "ovl:Contradiction": Fold(
        _each("ovl:contradictionAbout", "ovl:claim"), named=False
    ),
    "ovl:Agreement": Fold(
        _each(
            "dcterms:description",
            "ovl:dated",
            "ovl:party",
            "ovl:due",
            "ovl:fulfilledBy",
        )
    ),
    "ovl:ParliamentaryCommitment": Fold(
        _each(
            "ovl:dated",
            "ovl:madeBy",
            "ovl:commitmentStatus",
            "ovl:due",
            "ovl:fulfilledBy",
            "ovl:daysUntilFulfilment",
        )
    ),
    "ovl:StatusReport": Fold(_each("ovl:commitmentStatus", "ovl:dated"), named=False),
    "ovl:Claim": Fold(
        (
            Column(("^ovl:claim",), "contradiction"),
            Column(
                (
                    "ovl:claimedThing",
                    "dcterms:description",
                    "ovl:claimedText",
                    "ovl:claimedNumber",
                ),
                "claimed",
            ),
            Column(("ovl:evidence", "prov:wasDerivedFrom"), "stated", first=True),
        ),
        named=False,
    ),
    "qb:Observation": Fold(
        _each(
            "ovl:refArea",
            "ovl:refPeriod",
            "ovl:targetGroup",
            "ovl:places",
            "ovl:permitHolders",
        ),
        named=False,
    ),
    "ovl:ReportedStatement": Fold(_each("prov:wasAttributedTo", "ovl:saidAt")),
    "org:ChangeEvent": Fold(_each("ovl:dated")),
    "org:Post": Fold(_each("org:postIn")),
}


def is_folded(describer: Describer, things: Sequence[Iri]) -> bool:
    """Tell whether things are shown as tables even where they are values."""
    return any(not fold_of(describer, thing).named for thing in things[:1])


def fold_of(describer: Describer, thing: Iri) -> Fold:
    """Return the fold of the first class of a thing that has one."""
    classes = describer.classes(thing)
    folds = ((describer.name(key), fold) for key, fold in FOLDS.items())
    return next((fold for cls, fold in folds if cls in classes), Fold())
