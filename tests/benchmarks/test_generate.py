"""Generated graphs are valid, alike each time, and as wrong as was asked."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks.agreement import compared
from benchmarks.defects import DEFECTS
from benchmarks.generate import lines
from graph.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 10_000


def test_a_graph_without_errors_conforms(tmp_path: Path) -> None:
    """Not even a warning is found, by either engine."""
    report = compared(SIZE, 0, tmp_path)

    assert report.findings == ()
    assert report.differences == ()


@pytest.mark.parametrize("errors", [0.01, 0.4])
def test_errors_are_of_many_kinds_and_found_by_both_engines(
    tmp_path: Path, errors: float
) -> None:
    """Each share of errors gives violations, by more shapes the more there are."""
    report = compared(SIZE, errors, tmp_path)

    assert report.violations >= 1000 * errors
    assert len({item.shape for item in report.findings}) >= (30 if errors > 0.1 else 8)
    assert report.differences == ()


def test_every_defect_changes_a_thing() -> None:
    """With a defect in each thing, no class that may have one is without."""
    sound, broken = set(lines(SIZE)), set(lines(SIZE, 1))

    for kind, defects in DEFECTS.items():
        assert defects, kind
    assert len(sound ^ broken) > 1000


def test_the_same_choice_gives_the_same_bytes(tmp_path: Path) -> None:
    """Another process with another hash seed writes the same file."""
    files = [tmp_path / name for name in ("one.nq", "two.nq", "three.nq")]
    for path, seed in zip(files, ("1", "1", "2"), strict=True):
        command = [sys.executable, "-m", "benchmarks.generate", "--seed", seed]
        subprocess.run(
            [*command, "--quads", "2000", "--out", path], cwd=ROOT, check=True
        )
    one, two, three = (path.read_bytes() for path in files)

    assert one == two != three


def test_the_size_is_the_one_asked_for() -> None:
    """A graph has as many quads as were asked for, less a part of a table."""
    found = list(lines(SIZE))

    assert 0.95 * SIZE < len(found) <= SIZE
    assert len(set(found)) == len(found)


def test_some_statements_stand_in_two_graphs() -> None:
    """About a tenth of what is stated is stated twice."""
    found = [line.rpartition(" <")[0] for line in lines(100_000)]

    assert 0.05 < 1 - len(set(found)) / len(found) < 0.15
