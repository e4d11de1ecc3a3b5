"""The version of the ontology says what changed in it, and no more."""

from __future__ import annotations

import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph

from graph.errors import WrongVersionError
from graph.paths import ONTOLOGY, RELEASED, released_versions
from graph.versioning import (
    Part,
    check_ontology,
    check_version,
    compare_terms,
    next_version,
    version_of,
)

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ovl: <https://data.regietafel.example/def/overleg#> .
<https://data.regietafel.example/def/overleg> a owl:Ontology ; owl:versionInfo "%s" .
ovl:Table a owl:Class ; rdfs:label "table"@en .
ovl:Seat a owl:Class ; rdfs:subClassOf ovl:Table .
"""
OLD = HEAD + "ovl:of a owl:ObjectProperty ; rdfs:domain ovl:Seat ."
#: By what is done to the ontology: its new last line, and the version that asks for.
CHANGES = {
    "nothing": ("ovl:of a owl:ObjectProperty ; rdfs:domain ovl:Seat .", "1.2.3"),
    "worded": (
        'ovl:of a owl:ObjectProperty ; rdfs:domain ovl:Seat ; rdfs:label "of"@en .',
        "1.2.4",
    ),
    "added": (
        "ovl:of a owl:ObjectProperty ; rdfs:domain ovl:Seat . ovl:New a owl:Class .",
        "1.3.0",
    ),
    "widened": ("ovl:of a owl:ObjectProperty ; rdfs:domain ovl:Table .", "1.3.0"),
    "dropped": ("ovl:of a owl:ObjectProperty .", "1.3.0"),
    "retired": (
        "ovl:of a owl:ObjectProperty ; rdfs:domain ovl:Seat ; owl:deprecated true .",
        "1.3.0",
    ),
    "narrowed": (
        "ovl:of a owl:ObjectProperty ; rdfs:domain ovl:Seat ; rdfs:range ovl:Seat .",
        "2.0.0",
    ),
    "renamed": ("ovl:from a owl:ObjectProperty ; rdfs:domain ovl:Seat .", "2.0.0"),
}
VERSIONS = ("1.2.3", "1.2.4", "1.3.0", "2.0.0")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a small ontology, of version 1.2.3."""
    path = tmp_path / "old.ttl"
    path.write_text(OLD % "1.2.3", encoding="utf-8")
    return path


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("change", CHANGES)
def test_only_the_right_version_is_accepted(
    change: str, version: str, old: Path, tmp_path: Path
) -> None:
    """A version that is too low for a change is refused, and one too high as well."""
    line, wanted = CHANGES[change]
    new = tmp_path / "new.ttl"
    new.write_text(HEAD % version + line, encoding="utf-8")

    if version == wanted:
        check_version(old, new)
        return
    with pytest.raises(WrongVersionError) as caught:
        check_version(old, new)

    assert wanted in caught.value.message
    assert wanted in caught.value.mend


def test_the_ontology_has_the_version_that_its_changes_ask_for() -> None:
    """Compared with the last version that was released."""
    changes = check_ontology()

    assert {change.term for change in changes if change.state == "added"} == {
        "ovl:dateNote",
        "ovl:handledBy",
    }


def test_every_released_version_follows_from_the_one_before() -> None:
    """Each says what changed since, and is called by its version."""
    released = released_versions()

    assert [version_of(path) for path in released] == [path.stem for path in released]
    for old_version, new_version in pairwise(released):
        assert check_version(old_version, new_version)


def test_a_removed_term_of_the_ontology_asks_for_a_major_version(
    tmp_path: Path,
) -> None:
    """On the real ontology: without a term, its version is refused."""
    graph = Graph().parse(ONTOLOGY / "overleg.ttl", format="turtle")
    graph.update(
        "PREFIX ovl: <https://data.regietafel.example/def/overleg#> "
        "DELETE WHERE { ovl:Seat ?p ?o }"
    )
    new = tmp_path / "overleg.ttl"
    graph.serialize(new, format="turtle")
    changes = compare_terms(released_versions()[-1], new)

    assert ("ovl:Seat", "removed", Part.MAJOR, "the term was removed") in changes
    with pytest.raises(WrongVersionError, match=r"2\.0\.0"):
        check_version(released_versions()[-1], new)


def test_versions_are_ordered_by_number(tmp_path: Path) -> None:
    """So that 1.10.0 comes after 1.9.0."""
    for version in ("1.10.0", "1.9.0", "1.0.0"):
        shutil.copy(RELEASED / "1.0.0.ttl", tmp_path / f"{version}.ttl")

    assert [path.stem for path in released_versions(tmp_path)] == [
        "1.0.0",
        "1.9.0",
        "1.10.0",
    ]
    assert next_version("1.9.4", Part.MINOR) == "1.10.0"
