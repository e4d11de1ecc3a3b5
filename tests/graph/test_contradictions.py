"""What sources disagree on is in the graph, with both claims and their places."""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from graph.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.releasing import Release

ACCOUNTING = Path(__file__).parent / "accounting" / "conflicts.toml"
KNOWN: dict[str, str] = tomllib.loads(ACCOUNTING.read_text(encoding="utf-8"))
#: Known contradictions that no rule can find, because their claims are only words.
BY_HAND = {"cf-15", "cf-20", "cf-21"}
#: The letter's name where the facts were gathered, and its name in the graph.
LETTER = {"seed-2021": "brief-2021-12-20-jenv-lrt"}
CLAIMS = """
PREFIX ovl: <https://data.regietafel.example/def/overleg#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?contradiction ?source ?place ?in WHERE {
  GRAPH ?in { ?contradiction ovl:claim ?claim }
  ?claim prov:wasDerivedFrom ?source .
  OPTIONAL { ?claim ovl:evidence ?place }
}
"""


@pytest.fixture(scope="module")
def rows(release: Release) -> list[dict[str, str]]:
    """Return each claim with its contradiction, graph and place, as short names."""
    return [
        {name: shorten(term.value) for name, term in row.items()}
        for row in release.store.select(CLAIMS)
    ]


@pytest.fixture(scope="module")
def sources(rows: list[dict[str, str]]) -> Mapping[str, set[str]]:
    """Return the source graphs whose claims meet in each contradiction."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["contradiction"]].add(row["source"])
    return found


def test_known_contradictions_are_found(
    rows: list[dict[str, str]], record_property: Callable[[str, object], None]
) -> None:
    """All are in the graph; the share that a rule finds is printed."""
    stated = {row["contradiction"]: row["in"] for row in rows}
    by_rule = {
        name
        for name, iri in KNOWN.items()
        if stated.get(iri, "").startswith("afgeleid:")
    }

    told = f"{len(by_rule)} of {len(KNOWN)} known contradictions found by rule"
    record_property("contradictions", told)
    sys.stdout.write(f"\n{told}\n")

    assert {iri for iri in KNOWN.values() if iri not in stated} == set()
    assert by_rule == KNOWN.keys() - BY_HAND


def test_every_row_is_accounted_for(shared: Path) -> None:
    """Each contradiction that the facts list has its place in the graph."""
    text = (shared / "facts" / "facts.yaml").read_text(encoding="utf-8")

    assert [row["id"] for row in yaml.safe_load(text)["conflicts"]] == list(KNOWN)


def test_a_known_contradiction_joins_the_sources_that_disagree(
    shared: Path, sources: Mapping[str, set[str]]
) -> None:
    """At least two of the sources that the facts name meet in it."""
    text = (shared / "facts" / "facts.yaml").read_text(encoding="utf-8")
    missing = {}
    for row in yaml.safe_load(text)["conflicts"]:
        names = {claim["source"] for claim in row["claims"]}
        graphs = {f"bron:{LETTER.get(name, name)}" for name in names}
        met = graphs & sources[KNOWN[row["id"]]]
        if len(met) < min(2, len(graphs)):
            missing[row["id"]] = sorted(met)

    assert missing == {}


def test_a_contradiction_is_between_sources(sources: Mapping[str, set[str]]) -> None:
    """Its claims come from source graphs, two or more but for a sum of parts."""
    single = {iri for iri, graphs in sources.items() if len(graphs) == 1}
    foreign = {
        graph
        for graphs in sources.values()
        for graph in graphs
        if not graph.startswith("bron:")
    }

    assert foreign == set()
    assert {iri for iri in single if not iri.startswith("tegenspraak:totaal-")} == set()


def test_a_claim_leads_to_its_place(rows: list[dict[str, str]]) -> None:
    """A claim names a place in the document, except of bare names and codes."""
    without = {
        row["contradiction"].partition(":")[2].partition("-")[0]
        for row in rows
        if "place" not in row
    }

    assert without <= {"kenmerk", "naam"}
