"""Every row of the facts stands in the graph, or there is a reason why it does not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.deriving import derive
from graph.formats import by_name
from graph.merging import merge
from graph.namespaces import DEFAULT_BASE, expand
from graph.paths import NOT_MERGED
from graph.reading import read_graph
from graph.store import Store

ACCOUNTING = Path(__file__).parent / "accounting"

sections = pytest.mark.parametrize(
    "section", sorted(path.stem for path in ACCOUNTING.glob("*.toml"))
)


@pytest.fixture(scope="module")
def facts(shared: Path) -> dict[str, Any]:
    """Give the rows that the graph was made from, by section."""
    text = (shared / "facts" / "facts.yaml").read_text(encoding="utf-8")
    return {name: rows for name, rows in yaml.safe_load(text).items() if name != "meta"}


@pytest.fixture(scope="module")
def described() -> set[str]:
    """Give the IRI of everything that the merged graph describes."""
    store = read_graph()
    derive(store)
    merged = Store.in_memory()
    left_out = [DEFAULT_BASE + name for name in NOT_MERGED]
    merged.load(
        merge(store.canonical_nquads(), left_out), by_name("ntriples"), DEFAULT_BASE
    )
    query = "SELECT DISTINCT ?node WHERE { ?node a ?type }"
    return {row["node"].value for row in merged.select(query)}


def account(section: str) -> dict[str, str | dict[str, str]]:
    """Return what became of each row of a section."""
    path = ACCOUNTING / f"{section}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_every_section_has_its_account(facts: dict[str, Any]) -> None:
    """The accounts bear the names of the sections."""
    assert {path.stem for path in ACCOUNTING.glob("*.toml")} == set(facts)


@sections
def test_every_row_is_accounted_for(section: str, facts: dict[str, Any]) -> None:
    """An account names each row of its section, and no other."""
    assert set(account(section)) == {row["id"] for row in facts[section]}


@sections
def test_what_a_row_became_stands_in_the_graph(
    section: str, described: set[str]
) -> None:
    """A row is mapped to something that the merged graph describes."""
    named = {row: to for row, to in account(section).items() if isinstance(to, str)}

    assert {r: to for r, to in named.items() if expand(to) not in described} == {}


@sections
def test_what_is_left_out_has_a_reason(section: str) -> None:
    """A row without a place in the graph says why, in words."""
    left = [to for to in account(section).values() if not isinstance(to, str)]

    assert all(set(to) == {"reason"} and to["reason"].strip() for to in left)
