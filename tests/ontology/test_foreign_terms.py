"""Every foreign term exists: it stands in a list taken from its own vocabulary."""

import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SH, SKOS, Graph, Literal, URIRef

from graph.namespaces import DEFAULT_BASE, FOREIGN, expand
from graph.paths import GRAPH, ONTOLOGY, ROOT, SHAPES, VOCABULARIES

LISTS = sorted(VOCABULARIES.glob("*.txt"))
TURTLE = sorted(
    path for folder in (ONTOLOGY, SHAPES, GRAPH) for path in folder.rglob("*.ttl")
)
QUERIES = sorted(GRAPH.rglob("*.rq"))
#: After these predicates stands a term of some vocabulary.
TERM_FOLLOWS = {
    RDF.type,
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    RDFS.domain,
    RDFS.range,
    SH["class"],
    SH.datatype,
    SH.nodeKind,
    SH.path,
    SH.severity,
    SH.targetClass,
    SH.targetObjectsOf,
    SH.targetSubjectsOf,
    SKOS.closeMatch,
    SKOS.relatedMatch,
}
PREFIXED = re.compile(r"(?<![\w:/?$-])([a-z][\w-]*):([A-Za-z_][\w-]*)")
IN_BRACKETS = re.compile(r"<([a-z]+://[^>\s]+)>")
COMMENT_OR_TEXT = re.compile(r'^\s*#.*$|"[^"\n]*"', re.MULTILINE)


@cache
def known() -> frozenset[str]:
    """Return every term of every list."""
    lines = [line for path in LISTS for line in path.read_text("utf-8").splitlines()]
    return frozenset(line for line in lines if not line.startswith("#"))


def name(path: Path) -> str:
    """Return a path as seen from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def is_term(iri: str) -> bool:
    """Tell whether an IRI lies in a foreign namespace and is not the namespace."""
    spaces = FOREIGN.values()
    return iri.startswith(tuple(spaces)) and iri not in spaces


def terms_of_query(text: str) -> set[str]:
    """Return the foreign terms that a SPARQL query names."""
    bare = COMMENT_OR_TEXT.sub("", text)
    written = {
        expand(f"{prefix}:{local}")
        for prefix, local in PREFIXED.findall(bare)
        if prefix in FOREIGN
    }
    return written | {iri for iri in IN_BRACKETS.findall(bare) if is_term(iri)}


def terms_of_graph(graph: Graph) -> set[str]:
    """Return the foreign terms of a graph: predicates, datatypes, classes and so on."""
    nodes = {term for triple in graph for term in triple}
    iris = {str(node) for node in nodes if type(node) is URIRef}
    found = {iri for iri in iris if is_term(iri)}
    found |= {str(predicate) for predicate in graph.predicates(unique=True)}
    found |= {str(n.datatype) for n in nodes if isinstance(n, Literal) and n.datatype}
    found |= {
        str(value)
        for predicate in TERM_FOLLOWS
        for value in graph.objects(None, predicate)
        if type(value) is URIRef
    }
    for query in graph.objects(None, SH.select):
        found |= terms_of_query(str(query))
    return {iri for iri in found if not iri.startswith(DEFAULT_BASE)}


@pytest.mark.parametrize("path", LISTS, ids=name)
def test_list_says_where_it_comes_from(path: Path) -> None:
    """A list begins with its origin and then holds sorted IRIs, each once."""
    origin, *terms = path.read_text(encoding="utf-8").splitlines()

    assert origin.startswith("# ")
    assert terms == sorted(set(terms))
    assert all(re.fullmatch(r"https?://\S+", term) for term in terms)


@pytest.mark.parametrize("path", TURTLE, ids=name)
def test_turtle_uses_only_terms_that_exist(path: Path) -> None:
    """Each foreign term of a Turtle file stands in the list of its vocabulary."""
    found = terms_of_graph(Graph().parse(path, format="turtle"))

    assert sorted(found - known()) == []


@pytest.mark.parametrize("path", QUERIES, ids=name)
def test_query_uses_only_terms_that_exist(path: Path) -> None:
    """Each foreign term of a query stands in the list of its vocabulary."""
    found = terms_of_query(path.read_text(encoding="utf-8"))

    assert sorted(found - known()) == []


@pytest.mark.parametrize("prefix", FOREIGN)
def test_namespace_has_a_list(prefix: str) -> None:
    """Every foreign namespace of the table has terms in a list."""
    assert any(term.startswith(FOREIGN[prefix]) for term in known())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s a org:Pots }",
        "SELECT * { ?s <http://www.w3.org/ns/org#rol> ?o }",
        'CONSTRUCT { ?s skos:prefLable "x: org:Post" } WHERE {}',
    ],
    ids=["class", "brackets", "template"],
)
def test_misspelt_term_in_a_query_is_found(query: str) -> None:
    """A query with a term that does not exist is caught."""
    assert len(terms_of_query(query) - known()) == 1
