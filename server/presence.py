"""Who chaired a table on a day and who sat there, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graph.terms import Iri
from server.marking import in_order
from server.tabulating import tables_of
from server.views import Link, Row, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from graph.terms import Term
    from server.answering import Asker
    from server.describing import Describer

    Answer = Mapping[str, Term]


class Presence(NamedTuple):
    """What is known of a table on a day.

    `chairs` are the persons who may have chaired, the surest first; `sure` is how sure
    the first one is: `1-stated`, `2-between` or `3-possible`. `rivals` tells whether
    another is as sure. `seated` are tables of seats and members, and `meetings` of what
    met, by how sure they are.
    """

    chairs: Table | None
    sure: str
    rivals: bool
    seated: dict[str, tuple[Table, ...]]
    meetings: dict[str, tuple[Table, ...]]


def presence(asker: Asker, describer: Describer, body: Iri, day: date) -> Presence:
    """Return who chaired a table on a day, who sat there, and what met."""
    by_person: dict[Term, list[Answer]] = defaultdict(list)
    for item in asker.rows("chair-on-day", body=body, at=day):
        by_person[item["person"]].append(item)
    levels = [items[0]["sure"].value for items in by_person.values()]
    return Presence(
        _chairs(describer, by_person),
        levels[0] if levels else "",
        len(levels) > 1 and levels[0] == levels[1],
        *(
            _by_certainty(describer, asker.rows(query, body=body, at=day), body)
            for query in ("seats-on-day", "meetings-on-day")
        ),
    )


def _chairs(
    describer: Describer, by_person: Mapping[Term, list[Answer]]
) -> Table | None:
    """Return a row for each person, by the surest of what is said of them."""
    if not by_person:
        return None
    columns = tuple(
        Link(describer.text(key)) for key in ("columns.capacity", "presence.certainty")
    )
    rows = (_chair(describer, person, items) for person, items in by_person.items())
    name = Link(describer.text("presence.chair"))
    return Table(name, columns, tuple(rows), named=True)


def _chair(describer: Describer, person: Term, items: list[Answer]) -> Row:
    best = items[0]
    posts = [best[name] for name in ("post", "seat") if name in best][:1]
    said = {
        source
        for item in items
        for name in ("membership", "seat")
        if isinstance(thing := item.get(name), Iri)
        for source in describer.sources_of_thing(thing)
        if item["sure"] == best["sure"]
    }
    certainty = Value(Link(describer.text(f"presence.sure.{best['sure'].value}")))
    cells = (tuple(Value(describer.link(post)) for post in posts), (certainty,))
    return Row(describer.link(person), cells, in_order(said))


def _by_certainty(
    describer: Describer, answers: Iterable[Answer], body: Iri
) -> dict[str, tuple[Table, ...]]:
    """Return tables of things, each where what is surest of it puts it."""
    surest: dict[Iri, str] = {}
    for item in answers:
        thing, sure = item["thing"], item["sure"].value
        if isinstance(thing, Iri):
            surest[thing] = min(sure, surest.get(thing, sure))
    levels = sorted(set(surest.values()))
    return {
        level: tables_of(describer, _things(surest, level), body) for level in levels
    }


def _things(surest: Mapping[Iri, str], level: str) -> Iterable[Iri]:
    return (thing for thing, sure in surest.items() if sure == level)
