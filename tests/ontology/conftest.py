"""The graphs that the tests of the ontology read."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from rdflib import Graph

from graph.paths import CATALOGUE, GRAPH, ONTOLOGY, RULES, SHAPES


def read(paths: Iterable[Path]) -> Graph:
    """Return the triples of Turtle files in one graph."""
    graph = Graph()
    for path in sorted(paths):
        graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="session")
def own() -> Graph:
    """Return the ontology's own terms and header."""
    return read([ONTOLOGY / "overleg.ttl"])


@pytest.fixture(scope="session")
def reused() -> Graph:
    """Return what the project says about the terms it reuses."""
    return read([ONTOLOGY / "reused.ttl"])


@pytest.fixture(scope="session")
def vocabulary() -> Graph:
    """Return own and reused terms, alignments and concept schemes together."""
    return read([*ONTOLOGY.glob("*.ttl"), *(ONTOLOGY / "schemes").glob("*.ttl")])


@pytest.fixture(scope="session")
def schemes() -> Graph:
    """Return every concept scheme."""
    return read((ONTOLOGY / "schemes").glob("*.ttl"))


@pytest.fixture(scope="session")
def shapes() -> Graph:
    """Return every shape."""
    return read(SHAPES.rglob("*.ttl"))


@pytest.fixture(scope="session")
def data() -> Graph:
    """Return the authored data, merged, without what describes a release."""
    return read(set(GRAPH.rglob("*.ttl")) - {CATALOGUE})


@pytest.fixture(scope="session")
def rules() -> str:
    """Return the text of every derive rule."""
    return "\n".join(path.read_text("utf-8") for path in sorted(RULES.rglob("*.rq")))
