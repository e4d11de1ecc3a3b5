"""Compares the ontology with its last released version, and demands the right version.

Released versions lie in `ontology/releases/`. What makes a version major, minor or a
patch is said in `ontology/README.md`; see https://semver.org/.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from rdflib import DCTERMS, OWL, RDF, RDFS, Graph, URIRef

from graph.errors import WrongVersionError
from graph.namespaces import expand, shorten
from graph.paths import ONTOLOGY, released_versions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rdflib.term import Node

_NARROWING: Final = {
    RDFS.domain,
    RDFS.range,
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    OWL.disjointWith,
    OWL.inverseOf,
    RDF.type,
}
_RETIRING: Final = {OWL.deprecated, DCTERMS.isReplacedBy}


class Part(IntEnum):
    """The part of a version that a change raises."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class TermChange(NamedTuple):
    """What became of a term: `added`, `removed` or `changed`, and what that raises."""

    term: str
    state: str
    part: Part
    what: str


def version_of(path: Path) -> str:
    """Return the version that the header of an ontology names."""
    graph = Graph().parse(path, format="turtle")
    return str(graph.value(URIRef(expand("def:overleg")), OWL.versionInfo))


def compare_terms(old: Path, new: Path) -> list[TermChange]:
    """Return how the terms of two versions differ, by term."""
    before, after = (Graph().parse(path, format="turtle") for path in (old, new))
    terms = sorted(_terms(before) | _terms(after))
    return [change for term in terms for change in _changes(before, after, term)]


def next_version(version: str, part: Part) -> str:
    """Return the version that follows one when a part of it is raised."""
    major, minor, patch = _numbers(version)
    return {
        Part.NONE: version,
        Part.PATCH: f"{major}.{minor}.{patch + 1}",
        Part.MINOR: f"{major}.{minor + 1}.0",
        Part.MAJOR: f"{major + 1}.0.0",
    }[part]


def check_version(old: Path, new: Path) -> list[TermChange]:
    """Return what changed; WrongVersionError if the new version does not say so."""
    changes = compare_terms(old, new)
    part = max((change.part for change in changes), default=Part.NONE)
    wanted, stated = next_version(version_of(old), part), version_of(new)
    if stated != wanted:
        why = next((item for item in changes if item.part == part), None)
        raise WrongVersionError(new, stated, wanted, why and f"{why.term}: {why.what}")
    return changes


def check_ontology() -> list[TermChange]:
    """Return what changed since the last released version, and check the version."""
    return check_version(released_versions()[-1], ONTOLOGY / "overleg.ttl")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _terms(graph: Graph) -> set[URIRef]:
    own = expand("ovl:")
    found = set(graph.subjects(RDF.type))
    return {term for term in found if isinstance(term, URIRef) and term.startswith(own)}


def _changes(before: Graph, after: Graph, term: URIRef) -> Iterator[TermChange]:
    name = shorten(term)
    old, new = (set(graph.predicate_objects(term)) for graph in (before, after))
    if not old or not new:
        state, part = ("removed", Part.MAJOR) if old else ("added", Part.MINOR)
        yield TermChange(name, state, part, f"the term was {state}")
        return
    for path, value in sorted(new - old):
        part = _part_of_new(before, after, (term, path, value))
        yield TermChange(name, "changed", part, f"now {_word(path)} {_word(value)}")
    for path, value in sorted(old - new):
        part = Part.MINOR if path in _NARROWING else Part.PATCH
        yield TermChange(
            name, "changed", part, f"no longer {_word(path)} {_word(value)}"
        )


def _part_of_new(
    before: Graph, after: Graph, stated: tuple[URIRef, Node, Node]
) -> Part:
    """Return what a new statement raises; a wider domain or range narrows nothing."""
    term, path, value = stated
    if path in _RETIRING:
        return Part.MINOR
    if path not in _NARROWING:
        return Part.PATCH
    widened = path in {RDFS.domain, RDFS.range} and any(
        value in after.transitive_objects(narrower, RDFS.subClassOf)
        for narrower in before.objects(term, path)
    )
    return Part.MINOR if widened else Part.MAJOR


def _word(node: Node) -> str:
    return shorten(str(node)) if isinstance(node, URIRef) else node.n3()
