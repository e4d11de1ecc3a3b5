"""Releases are chosen, gone back to and cleared away, and nothing published is lost."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from graph.building import build
from graph.errors import (
    BusyReleasesError,
    NoReleaseError,
    UnknownReleaseError,
    UnreadableReleaseError,
)
from graph.history import History
from graph.keeping import choose, prune, rollback
from graph.paths import ROOT
from graph.releasing import current_release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from graph.releasing import Release

    Publish = Callable[[Path, Iterable[str]], Release]

BASE = "https://data.regietafel.example/"


def line(number: int) -> str:
    """Return a statement about a thing of its own, in a graph of its own."""
    return f'<{BASE}id/persoon/p-{number}> <x:name> "P" <{BASE}graph/bron/g-{number}> .'


#: Makes a draft and keeps it until it is killed.
AT_WORK: Final = """
import sys
from pathlib import Path
from graph.drafting import drafting
with drafting(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def three(tmp_path: Path, publish_lines: Publish) -> list[Release]:
    """Return three releases, each with one thing of its own and one of the next."""
    return [publish_lines(tmp_path, [line(n), line(n + 1)]) for n in range(3)]


def ids(releases: Iterable[Release]) -> list[str]:
    """Return the ids of releases."""
    return [item.manifest.id for item in releases]


def test_releases_are_listed_in_the_order_of_time(
    tmp_path: Path, three: list[Release]
) -> None:
    """Each names the one before as its parent; what is no release is passed over."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "manifest.json").write_text("{}", encoding="utf-8")

    assert ids(History(tmp_path).releases()) == ids(three)
    assert [item.manifest.parent for item in three] == [None, *ids(three)[:2]]


def test_a_release_is_chosen_by_the_beginning_of_its_id(
    tmp_path: Path, three: list[Release]
) -> None:
    """Or as the current one; what names none or several is refused."""
    first, last = three[0].manifest.id, three[-1].manifest.id

    assert choose(tmp_path, first[:6]).manifest.id == first
    assert choose(tmp_path, "current").manifest.id == last
    for word in ("", "x", "0" * 16):
        with pytest.raises(UnknownReleaseError) as caught:
            choose(tmp_path, word)
        assert first in caught.value.mend
    with pytest.raises(NoReleaseError):
        choose(tmp_path / "none", "current")


def test_rolling_back_goes_to_the_parent(tmp_path: Path, three: list[Release]) -> None:
    """Or to any other; the first release has no parent."""
    assert rollback(tmp_path).manifest.id == three[1].manifest.id
    assert current_release(tmp_path).manifest.id == three[1].manifest.id
    assert rollback(tmp_path, three[0].manifest.id).path == three[0].path
    with pytest.raises(UnknownReleaseError):
        rollback(tmp_path)
    assert rollback(tmp_path, three[2].manifest.id).path == three[2].path


def test_no_damaged_release_is_gone_back_to(
    tmp_path: Path, three: list[Release]
) -> None:
    """The current one stays."""
    (three[1].path / "graphs.tsv").write_text("lie", encoding="utf-8")

    with pytest.raises(UnreadableReleaseError, match=r"graphs\.tsv differs"):
        rollback(tmp_path)
    assert current_release(tmp_path).manifest.id == three[2].manifest.id


def test_publishing_again_keeps_the_first_date(
    tmp_path: Path, three: list[Release], publish_lines: Publish
) -> None:
    """A release that returns is the one that it was."""
    again = publish_lines(tmp_path, [line(0), line(1)])

    assert again.manifest == three[0].manifest
    assert current_release(tmp_path).manifest.id == three[0].manifest.id


def test_the_last_sighting_is_that_of_the_newest_release(
    tmp_path: Path, three: list[Release]
) -> None:
    """Of things and of graphs, if need be among earlier releases only."""
    history = History(tmp_path)

    for iri in (f"{BASE}id/persoon/p-1", f"{BASE}graph/bron/g-1"):
        found = history.last_sighting(iri)
        assert found
        assert (found.release, found.kept) == (three[1].manifest.id, True)
        before = history.last_sighting(iri, three[1].manifest.moment)
        assert before
        assert before.release == three[0].manifest.id
    assert history.last_sighting(f"{BASE}id/persoon/p-9") is None
    assert (
        history.last_sighting(f"{BASE}id/persoon/p-3", three[0].manifest.moment) is None
    )


def test_pruning_forgets_no_iri(tmp_path: Path, three: list[Release]) -> None:
    """What only pruned releases held is known with the last of them."""
    history = History(tmp_path)

    assert ids(prune(tmp_path, keep=1)) == ids(three[:2])

    assert ids(history.releases()) == ids(three[2:])
    assert not three[0].path.exists()
    for number, holder in ((0, three[0]), (1, three[1])):
        for iri in (f"{BASE}id/persoon/p-{number}", f"{BASE}graph/bron/g-{number}"):
            found = history.last_sighting(iri)
            assert found
            assert not found.kept
            assert found.release == holder.manifest.id
            assert found.moment == holder.manifest.moment
    still = history.last_sighting(f"{BASE}id/persoon/p-2")
    assert still
    assert still.kept
    assert history.pruned(f"{BASE}release/{three[0].manifest.id}")
    assert (
        history.last_sighting(f"{BASE}id/persoon/p-0", three[0].manifest.moment) is None
    )


def test_one_build_or_pruning_is_at_work_at_a_time(
    tmp_path: Path, three: list[Release]
) -> None:
    """Whoever comes meanwhile is told so, and changes nothing; a killed one lets go."""
    before = sorted(path.name for path in tmp_path.iterdir())
    words = [sys.executable, "-c", AT_WORK, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        for attempt in (lambda: prune(tmp_path, keep=1), lambda: build(tmp_path)):
            with pytest.raises(BusyReleasesError, match="at work there"):
                attempt()
        process.kill()
    assert len(History(tmp_path).releases()) == len(three)

    assert [item.manifest.id for item in prune(tmp_path, keep=len(three))] == []
    build(tmp_path)
    assert not set(before) - {path.name for path in tmp_path.iterdir()}


def test_the_current_release_is_never_pruned(
    tmp_path: Path, three: list[Release]
) -> None:
    """Not even when it is the oldest."""
    rollback(tmp_path, three[0].manifest.id)

    assert ids(prune(tmp_path, keep=1)) == [three[1].manifest.id]
    assert current_release(tmp_path).manifest.id == three[0].manifest.id


def test_pruning_ends_what_a_killed_pruning_began(
    tmp_path: Path, three: list[Release]
) -> None:
    """A folder that was set aside is removed."""
    three[0].path.rename(tmp_path / f".pruned-{three[0].manifest.id}")

    assert prune(tmp_path, keep=5) == []
    assert not list(tmp_path.glob(".pruned-*"))
