"""What a page shows, as plain values that templates can read.

Nothing in here knows a store or a request: `server.describing` makes these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection


class Link(NamedTuple):
    """Words that may lead somewhere; `href` is None for what must not be a link."""

    text: str
    href: str | None = None
    language: str | None = None
    iri: str | None = None


@dataclass(frozen=True)
class Passage:
    """A document, the places in it, and where to read the original.

    `short` is what the document is called where there is little room.
    """

    document: Link
    short: Link
    places: tuple[Link, ...] = ()
    original: str | None = None


@dataclass(frozen=True)
class Source:
    """Who says a thing: a named graph, its kind, and the passages it rests on.

    `kind` is `document`, `reference`, `derived`, `vocabulary` or `preview`; `left_out`
    is how many passages there are beside those that are named.
    """

    kind: str
    graph: Link
    passages: tuple[Passage, ...] = ()
    confidence: Link | None = None
    left_out: int = 0

    @property
    def name(self) -> Link:
        """Return what the source is called in one breath."""
        if self.kind == "document" and self.passages:
            return self.passages[0].short
        return self.graph

    @property
    def place(self) -> Link | None:
        """Return where in the document it stands, if that is one place."""
        places = [place for passage in self.passages for place in passage.places]
        return places[0] if self.kind == "document" and len(places) == 1 else None


@dataclass(frozen=True)
class Value:
    """One value of a property, and its sources.

    `moment` is the value as HTML's `datetime`, for a day, a month or a year; `note`
    says in words what the value leaves open.
    """

    link: Link
    sources: tuple[Source, ...] = ()
    moment: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A thing in a table: a link to it, a cell for each column, and its sources.

    `notes` say in words what is not sure about it, and may lead to more of that.
    """

    thing: Link
    cells: tuple[tuple[Value, ...], ...]
    sources: tuple[Source, ...]
    notes: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Table:
    """Things of one class side by side.

    `named` tells whether their own names are worth a column; `shared` is what holds for
    every row alike, said once above them, and `sources` who says so of every row, if
    those are the same.
    """

    name: Link
    columns: tuple[Link, ...]
    rows: tuple[Row, ...]
    named: bool
    shared: tuple[tuple[Link, tuple[Value, ...]], ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A property with its values or its tables; `total` may be more than is shown.

    `more` is a query for all of them, and `stated` for who says each; `all` and `csv`
    are addresses of all of them.
    `hidden` values are left out because they did not hold on the day that is asked for.
    `sampled` tells that those shown are any, and not the first in time.
    """

    name: Link
    anchor: str
    total: int
    values: tuple[Value, ...] = ()
    tables: tuple[Table, ...] = ()
    more: str | None = None
    stated: str | None = None
    all: str | None = None
    csv: str | None = None
    hidden: int = 0
    sampled: bool = False

    @property
    def own(self) -> tuple[Value, ...]:
        """Return the values in the language of the page; all, if none is in it."""
        found = tuple(value for value in self.values if not value.link.language)
        return found or self.values

    @property
    def translated(self) -> tuple[Value, ...]:
        """Return the values that say in other languages what others say in its own."""
        return tuple(value for value in self.values if value not in self.own)

    @property
    def shown(self) -> int:
        """Return how many values are on the page."""
        return len(self.values) + sum(len(table.rows) for table in self.tables)

    def says(self, words: str) -> bool:
        """Tell whether it says these words and nothing else, but for translations."""
        return {value.link.text for value in self.own} == {words}

    def is_among(self, addresses: Collection[str | None]) -> bool:
        """Tell whether all rows of its tables, of which it has some, lead to these."""
        rows = [row for table in self.tables for row in table.rows]
        return bool(rows) and all(row.thing.href in addresses for row in rows)


@dataclass(frozen=True)
class Claim:
    """What one side of a contradiction says, and its sources."""

    said: tuple[Link, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Contradiction:
    """What sources disagree on: its page, its kind, its subject, and each side."""

    link: Link
    kind: Link
    claims: tuple[Claim, ...]
    about: Link | None = None

    @property
    def title(self) -> Link:
        """Return its name; of one that a rule gave, the kind and what follows it."""
        _, is_ruled, about = self.link.text.partition(f", {self.kind.text}: ")
        if not is_ruled:
            return self.link
        kind = self.kind.text[:1].upper() + self.kind.text[1:]
        return self.link._replace(text=f"{kind}: {about}")


@dataclass(frozen=True)
class Group:
    """Facts that belong together; `name` is None for those that have none."""

    name: Link | None
    facts: tuple[Fact, ...]

    def without(self, addresses: Collection[str | None]) -> Group:
        """Return the group without facts whose rows all lead to these."""
        kept = (fact for fact in self.facts if not fact.is_among(addresses))
        return replace(self, facts=tuple(kept))

    def leaving_out(self, anchors: Collection[str]) -> Group:
        """Return the group without the facts that have these anchors."""
        kept = (fact for fact in self.facts if fact.anchor not in anchors)
        return replace(self, facts=tuple(kept))

    @property
    def lines(self) -> list[Fact]:
        """Return the facts that are shown as values."""
        return [fact for fact in self.facts if not fact.tables]

    @property
    def tables(self) -> list[Fact]:
        """Return the facts that are shown as tables."""
        return [fact for fact in self.facts if fact.tables]


class Offer(NamedTuple):
    """A source that a page can be narrowed to: its word in an address."""

    word: str
    name: Link
    total: int


@dataclass(frozen=True)
class View:
    """Everything the page of a thing shows.

    `lead` is what describes it, and `explaining` are the facts that only tell where the
    data is from; `above` are facts that panels of the page show; `disputed` are the
    anchors of the facts that a contradiction names; `standing` is whether the thing
    held on the day asked for; `failed` are the names of the parts that could not be
    made.
    """

    iri: str
    label: Link
    kinds: tuple[Link, ...]
    groups: tuple[Group, ...]
    lead: Fact | None = None
    explaining: Group = Group(None, ())
    incoming: tuple[Fact, ...] = ()
    says: tuple[Fact, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    disputed: frozenset[str] = frozenset()
    sources: tuple[Offer, ...] = ()
    standing: str = ""
    failed: tuple[str, ...] = ()
    above: tuple[Fact, ...] = ()

    def beside(self, addresses: Collection[str | None]) -> View:
        """Return the view without facts whose rows the page shows already."""
        facts = [fact for group in self.groups for fact in group.facts]
        kept = (group.without(addresses) for group in self.groups)
        return replace(
            self,
            groups=tuple(group for group in kept if group.facts),
            incoming=tuple(f for f in self.incoming if not f.is_among(addresses)),
            above=tuple(
                fact
                for fact in (*facts, *self.incoming)
                if fact.is_among(addresses) and (fact.all or fact.shown < fact.total)
            ),
        )
