"""A line of a sorted file is found as if every line were read."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from graph.lookup import find_line, subjects

if TYPE_CHECKING:
    from pathlib import Path

    from graph.releasing import Release


def test_finding_agrees_with_reading(tmp_path: Path) -> None:
    """For lines that are there, and for some that are not."""
    chance = random.Random(1)  # noqa: S311  chance for a test, no secret
    words = ["a", "ab", "b", "é", "zz", "a" * 300]
    for size in (0, 1, 2, 3, 50):
        lines = sorted({" ".join(chance.choices(words, k=3)) for _ in range(size)})
        data = sorted(line.encode() for line in lines)
        path = tmp_path / "lines"
        path.write_bytes(b"".join(line + b"\n" for line in data))
        for start in (*(word.encode() + b" " for word in words), b"", b"\xff", *data):
            wanted = next((line for line in data if line.startswith(start)), None)
            assert find_line(path, start) == wanted


def test_a_file_that_is_not_there_has_no_line(tmp_path: Path) -> None:
    """As one that is empty."""
    assert find_line(tmp_path / "none", b"a") is None


def test_a_release_knows_what_it_describes(release: Release) -> None:
    """Every subject and every graph, and nothing that merely begins alike."""
    base = release.manifest.base
    known = {item.subject.value for item in release.store.statements()}

    assert set(subjects(release.dataset, base)) == {
        iri for iri in known if iri.startswith(base)
    }
    assert all(map(release.describes, release.store.graphs()))
    assert release.describes(f"{base}id/organisatie/lrt")
    for iri in ("id/organisatie/lr", "id/organisatie/lrt/", "id/", "graph/bron/b", ""):
        assert not release.describes(base + iri)
