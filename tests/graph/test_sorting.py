"""Sorting on disk gives what sorting in memory gives, however small the memory."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from graph import sorting
from graph.sorting import Runs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("room", [1, 100, 10**6])
def test_lines_come_sorted_and_once(tmp_path: Path, room: int) -> None:
    """Pieces may end anywhere; each line is kept once."""
    chance = random.Random(1)  # noqa: S311  no secret
    lines = [f"{chance.randrange(200)} é\n".encode() for _ in range(1000)]
    text, runs = b"".join(lines), Runs(tmp_path / "runs", room)
    while text:
        size = chance.randrange(1, 60)
        runs.write(text[:size])
        text = text[size:]
    runs.flush()

    assert list(runs.lines()) == sorted(set(lines))


def test_more_runs_than_files_may_be_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs are merged into larger ones first."""
    monkeypatch.setattr(sorting, "_AT_ONCE", 3)
    runs = Runs(tmp_path / "runs", 1)
    for number in range(20, 0, -1):
        runs.write(f"{number:02}\n".encode())

    assert [int(line) for line in runs.lines()] == list(range(1, 21))
    assert len(list((tmp_path / "runs").iterdir())) <= 4
