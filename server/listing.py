"""Lists the things of a release: by kind, and those that point at another thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.terms import Iri
from server.naming import in_query

if TYPE_CHECKING:
    from server.naming import Labels

#: Properties, or paths of them, that give a thing its place in time.
_IN_TIME: Final = (
    "ovl:dated",
    "org:memberDuring",
    "ovl:attestedDuring",
    "ovl:validDuring",
    "^eli-dl:had_participation/ovl:dated",
)


class Lister:
    """Finds things in the store of a release, in the order of time and then of name."""

    def __init__(self, labels: Labels, base: str) -> None:
        """Read from the store of `labels`."""
        self._store = labels.store
        self._name = labels.name
        self._base = base

    def of_kind(self, kind: str, limit: int, offset: int) -> list[Iri]:
        """Return things whose IRI has this path word."""
        return self._ordered(self._pattern(kind), limit, offset)

    def count(self, kind: str) -> int:
        """Return how many things have this path word."""
        solutions = self._store.select(
            "SELECT (COUNT(DISTINCT ?thing) AS ?total) WHERE "
            f"{{ {self._pattern(kind)} }}"
        )
        return int(solutions[0]["total"].value)

    def pointing(self, iri: Iri, path: Iri, limit: int) -> list[Iri]:
        """Return the first things that point at another by a property."""
        pattern = f"?thing {in_query(path.value)} {in_query(iri.value)}"
        return self._ordered(pattern, limit, 0)

    def counts_pointing(self, iri: Iri) -> dict[Iri, int]:
        """Return how many things point at another, by property."""
        solutions = self._store.select(
            "SELECT ?path (COUNT(?thing) AS ?total) WHERE { ?thing ?path "
            f"{in_query(iri.value)} }} GROUP BY ?path"
        )
        return {
            Iri(item["path"].value): int(item["total"].value)
            for item in solutions
            if "path" in item
        }

    def meetings_of(self, body: Iri) -> list[Iri]:
        """Return the meetings of a body."""
        meeting = in_query(self._name("ovl:Meeting").value)
        return self._ordered(
            f"?thing a {meeting} . ?thing ?of {in_query(body.value)}", 1_000, 0
        )

    def _pattern(self, kind: str) -> str:
        start = in_query(f"{self._base}id/{kind}/")[1:-1]
        return f'?thing a ?class FILTER(STRSTARTS(STR(?thing), "{start}"))'

    def _path(self, path: str) -> str:
        """Return a path of prefixed names as it stands in a query."""
        steps = (step.partition("^") for step in path.split("/"))
        return "/".join(
            back + in_query(self._name(after or before).value)
            for before, back, after in steps
        )

    def _ordered(self, pattern: str, limit: int, offset: int) -> list[Iri]:
        in_time = "|".join(map(self._path, _IN_TIME))
        start = in_query(self._name("dcat:startDate").value)
        label = in_query(self._name("skos:prefLabel").value)
        solutions = self._store.select(
            f"SELECT ?thing (MIN(?day) AS ?first) (MIN(?label) AS ?called) WHERE {{ "
            f"{pattern} OPTIONAL {{ ?thing ({in_time})/{start} ?day }} "
            f'OPTIONAL {{ ?thing {label} ?label FILTER(LANG(?label) = "nl") }} }} '
            f"GROUP BY ?thing ORDER BY ?first LCASE(?called) ?thing "
            f"LIMIT {limit} OFFSET {offset}"
        )
        found = (item["thing"] for item in solutions if "thing" in item)
        return [item for item in found if isinstance(item, Iri)]
