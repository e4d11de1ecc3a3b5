"""Lists the things that point at another thing, in the order of time and of name."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.terms import Iri
from server.naming import in_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.terms import Statement, Term
    from server.naming import Labels

    Graphs = set[Iri] | None
    Select = Callable[[str], list[dict[str, Term]]]

#: Statements up to which everything that points at a thing is looked at and ordered.
LOOKED_AT: Final = 1_000
#: How many things are read where there are more.
FEW: Final = 50
#: Places in time that are kept; a release never changes, so they stay true.
_KEPT: Final = 1 << 15

#: Leaves out what is no thing with a name.
_IRIS: Final = "FILTER(isIRI(?thing))"
#: Properties, or paths of them, that give a thing its place in time.
_IN_TIME: Final = (
    "ovl:dated",
    "org:memberDuring",
    "ovl:attestedDuring",
    "ovl:validDuring",
    "^eli-dl:had_participation/ovl:dated",
)


class Pointing(NamedTuple):
    """What points at a thing by one property: how many, and all of it or a few."""

    total: int
    things: list[Iri]
    is_whole: bool


class Lister:
    """Finds things in the store of a release, in the order of time and then of name."""

    def __init__(self, labels: Labels, select: Select, *, named: bool = False) -> None:
        """Read from the store of `labels`; `select` answers what takes a query.

        Where all things are `named`, no query leaves out blank nodes, for which
        Oxigraph would look up the text of each thing.
        """
        self._only = "" if named else _IRIS
        self._labels = labels
        self._select = select
        self._store = labels.store
        self._name = labels.name
        self._start = labels.name("dcat:startDate")
        self.rank = lru_cache(maxsize=_KEPT)(self._find_rank)

    def pointing(self, iri: Iri, within: Graphs = None) -> dict[Iri, Pointing]:
        """Return what points at a thing, by property, as far as graphs `within` say so.

        Where all together are few, each list is whole and in order, else a few.
        """
        found: dict[Iri, dict[Iri, None]] = defaultdict(dict)
        quads = list(islice(self._quads(iri, within), LOOKED_AT + 1))
        if len(quads) > LOOKED_AT:
            return self._many(iri, within)
        for item in quads:
            if isinstance(item.subject, Iri):
                found[item.predicate][item.subject] = None
        return {
            path: Pointing(len(things), sorted(things, key=self.rank), is_whole=True)
            for path, things in found.items()
        }

    def page_pointing(
        self, iri: Iri, path: Iri, limit: int, offset: int
    ) -> tuple[int, list[Iri]]:
        """Return how many things point at another by a property, and some of them.

        They are in order where they are few, else as the store holds them.
        """
        pattern = self._pattern(path, iri)
        counted = self._select(
            f"SELECT (COUNT(?thing) AS ?total) WHERE {{ {pattern} }}"
        )
        total = int(counted[0]["total"].value)
        if total <= LOOKED_AT:
            quads = self._store.statements(None, path, iri, None)
            things = [q.subject for q in quads if isinstance(q.subject, Iri)]
            return total, sorted(things, key=self.rank)[offset : offset + limit]
        return total, self._part(pattern, limit, offset)

    def parts_pointing(self, iri: Iri, path: Iri, size: int) -> Iterator[list[Iri]]:
        """Yield all that points at a thing by a property, so many at a time."""
        total, things = self.page_pointing(iri, path, max(size, LOOKED_AT), 0)
        yield things
        for offset in range(len(things), total, size):
            yield self._part(self._pattern(path, iri), size, offset)

    def _pattern(self, path: Iri, iri: Iri) -> str:
        return f"?thing {in_query(path.value)} {in_query(iri.value)} {self._only}"

    def _part(self, pattern: str, limit: int, offset: int) -> list[Iri]:
        rows = self._select(
            f"SELECT ?thing WHERE {{ {pattern} }} LIMIT {limit} OFFSET {offset}"
        )
        return [t for row in rows if isinstance(t := row["thing"], Iri)]

    def _quads(self, iri: Iri, within: Graphs) -> Iterator[Statement]:
        for graph in [None] if within is None else sorted(within):
            yield from self._store.statements(None, None, iri, graph)

    def _many(self, iri: Iri, within: Graphs) -> dict[Iri, Pointing]:
        """Return how many things point at one that is pointed at often, and a few."""
        pattern = f"?thing ?path {in_query(iri.value)} {self._only}"
        is_once = within is None and not self._only
        if within is not None:
            graphs = " ".join(in_query(graph.value) for graph in sorted(within))
            pattern = f"VALUES ?graph {{ {graphs} }} GRAPH ?graph {{ {pattern} }}"
        solutions = self._select(
            f"SELECT ?path (COUNT({'' if is_once else 'DISTINCT'} ?thing) AS ?total) "
            f"WHERE {{ {pattern} }} GROUP BY ?path"
        )
        return {
            path: Pointing(
                int(item["total"].value), self._few(iri, path, within), is_whole=False
            )
            for item in solutions
            if isinstance(path := item.get("path"), Iri)
        }

    def _few(self, iri: Iri, path: Iri, within: Graphs) -> list[Iri]:
        quads = (
            item
            for graph in ([None] if within is None else sorted(within))
            for item in self._store.statements(None, path, iri, graph)
        )
        few = islice((q.subject for q in quads if isinstance(q.subject, Iri)), FEW)
        return sorted(few, key=self.rank)

    def _find_rank(self, thing: Iri) -> tuple[str, str, str]:
        """Return what orders things: the first day known of one, its name, its IRI."""
        label = self._labels.found(thing, "nl")
        return self._first_day(thing), label.text.lower() if label else "", thing.value

    def _first_day(self, thing: Iri) -> str:
        days = (
            item.object.value
            for path in _IN_TIME
            for period in self._followed(thing, path.split("/"))
            for item in self._store.statements(period, self._start, None, None)
        )
        return min(days, default="")

    def _followed(self, thing: Iri, steps: list[str]) -> list[Iri]:
        """Return what a path of properties leads to from a thing."""
        found = [thing]
        for step in steps:
            name = self._name(step.removeprefix("^"))
            found = [
                end
                for node in found
                for item in (
                    self._store.statements(None, name, node, None)
                    if step.startswith("^")
                    else self._store.statements(node, name, None, None)
                )
                if isinstance(
                    end := item.subject if step.startswith("^") else item.object, Iri
                )
            ]
        return found

    def meetings_of(self, body: Iri) -> list[Iri]:
        """Return the meetings of a body."""
        kind, meeting = self._name("rdf:type"), self._name("ovl:Meeting")
        found = {item.subject for item in self._quads(body, None)}
        meetings = [
            thing
            for thing in found
            if isinstance(thing, Iri)
            and next(self._store.statements(thing, kind, meeting, None), None)
        ]
        return sorted(meetings, key=self.rank)
