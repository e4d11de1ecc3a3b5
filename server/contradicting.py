"""Finds where sources contradict each other about a thing, with what each says."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graph.terms import Iri
from server.marking import in_order
from server.views import Claim, Contradiction, Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.terms import Term
    from server.describing import Describer
    from server.views import Fact, Source, Value

#: Where a claim says what it claims, in the order in which it is shown.
_CLAIMED: Final = (
    "ovl:claimedNumber",
    "ovl:claimedText",
    "dcterms:description",
    "ovl:claimedThing",
)


def contradictions_about(describer: Describer, iri: Iri) -> tuple[Contradiction, ...]:
    """Return the contradictions about a thing, each claim with its sources."""
    about = describer.name("ovl:contradictionAbout")
    found = describer.store.statements(None, about, iri, None)
    things = sorted({s.subject for s in found if isinstance(s.subject, Iri)})
    return tuple(contradiction(describer, thing) for thing in things)


def contradiction(describer: Describer, thing: Iri) -> Contradiction:
    """Return a contradiction: what it is about, and each side with all its sources."""
    kinds = _values(describer, thing, "dcterms:type")
    about = _values(describer, thing, "ovl:contradictionAbout")
    sides: dict[tuple[Link, ...], list[Source]] = defaultdict(list)
    for claim in _values(describer, thing, "ovl:claim"):
        sides[_said(describer, claim)] += _sources(describer, claim)
    claims = [Claim(said, in_order(set(found))) for said, found in sides.items()]
    return Contradiction(
        link=describer.link(thing),
        kind=describer.link(kinds[0]) if kinds else Link(""),
        claims=tuple(sorted(claims, key=lambda claim: claim.said[0].text)),
        about=describer.link(about[0]) if about else None,
    )


def _said(describer: Describer, claim: Term) -> tuple[Link, ...]:
    """Return what a claim says; its own name if it is nothing but that."""
    said = [
        describer.worded(value)
        for path in _CLAIMED
        for value in _best(describer, _values(describer, claim, path))
    ]
    return tuple(said) or (describer.link(claim),)


def _sources(describer: Describer, claim: Term) -> tuple[Source, ...]:
    derived = _values(describer, claim, "prov:wasDerivedFrom")
    return describer.claimed(claim, [item for item in derived if isinstance(item, Iri)])


def _best(describer: Describer, values: list[Term]) -> list[Term]:
    """Return values in the language of the page where they have languages."""
    own = [v for v in values if getattr(v, "language", None) == describer.language]
    return own or values


def _values(describer: Describer, subject: Term, path: str) -> list[Term]:
    found = describer.store.statements(subject, describer.name(path), None, None)
    return sorted({item.object for item in found}, key=str)


def disputed(facts: Iterable[Fact], found: Sequence[Contradiction]) -> frozenset[str]:
    """Return the anchors of facts that show a value which a contradiction names."""
    claimed = {
        link.iri or link.text
        for item in found
        for claim in item.claims
        for link in claim.said
    }
    return frozenset(fact.anchor for fact in facts if claimed & _shown(fact))


def _shown(fact: Fact) -> set[str]:
    """Return the IRIs and the texts that a fact shows."""
    values: list[Value] = list(fact.values)
    rows = [row for table in fact.tables for row in table.rows]
    values += [value for row in rows for cell in row.cells for value in cell]
    links = [value.link for value in values] + [row.thing for row in rows]
    return {link.iri or link.text for link in links}
