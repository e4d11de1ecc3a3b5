"""The commands on releases say what they did, readably and as data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from graph.errors import NoReleaseError, UnknownReleaseError
from server.release_commands import releases_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from graph.releasing import Release

    Publish = Callable[[Path, Iterable[str]], Release]
    Run = Callable[..., Result]

BASE = "https://data.regietafel.example/"


def line(name: str) -> str:
    """Return the name of a person as a quad."""
    return (
        f"<{BASE}id/persoon/{name}> <http://www.w3.org/2004/02/skos/core#prefLabel> "
        f'"{name.title()}"@nl <{BASE}graph/bron/b> .'
    )


@pytest.fixture
def two(tmp_path: Path, publish_lines: Publish) -> tuple[str, str]:
    """Return the ids of two releases: `a` stays, `b` goes and `c` comes."""
    old = publish_lines(tmp_path, [line("a"), line("b")])
    new = publish_lines(tmp_path, [line("a"), line("c")])
    return old.manifest.id, new.manifest.id


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a command on the folder of the test."""

    def run_it(*words: str) -> Result:
        return CliRunner().invoke(
            releases_group, [*words, "--releases", str(tmp_path)], terminal_width=200
        )

    return run_it


def test_list_marks_the_current_release(run: Run, two: tuple[str, str]) -> None:
    """The newest first, with the whole id; the same as JSON."""
    text = run("list").output
    found = json.loads(run("list", "--json").output)

    assert text.index(two[1]) < text.index(two[0])
    assert next(row for row in text.splitlines() if "→" in row).count(two[1])
    assert [(row["id"], row["current"]) for row in found] == [
        (two[1], True),
        (two[0], False),
    ]


def test_show_tells_what_a_release_is(run: Run, two: tuple[str, str]) -> None:
    """By default the current one, with its changelog."""
    text, other = run("show").output, run("show", two[0][:8]).output
    found = json.loads(run("show", "--json").output)

    assert two[1] in text
    assert "gone since parent" in text
    assert "(none)" in other
    assert found["parent"] == two[0]
    assert found["changes"] == {"gone": 1, "new": 1}
    assert found["rdfc10"].startswith(two[1])


def test_diff_speaks_to_people_and_to_programs(run: Run, two: tuple[str, str]) -> None:
    """As text with labels, as JSON, and as a patch."""
    text = run("diff", *two).output
    found = json.loads(run("diff", *two, "--format", "json").output)
    patch = run("diff", *two, "--format", "patch").output.splitlines()

    assert "gone  B (persoon:b)" in text
    assert 'new  C (persoon:c)\n  + skos:prefLabel "C"@nl  [bron:b]' in text
    assert {item["state"] for item in found["entities"]} == {"gone", "new"}
    assert f"D {line('b')}" in patch
    assert f"A {line('c')}" in patch


def test_rollback_ends_in_the_release_id(
    run: Run, tmp_path: Path, two: tuple[str, str]
) -> None:
    """As build does."""
    assert run("rollback").output == f"release {two[0]}\n"
    assert (tmp_path / "current").resolve().name == two[0]
    assert run("rollback", two[1]).output == f"release {two[1]}\n"


def test_verify_names_what_is_damaged(
    run: Run, tmp_path: Path, two: tuple[str, str]
) -> None:
    """Exit 1 and the file; other releases are not blamed."""
    assert run("verify").output == "2 release(s) are as they were published\n"
    (tmp_path / two[0] / "graphs.tsv").write_text("", encoding="utf-8")

    done, as_data = run("verify"), run("verify", "--json")

    assert done.exit_code == as_data.exit_code == 1
    assert "graphs.tsv" in done.output
    assert json.loads(as_data.output) == [
        {
            "release": two[0],
            "file": "graphs.tsv",
            "reason": "differs from what was published",
        }
    ]
    assert run("verify", two[1]).exit_code == run("verify", two[1][:9]).exit_code == 0


def test_verify_finds_a_release_that_cannot_even_be_listed(
    run: Run, tmp_path: Path, two: tuple[str, str]
) -> None:
    """One without a readable manifest."""
    (tmp_path / two[0] / "manifest.json").unlink()

    assert run("verify").exit_code == run("verify", two[0]).exit_code == 1
    listed = json.loads(run("list", "--json").output)
    assert [row["id"] for row in listed] == [two[1]]


def test_prune_says_what_it_removed(
    run: Run, tmp_path: Path, two: tuple[str, str]
) -> None:
    """And does nothing where there is nothing to do."""
    assert run("prune").output == "0 release(s) removed\n"
    assert run("prune", "--keep", "1").output.splitlines() == [
        f"removed {two[0]}",
        "1 release(s) removed",
    ]
    assert not (tmp_path / two[0]).exists()
    assert run("prune", "--keep", "0").exit_code == 2


def test_an_unknown_release_is_an_error_with_a_remedy(
    run: Run, two: tuple[str, str]
) -> None:
    """Which lists those that there are."""
    for words in (["show", "x"], ["diff", "x", two[0]], ["rollback", "x"]):
        error = run(*words).exception
        assert isinstance(error, UnknownReleaseError)
        assert two[0] in error.mend


@pytest.mark.parametrize("command", ["list", "show", "verify", "rollback"])
def test_an_empty_folder_is_an_error_with_a_remedy(run: Run, command: str) -> None:
    """As for the other commands."""
    assert isinstance(run(command).exception, NoReleaseError)
