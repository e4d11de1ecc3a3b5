"""What every test may use: one release of the real graph, built once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.building import build
from graph.paths import ROOT

if TYPE_CHECKING:
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
def shared() -> Path:
    """Return the folder with the texts and facts that the data was made from."""
    folder = Path(os.environ.get("REGIETAFEL_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the folder with the sources' texts and facts is not at hand")
    return folder
