"""The documents say what is so: every module, command, setting and query is in them."""

from __future__ import annotations

import ast
import re
import subprocess
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from click import Context

from graph.paths import QUERIES, ROOT
from server.__main__ import cli
from server.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from graph.releasing import Release


def text_of(name: str) -> str:
    """Return a document of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def modules() -> list[str]:
    """Return each module as a path from the root."""
    paths = [*(ROOT / "graph").rglob("*.py"), *(ROOT / "server").rglob("*.py")]
    return sorted(
        str(path.relative_to(ROOT)) for path in paths if path.name != "__init__.py"
    )


def test_the_map_names_every_module_and_no_other() -> None:
    """ARCHITECTURE.md has one line a module."""
    rows = r"^\| `((?:graph|server)/[\w/]+\.py)` \|"
    named = re.findall(rows, text_of("ARCHITECTURE.md"), re.MULTILINE)

    assert sorted(named) == modules()


def test_the_map_names_every_folder() -> None:
    """Each folder of the project has its line."""
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir()
        and not path.name.startswith(".")
        and path.name not in {"releases", "artifacts", "build", "dist"}
        and not path.name.endswith(".egg-info")
    }
    named = set(
        re.findall(r"^\| `([\w-]+)/` \|", text_of("ARCHITECTURE.md"), re.MULTILINE)
    )

    assert named == folders


def test_the_readme_names_every_command_and_no_other() -> None:
    """A command that is not in the README might as well not be there."""
    named = set(
        re.findall(r"^\| `regietafel ([a-z]+)", text_of("README.md"), re.MULTILINE)
    )

    assert named == set(cli.list_commands(Context(cli)))


def test_the_settings_are_documented_as_they_are() -> None:
    """docs/settings.md has a row for each setting, with its default and its help."""
    rows = dict(
        re.findall(
            r"^\| `--([\w-]+)` \| (.*) \|$", text_of("docs/settings.md"), re.MULTILINE
        )
    )
    wanted = {
        item.name.replace(
            "_", "-"
        ): f"`{getattr(Settings(), item.name)}` | {item.metadata['help']}"
        for item in fields(Settings)
    }

    assert rows == wanted


def test_every_promise_has_a_test_that_is_there() -> None:
    """docs/contract.md has no promise without a test, and names none that is gone."""
    lines = text_of("docs/contract.md").splitlines()
    rows = [line for line in lines if re.match(r"\| (?!promise)", line)]
    tests = {row: re.findall(r"`([\w/]+\.py)::(\w+)`", row) for row in rows}
    named = {test for found in tests.values() for test in found}
    known = {
        (name, item.name)
        for name in {name for name, _ in named}
        for item in ast.parse(text_of(f"tests/{name}")).body
        if isinstance(item, ast.FunctionDef)
    }

    assert len(rows) > 50
    assert [row for row, found in tests.items() if not found] == []
    assert sorted(named - known) == []
    assert [test for _, test in named if not test.startswith("test_")] == []


def test_every_make_target_has_its_help() -> None:
    """`make help` lists every target that people call."""
    lines = text_of("Makefile").splitlines()
    phony = next(line for line in lines if line.startswith(".PHONY")).split()[1:]
    helped = [line.partition(":")[0] for line in lines if "## " in line and ":" in line]

    assert set(phony) <= set(helped)


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.rq")), ids=lambda p: p.stem)
def test_a_query_says_its_question_in_both_languages(path: Path) -> None:
    """The pages show a query by its question."""
    head = path.read_text(encoding="utf-8").splitlines()[:2]

    assert head[0].startswith("# nl: ")
    assert head[1].startswith("# en: ")


def test_links_between_documents_lead_somewhere() -> None:
    """No document points at a file that is not there."""
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]

    assert broken == []


def test_the_readmes_first_question_is_answered(
    releases: Path, release: Release
) -> None:
    """The command in the README is run as it stands, on the release of the tests."""
    del release
    blocks = re.findall(r"```sh\n(.*?)```", text_of("README.md"), re.DOTALL)
    command = next(block for block in blocks if "regietafel query" in block).strip()

    place = f" --releases '{releases}' < "

    done = subprocess.run(
        ["sh", "-c", command.replace(" < ", place)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )

    assert done.returncode == 0, done.stderr
    assert "Ollongren" in done.stdout.replace("\n", "")


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of somebody's machine stands in a document."""
    places = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|Users)/\w")
    found = [
        str(path.relative_to(ROOT))
        for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        if places.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []
