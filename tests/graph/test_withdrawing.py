"""A withdrawn IRI passes the gate, if it says what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.checking import check

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://data.regietafel.example/"
SINCE = (
    '<http://www.w3.org/ns/prov#invalidatedAtTime> "2026-12-01T00:00:00Z"'
    "^^<http://www.w3.org/2001/XMLSchema#dateTime>"
)


@pytest.mark.parametrize(
    ("more", "violations"),
    [
        (f"; <http://purl.org/dc/terms/isReplacedBy> <{BASE}id/organisatie/lrt>", 0),
        ('; <http://www.w3.org/2004/02/skos/core#changeNote> "Dubbel."@nl', 0),
        ("", 1),
    ],
)
def test_a_withdrawal_gives_a_reason_or_a_successor(
    tmp_path: Path, more: str, violations: int
) -> None:
    """One of them is needed, and enough."""
    path = tmp_path / "vervallen.ttl"
    path.write_text(f"<{BASE}id/organisatie/oud> {SINCE} {more} .", encoding="utf-8")

    assert check([path]).violations == violations
