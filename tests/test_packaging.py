"""The wheel holds exactly what it should, and works where there is no checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from graph.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    options = ["--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    subprocess.run([*command, *options, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_exactly_the_folders_of_the_project(wheel: Path) -> None:
    """No test, document or stray file gets into an installation."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "graph",
        "ontology",
        "server",
        "shapes",
    }
    built = [name for name in names if name.startswith("server/static/build/")]
    sources = [n for n in names if "dist-info" not in n and n not in built]
    suffixes = {name.rpartition(".")[2] for name in sources}
    code, data = {"py", "js"}, {"ttl", "rq", "toml", "md"}
    pages = {"html", "css", "svg", "txt", "xml"}
    assert suffixes <= code | data | pages
    assert any(name.startswith("graph/sources/") for name in names)
    assert not any("node_modules" in name for name in names)


def test_the_wheel_carries_the_assets(wheel: Path) -> None:
    """What was built is in the wheel: every file of the manifest, in each encoding."""
    folder = "server/static/build/"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        if f"{folder}manifest.json" not in names and not os.environ.get("CI"):
            pytest.skip("the assets were not built")
        manifest = json.loads(archive.read(f"{folder}manifest.json"))

    wanted = {
        f"{folder}{name}{suffix}"
        for name in manifest["files"].values()
        for suffix in ("", ".br", ".gz")
    }
    assert {n for n in names if n.startswith(folder)} == wanted | {
        f"{folder}manifest.json"
    }


def test_the_wheel_builds_a_release_and_answers_a_query(
    wheel: Path, tmp_path: Path
) -> None:
    """Installed elsewhere, without the checkout, the commands do their work."""
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run(
        [*install, "--no-index", "--no-compile", "--target", str(target), str(wheel)],
        check=True,
        capture_output=True,
    )
    environment = os.environ | {"PYTHONPATH": str(target)}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            check=True,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
        )
        return done.stdout

    command = str(target / "bin" / "regietafel")
    where = run("-c", "import graph, server; print(graph.__file__, server.__file__)")
    assert where.count(str(target)) == 2
    assert "release " in run(command, "build")
    query = "ASK { ?table a <https://data.regietafel.example/def/overleg#Seat> }"
    assert '"boolean":true' in run(command, "query", query, "--format", "json")
