"""The tables say what people ask for, and who says it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from graph.paths import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from graph.releasing import Release

#: By table: the class of what it lists, and the column that names it.
LISTED = {
    "agreements": ("agreement", "ovl:Agreement"),
    "commitments": ("commitment", "ovl:ParliamentaryCommitment"),
    "meetings": ("meeting", "ovl:Meeting"),
    "office-holdings": ("membership", None),
    "organisations": ("organisation", "org:FormalOrganization"),
    "quotas": ("observation", None),
}


def rows_of(release: Release, name: str) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with (release.path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.rq")), ids=lambda p: p.stem)
def test_every_row_names_its_source(path: Path, release: Release) -> None:
    """By address and by name; and no row stands twice."""
    rows = rows_of(release, path.stem)

    assert rows
    assert all(row["source"].startswith("https://") for row in rows)
    assert all(row["sourceName"] for row in rows)
    assert len({tuple(row.values()) for row in rows}) == len(rows)


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.rq")), ids=lambda p: p.stem)
def test_every_column_orders_the_rows(path: Path) -> None:
    """So the order follows from the rows alone, whatever store they are read from."""
    head, _, order = path.read_text(encoding="utf-8").rpartition("ORDER BY")
    columns = head.partition("SELECT DISTINCT")[2].partition("WHERE")[0]

    assert sorted(order.split()) == sorted(columns.split())


@pytest.mark.parametrize("name", [name for name in LISTED if LISTED[name][1]])
def test_a_table_lists_everything_of_its_class(name: str, release: Release) -> None:
    """As many things as the manifest counts."""
    column, _ = LISTED[name]
    listed = {row[column] for row in rows_of(release, name)}

    assert len(listed) >= release.manifest.counts[name]


def test_an_office_holding_says_from_when_until_when(release: Release) -> None:
    """And that of somebody known is right."""
    rows = [
        row
        for row in rows_of(release, "office-holdings")
        if row["holder"] == "Klaas Dijkhoff" and row["certainty"] == "held"
    ]

    assert ("2015-03-20", "2017-10-04") in {(r["start"], r["end"]) for r in rows}


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.rq")), ids=lambda p: p.stem)
def test_a_table_says_what_it_lists_in_both_languages(path: Path) -> None:
    """As the example queries do."""
    head = path.read_text(encoding="utf-8").splitlines()[:2]

    assert [line[:6] for line in head] == ["# nl: ", "# en: "]
