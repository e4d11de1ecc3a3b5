"""Read, derive, gate, release: a mistake anywhere stops it, and says where."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from graph import deriving, paths, reading
from graph.building import STEPS, build
from graph.checking import check, merged_triples
from graph.deriving import rules
from graph.engines import ENGINES, default_engine
from graph.errors import InvalidDataError, SourceSyntaxError
from graph.gathering import silent
from graph.including import head_comment
from graph.namespaces import DEFAULT_BASE
from graph.paths import SOURCES, Family
from graph.releasing import current_release
from graph.reporting import as_text

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.gathering import Advance
    from graph.releasing import Release

LETTER = "brief-2021-12-20-jenv-lrt.ttl"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the sources that the graph is read from in this test."""
    folder = tmp_path / "sources"
    shutil.copytree(SOURCES, folder)
    families = (Family(folder, "*.ttl", "graph/bron/{stem}"), *paths.FAMILIES[1:])
    monkeypatch.setattr(paths, "FAMILIES", families)
    return folder


@pytest.fixture
def out(tmp_path: Path, release: Release) -> Path:
    """Return a folder with a good release, to see that it stays."""
    folder = tmp_path / "releases"
    shutil.copytree(release.path, folder / release.manifest.id)
    (folder / "current").symlink_to(release.manifest.id)
    return folder


def test_the_steps_are_announced_in_order(tmp_path: Path) -> None:
    """A build tells each step as it begins."""
    seen = []

    def step(name: str) -> AbstractContextManager[Advance]:
        seen.append(name)
        return silent(name)

    build(tmp_path, step=step)

    assert tuple(seen) == STEPS


def test_a_malformed_source_stops_the_build(
    sources: Path, out: Path, release: Release
) -> None:
    """The file and line are told, and the last release still serves."""
    path = sources / LETTER
    path.write_text(path.read_text(encoding="utf-8") + "\noops", encoding="utf-8")

    with pytest.raises(SourceSyntaxError) as caught:
        build(out)

    assert caught.value.path == path
    assert caught.value.line > 10
    assert current_release(out).manifest.id == release.manifest.id
    assert not list(out.glob(".building-*"))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_violation_stops_the_build_and_says_where(
    sources: Path, out: Path, release: Release, engine: str
) -> None:
    """The report names shape, node, file, line, and the remedy in both languages."""
    path = sources / LETTER
    text = path.read_text(encoding="utf-8")
    broken = text.replace("org:postIn organisatie:lrt ;", "", 1)
    assert broken != text
    path.write_text(broken, encoding="utf-8")

    with pytest.raises(InvalidDataError) as caught:
        build(out, engine=engine)

    report = as_text(caught.value.report)
    finding = caught.value.report.findings[0]
    assert finding.severity == "Violation"
    assert finding.place
    assert finding.place.path == path
    assert text.splitlines()[finding.place.line - 1].startswith("zetel:")
    assert f"{path}:{finding.place.line}" in report
    assert "ovlsh:PostShape-postIn" in report
    assert "Voeg org:postIn toe" in report
    assert "Add org:postIn" in report
    assert current_release(out).manifest.id == release.manifest.id


def test_the_whole_graph_has_no_violation() -> None:
    """What is in the checkout may be published."""
    report = check()

    assert report.violations == 0, as_text(report)


def test_a_file_is_checked_within_the_graph(tmp_path: Path) -> None:
    """A file from elsewhere may point into the graph; only it is reported on."""
    prefix = "https://data.regietafel.example/"
    path = tmp_path / "new.ttl"
    path.write_text(
        f"<{prefix}id/zetel/lrt-nieuw> a <{prefix}def/overleg#Seat> ;"
        f" <http://www.w3.org/ns/org#postIn> <{prefix}id/organisatie/lrt> .",
        encoding="utf-8",
    )

    report = check([path])

    assert report.violations > 0
    assert {item.focus.value for item in report.findings} == {
        f"{prefix}id/zetel/lrt-nieuw"
    }
    assert {item.place.path for item in report.findings if item.place} == {path}


def test_what_is_checked_is_what_a_build_would_validate(tmp_path: Path) -> None:
    """Literals keep the form in which they were written, as they do in a release."""
    moment = b'"2021-11-18T10:00:00+00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    path = tmp_path / "moment.nt"
    path.write_bytes(b"<x:s> <x:p> " + moment + b" .\n")

    assert moment in merged_triples([path], DEFAULT_BASE)


def test_a_file_of_the_graph_itself_is_checked_once() -> None:
    """Naming a file of the graph reports on its nodes."""
    assert check([SOURCES / LETTER]).violations == 0


def test_every_rule_says_in_both_languages_what_it_derives() -> None:
    """A derived graph has a title, taken from its rule."""
    assert [
        rule.path.name for rule in rules() if set(rule.titles) != {"nl", "en"}
    ] == []


def test_a_head_comment_ends_where_the_query_begins() -> None:
    """Comments further down are no titles."""
    text = "# nl: Een\n# en: One\n# other: x\nSELECT\n# nl: Twee"

    assert head_comment(text) == {"nl": "Een", "en": "One"}


def test_a_malformed_rule_is_told_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that does not parse stops the build like a source."""
    (tmp_path / "10-bad.rq").write_text("CONSTRUCT { ?s", encoding="utf-8")
    monkeypatch.setattr(deriving, "RULES", tmp_path)

    with pytest.raises(SourceSyntaxError, match=r"10-bad\.rq"):
        deriving.derive(reading.read_graph())


def test_the_reference_engine_is_used_where_the_other_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a wheel for the machine the gate falls back, and the report says so."""
    monkeypatch.setattr("graph.engines.find_spec", lambda name: name == "pyshacl")

    assert default_engine() == "pyshacl"


def test_a_graph_of_another_base_passes_the_gate(tmp_path: Path) -> None:
    """Shapes, rules and data all follow the base that the operator chose."""
    base = "https://tafel.example.nl/data/"

    built, report = build(tmp_path, base)

    assert report.violations == 0
    assert built.manifest.base == base
    assert b"regietafel.example" not in (built.path / "dataset.nq").read_bytes()
