"""Facets of a search: what things can be narrowed by, and how many have each value."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    Values = Mapping[str, list[str]]

#: What results can be narrowed by, in the order in which it is offered.
DIMENSIONS: Final = ("kind", "body", "period", "topic", "source")
_FACETS: Final = """
SELECT thing, dimension, CASE dimension WHEN 'period' THEN value
    ELSE (SELECT iri FROM thing AS other WHERE other.id = value) END
FROM facet WHERE thing IN (SELECT value FROM json_each(?))
UNION ALL
SELECT id, 'kind', kind FROM thing WHERE id IN (SELECT value FROM json_each(?))
"""


def values_of(
    index: sqlite3.Connection, things: Sequence[int]
) -> dict[int, dict[str, list[str]]]:
    """Return the facets of things: by dimension, each value as text."""
    found: dict[int, dict[str, list[str]]] = {t: defaultdict(list) for t in things}
    asked = json.dumps(list(things))
    for thing, name, value in index.execute(_FACETS, (asked, asked)):
        found[thing][name].append(str(value))
    return found


def misses(values: Values, wanted: Mapping[str, set[str]]) -> set[str]:
    """Return the dimensions of which a thing has none of what is wanted."""
    return {name for name, items in wanted.items() if items.isdisjoint(values[name])}


def counted(
    values: Mapping[int, Values], wanted: Mapping[str, set[str]]
) -> dict[str, list[tuple[str, int]]]:
    """Return each dimension's values with how many things have them, most first.

    They are counted as if nothing of their own dimension were wanted.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in DIMENSIONS}
    for item in values.values():
        missed = misses(item, wanted)
        for name in DIMENSIONS:
            if missed <= {name}:
                counts[name].update(item[name])
    return {
        name: sorted(found.items(), key=lambda item: (-item[1], item[0]))
        for name, found in counts.items()
    }
