"""Reads from the data what became of a thing whose IRI is no longer in use.

Such an IRI keeps a few statements: since when (`prov:invalidatedAtTime`), why
(`skos:changeNote`) and what took its place (`dcterms:isReplacedBy`). It has no type, so
it is in no list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.namespaces import expand
from graph.terms import Iri, Literal

if TYPE_CHECKING:
    from graph.interfaces import ReadableStore


@dataclass(frozen=True)
class Withdrawal:
    """What became of an IRI: since when it is not in use, why, and its successor."""

    iri: str
    since: str
    reasons: dict[str, str]
    successor: str | None

    @property
    def is_replaced(self) -> bool:
        """Tell whether the thing merely has another IRI now."""
        return self.successor is not None and not self.reasons

    def reason(self, language: str) -> str:
        """Return why, in a language or else in another."""
        return self.reasons.get(language) or next(iter(self.reasons.values()), "")


def withdrawal_of(store: ReadableStore, iri: str) -> Withdrawal | None:
    """Return what became of an IRI, None if it is in use or unknown."""
    facts: dict[str, list[Iri | Literal]] = {}
    for item in store.statements(Iri(iri), graph=None):
        if isinstance(item.object, Iri | Literal):
            facts.setdefault(item.predicate.value, []).append(item.object)
    since = facts.get(expand("prov:invalidatedAtTime"))
    if not since:
        return None
    notes = facts.get(expand("skos:changeNote"), [])
    successors = facts.get(expand("dcterms:isReplacedBy"), [])
    return Withdrawal(
        iri,
        min(value.value for value in since),
        {n.language or "": n.value for n in notes if isinstance(n, Literal)},
        min((item.value for item in successors), default=None),
    )
