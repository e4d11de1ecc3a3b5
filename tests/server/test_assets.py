"""The assets: built or not, their pages work; what never changes is kept for good."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import brotli
import httpx
import pytest

from graph.paths import ROOT
from server.assets import BUILT, STATIC, Assets
from server.errors import ThemeError
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.releasing import Release

#: A registry of npm that nobody answers at.
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what the assets are built from, and of nothing built."""
    for name in ("frontend", "server/templates", "server/static"):
        ignored = shutil.ignore_patterns("node_modules", "build", ".build-*")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "hatch_build.py", tmp_path)
    return tmp_path


def build(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the build of a checkout with a changed environment."""
    return subprocess.run(
        [sys.executable, "hatch_build.py"],
        cwd=checkout,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("mode", "status", "said"),
    [("auto", 0, "plain style sheet"), ("require", 1, ""), ("skip", 0, "")],
)
def test_without_a_registry_the_mode_decides(
    checkout: Path, tmp_path: Path, mode: str, status: int, said: str
) -> None:
    """Only who requires assets fails without them; nothing half-built stays."""
    cache = str(tmp_path / "cache")
    done = build(
        checkout,
        REGIETAFEL_FRONTEND=mode,
        npm_config_registry=NOWHERE,
        npm_config_cache=cache,
        npm_config_fetch_retries="0",
    )

    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert bool(done.stderr) == (mode != "skip")
    assert not (checkout / "server" / "static" / "build").exists()


def test_without_node_the_project_still_installs(checkout: Path) -> None:
    """There is a warning that names what is missing."""
    done = build(checkout, REGIETAFEL_FRONTEND="auto", PATH="/nonexistent")

    assert done.returncode == 0
    assert "Node" in done.stderr


def test_an_unknown_mode_is_refused(checkout: Path) -> None:
    """A slip of the pen must not turn into another mode."""
    done = build(checkout, REGIETAFEL_FRONTEND="require!")

    assert done.returncode == 1
    assert "auto, require or skip" in done.stderr


def test_the_pages_name_what_was_built(assets: dict[str, str], address: str) -> None:
    """Style sheets come by names with a digest, compressed, and kept for good."""
    page = httpx.get(address, headers={"Accept": "text/html"}).text
    named = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    wanted = [f"/assets/{assets[name]}" for name in ("nlds.css", "base.css")]

    assert named == wanted
    for path in named:
        content = (BUILT / path.removeprefix("/assets/")).read_bytes()
        for encoding, open_it in (("br", brotli.decompress), ("gzip", gzip.decompress)):
            with httpx.stream(
                "GET", address + path, headers={"Accept-Encoding": encoding}
            ) as answer:
                raw = b"".join(answer.iter_raw())
            assert answer.headers["Content-Encoding"] == encoding
            assert "immutable" in answer.headers["Cache-Control"]
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert open_it(raw) == content
        plain = httpx.get(address + path, headers={"Accept-Encoding": "identity"})
        assert plain.content == content
        assert "Content-Encoding" not in plain.headers


def test_only_assets_are_sent(assets: dict[str, str], address: str) -> None:
    """Neither the manifest nor anything beside the build."""
    del assets
    for name in ("manifest.json", "..%2Fbase.css", "%2e%2e/base.css", "x.js"):
        assert httpx.get(f"{address}/assets/{name}").status_code == 404


@pytest.mark.parametrize("name", ["base.css", "suggest.js"])
def test_a_changed_source_is_sent_plain(
    assets: dict[str, str], tmp_path: Path, name: str
) -> None:
    """Who edits what also works alone sees the edit, not what was built before."""
    folder = tmp_path / "build"
    shutil.copytree(BUILT, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sources"][name] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))

    assert name in assets
    assert name not in Assets.read(None, folder).files


def test_without_a_build_there_is_the_plain_style_sheet(tmp_path: Path) -> None:
    """No build, no assets."""
    assert Assets.read(None, tmp_path).files == {}
    assert (STATIC / "base.css").exists()
    assert (STATIC / "suggest.js").exists()


def test_the_theme_is_the_operators(
    serve: Callable[..., AbstractContextManager[str]], release: Release, tmp_path: Path
) -> None:
    """A class and a style sheet of one's own, after all others."""
    sheet = tmp_path / "own.css"
    sheet.write_text(".own { --link: #154273; }")
    settings = Settings(theme_class="own", theme_css=str(sheet))
    with serve(release, settings) as url:
        page = httpx.get(url, headers={"Accept": "text/html"}).text
        last = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)[-1]
        answer = httpx.get(url + last)

    assert 'class="utrecht-html own"' in page
    assert answer.text == sheet.read_text()
    assert answer.headers["Content-Type"].startswith("text/css")


def test_a_theme_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """The error names the file and the setting."""
    with pytest.raises(ThemeError, match=r"none\.css") as caught:
        Assets.read(str(tmp_path / "none.css"))

    assert "--theme-css" in caught.value.mend


def test_the_licences_come_along(assets: dict[str, str]) -> None:
    """Every package that is bundled is named with its licence and its text."""
    text = (BUILT / assets["THIRD-PARTY.txt"]).read_text()
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    bundled = {
        path.rpartition("node_modules/")[2]: item["license"]
        for path, item in lock["packages"].items()
        if path and not item.get("dev")
    }

    assert bundled
    assert set(bundled.values()) <= {"MIT", "EUPL-1.2"}
    assert [name for name in bundled if name not in text] == []


def test_the_lock_names_no_registry() -> None:
    """Packages are known by their digests, wherever they come from."""
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())

    assert all("resolved" not in item for item in lock["packages"].values())
    assert all(i.get("integrity") for path, i in lock["packages"].items() if path)
