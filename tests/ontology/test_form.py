"""Every Turtle file has the project's one form."""

import re
from pathlib import Path

import pytest
from rdflib import RDF, BNode, Graph, URIRef

from graph.namespaces import FOREIGN, prefixes
from graph.paths import GRAPH, ONTOLOGY, ROOT, SHAPES
from graph.turtle import is_canonical

WRONG = Path(__file__).parent / "wrong"
VOCABULARY_AND_DATA = sorted([*ONTOLOGY.rglob("*.ttl"), *GRAPH.rglob("*.ttl")])
PREFIX = re.compile(r"^PREFIX ([^:]*): <([^>]*)>$", re.MULTILINE)
FILES = sorted([*VOCABULARY_AND_DATA, *SHAPES.rglob("*.ttl"), *WRONG.glob("*.ttl")])


def name(path: Path) -> str:
    """Return a path as seen from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def other_scheme(iri: str) -> str:
    """Return an http IRI with https and the reverse."""
    scheme, _, rest = iri.partition("://")
    return f"{'http' if scheme == 'https' else 'https'}://{rest}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_file_is_canonical(path: Path) -> None:
    """A Turtle file equals its own canonical form."""
    assert is_canonical(path), f"mend {name(path)} with: regietafel format"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_file_takes_its_prefixes_from_the_table(path: Path) -> None:
    """A file declares no prefix of its own, nor one of the table for another space."""
    declared = PREFIX.findall(path.read_text(encoding="utf-8"))

    assert set(declared) <= set(prefixes().items())


@pytest.mark.parametrize("path", VOCABULARY_AND_DATA, ids=name)
def test_file_has_no_blank_nodes(path: Path) -> None:
    """Ontology and data name every node, so that each can be cited and compared."""
    graph = Graph().parse(path, format="turtle")

    assert [triple for triple in graph if BNode in map(type, triple)] == []


@pytest.mark.parametrize("path", sorted(SHAPES.rglob("*.ttl")), ids=name)
def test_shapes_have_no_blank_nodes_but_lists(path: Path) -> None:
    """In the shapes only the cells of RDF lists have no name."""
    graph = Graph().parse(path, format="turtle")
    nodes = {term for triple in graph for term in triple if isinstance(term, BNode)}

    assert [node for node in nodes if (node, RDF.first, None) not in graph] == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_file_uses_no_twin_of_a_namespace(path: Path) -> None:
    """No IRI writes http where its vocabulary has https, or the reverse."""
    graph = Graph().parse(path, format="turtle")
    iris = {str(term) for triple in graph for term in triple if type(term) is URIRef}
    spaces = tuple(map(other_scheme, FOREIGN.values()))

    assert sorted(iri for iri in iris if iri.startswith(spaces)) == []


def test_prefixes_have_no_twins() -> None:
    """The table of prefixes holds each foreign namespace with one scheme only."""
    spaces = set(FOREIGN.values())

    assert {space for space in spaces if other_scheme(space) in spaces} == set()
    assert len(spaces) == len(FOREIGN)
