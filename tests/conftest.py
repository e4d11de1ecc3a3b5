"""What every test may use: one release of the real graph, built once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.building import build
from graph.merging import merge
from graph.namespaces import DEFAULT_BASE
from graph.paths import ROOT
from graph.releasing import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graph.releasing import Release


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the releases that the tests build."""
    return tmp_path_factory.mktemp("releases")


@pytest.fixture(scope="session")
def release(releases: Path) -> Release:
    """Return a release of the graph as it stands in the checkout."""
    return build(releases)[0]


@pytest.fixture(scope="session")
def publish_lines() -> Callable[[Path, Iterable[str]], Release]:
    """Return what makes a small release of lines of N-Quads, without the gate."""

    def publish_them(folder: Path, lines: Iterable[str]) -> Release:
        nquads = b"".join(sorted(f"{line}\n".encode() for line in set(lines)))
        return publish(folder, nquads, merge(nquads), None, DEFAULT_BASE)

    return publish_them


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder with the texts and facts that the data was made from."""
    folder = Path(os.environ.get("REGIETAFEL_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the folder with the sources' texts and facts is not at hand")
    return folder
