"""Temporary folders do not pile up, whatever ends their processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from graph.ephemeral import temporary_folder
from graph.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
from graph.ephemeral import temporary_folder
with temporary_folder() as folder:
    (folder / "counts").write_text("1")
    print(folder, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where temporary folders are made, here and in commands."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def hold() -> subprocess.Popen[str]:
    """Start a process that keeps a folder until it is told to go on."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_next_one_removes_what_a_killed_process_left(place: Path) -> None:
    """And leaves those alone that are in use."""
    with hold() as killed, hold() as alive:
        for process in (killed, alive):
            assert process.stdout
            assert process.stdout.readline().startswith(str(place))
        killed.kill()
        killed.wait()
        left = {*place.iterdir()}
        with temporary_folder() as own:
            kept = {*place.iterdir()}
        alive.communicate("\n")

    assert len(left) == 2
    assert len(kept & left) == 1
    assert kept - left == {own.parent}
    assert [*place.iterdir()] == []


def test_what_only_bears_such_a_name_stays(place: Path) -> None:
    """A link leads nowhere, a file is no folder, and another's folder is not ours."""
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    (place / "regietafel-run-link").symlink_to(elsewhere)
    (place / "regietafel-run-file").touch()
    strange = place / "regietafel-run-strange"
    strange.mkdir()
    if not os.getuid():
        os.chown(strange, 12_345, 12_345)
    before = {*place.iterdir()} - ({strange} if os.getuid() else set())

    with temporary_folder() as own:
        assert [*own.iterdir()] == []

    assert {*place.iterdir()} == before
    assert (elsewhere / "file").exists()
