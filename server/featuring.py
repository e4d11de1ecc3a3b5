"""The day that the start page shows as an example: who chaired, what was agreed, where.

It is the day of the meeting with the most agreements, so that it follows from the data.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from graph.terms import Iri
from server.presence import presence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server.answering import Asker
    from server.describing import Describer
    from server.presence import Presence
    from server.views import Link


class Feature(NamedTuple):
    """A day, who chaired on it, what was agreed and the documents that say so."""

    day: date
    found: Presence
    agreed: tuple[Link, ...]
    written: tuple[Link, ...]


def feature(asker: Asker, describer: Describer, body: Iri) -> Feature | None:
    """Return the day with the most agreements of a table, or None if there are none."""
    best = next(iter(asker.rows("agreed-day", body=body)), None)
    if best is None or not isinstance(meeting := best["thing"], Iri):
        return None
    try:
        day = date.fromisoformat(best["day"].value)
    except ValueError:
        return None
    agreed, written = (
        _links(describer, (row["thing"] for row in asker.rows(name, meeting=meeting)))
        for name in ("meeting-agreements", "meeting-reports")
    )
    return Feature(day, presence(asker, describer, body, day), agreed, written)


def _links(describer: Describer, things: Iterable[object]) -> tuple[Link, ...]:
    return tuple(describer.link(item) for item in things if isinstance(item, Iri))
