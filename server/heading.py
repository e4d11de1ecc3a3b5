"""Parts the facts of a page: what stands at its head, what it tells, what explains it.

A description is the first sentence that a reader wants. A name that the heading says
and a class that a badge says are there for their sources alone, so they go to what only
explains the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from server.naming import LABELS
from server.views import Group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from graph.terms import Iri
    from server.views import Fact

#: What a page begins with, below its heading.
_LEADING: Final = "dcterms:description"
#: What only tells where the data is from.
_EXPLAINING: Final = ("rdf:type", "ovl:statedInGraph", "prov:wasDerivedFrom")


class Parted(NamedTuple):
    """The facts of a page by where they stand on it."""

    lead: Fact | None
    groups: tuple[Group, ...]
    explaining: Group


def parted(groups: Sequence[Group], heading: str, name: Callable[[str], Iri]) -> Parted:
    """Return the facts of a page with this heading by where they stand on it."""
    facts = [fact for group in groups for fact in group.facts]
    lead = [f for f in facts if f.name.iri == name(_LEADING).value and f.values][:1]
    explaining = tuple(_explaining(facts, heading, name))
    taken = {fact.anchor for fact in (*lead, *explaining)}
    kept = (group.leaving_out(taken) for group in groups)
    told = tuple(group for group in kept if group.facts)
    return Parted(next(iter(lead), None), told, Group(None, explaining))


def _explaining(
    facts: Iterable[Fact], heading: str, name: Callable[[str], Iri]
) -> Iterator[Fact]:
    """Yield the facts that say no more than the heading, or where the data is from."""
    always = {name(path).value for path in _EXPLAINING}
    names = {name(path).value for path in LABELS}
    for fact in facts:
        if fact.name.iri in always or (fact.name.iri in names and fact.says(heading)):
            yield fact
