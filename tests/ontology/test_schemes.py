"""The concept schemes keep to NL-SBB, the Dutch profile of SKOS.

See https://docs.geostandaarden.nl/nl-sbb/nl-sbb/.
"""

import re
from collections import Counter

import pytest
from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, Node, URIRef

from graph.namespaces import expand, shorten
from graph.paths import ONTOLOGY

FILES = {path.stem: path for path in sorted((ONTOLOGY / "schemes").glob("*.ttl"))}
GRAPHS = {stem: Graph().parse(path, format="turtle") for stem, path in FILES.items()}
CONCEPTS = [
    (stem, concept)
    for stem, graph in GRAPHS.items()
    for concept in sorted(graph.subjects(RDF.type, SKOS.Concept), key=str)
]
NAMES = [shorten(str(concept)) for _, concept in CONCEPTS]
BOTH = ["en", "nl"]


def languages(graph: Graph, node: Node, predicate: URIRef) -> list[str]:
    """Return the language of each text of a node, sorted."""
    texts = graph.objects(node, predicate)
    return sorted(str(t.language) for t in texts if isinstance(t, Literal))


def scheme_of(stem: str) -> URIRef:
    """Return the scheme that a file holds, after the file's name."""
    return URIRef(expand(f"begrippenkader:{stem}"))


@pytest.mark.parametrize("stem", FILES)
def test_file_holds_the_scheme_of_its_name(stem: str) -> None:
    """A file describes one scheme, named as the file, and concepts: nothing else."""
    graph = GRAPHS[stem]
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))

    assert set(graph.subjects(RDF.type, SKOS.ConceptScheme)) == {scheme_of(stem)}
    assert set(graph.subjects()) == {scheme_of(stem), *concepts}
    assert concepts


@pytest.mark.parametrize("stem", FILES)
def test_scheme_speaks_both_languages(stem: str) -> None:
    """A scheme has a title, a name and a definition in each language."""
    for predicate in (DCTERMS.title, SKOS.prefLabel, SKOS.definition):
        assert languages(GRAPHS[stem], scheme_of(stem), predicate) == BOTH


@pytest.mark.parametrize(("stem", "concept"), CONCEPTS, ids=NAMES)
def test_concept_is_named_and_defined(stem: str, concept: Node) -> None:
    """A concept has one name and one definition in each language, and they differ."""
    graph = GRAPHS[stem]
    names = {str(text).casefold() for text in graph.objects(concept, SKOS.prefLabel)}
    meanings = [str(text) for text in graph.objects(concept, SKOS.definition)]

    assert languages(graph, concept, SKOS.prefLabel) == BOTH
    assert languages(graph, concept, SKOS.definition) == BOTH
    assert not names & {text.casefold().rstrip(".") for text in meanings}
    assert all(re.fullmatch(r"[A-Z].+\.", text) for text in meanings)


@pytest.mark.parametrize(("stem", "concept"), CONCEPTS, ids=NAMES)
def test_concept_belongs_to_its_scheme(stem: str, concept: Node) -> None:
    """A concept is in the scheme of its file alone, and its IRI names its kind."""
    assert set(GRAPHS[stem].objects(concept, SKOS.inScheme)) == {scheme_of(stem)}
    assert re.fullmatch(r"begrip:[a-z]+(-[a-z]+)+", shorten(str(concept)))


@pytest.mark.parametrize(("stem", "concept"), CONCEPTS, ids=NAMES)
def test_concept_is_a_top_concept_or_has_a_broader_one(
    stem: str, concept: Node
) -> None:
    """A concept stands at the top, in both directions, or under a broader concept."""
    graph = GRAPHS[stem]
    broader = list(graph.objects(concept, SKOS.broader))
    is_top = (concept, SKOS.topConceptOf, scheme_of(stem)) in graph

    assert is_top == ((scheme_of(stem), SKOS.hasTopConcept, concept) in graph)
    assert is_top == (not broader)
    assert all((above, SKOS.inScheme, scheme_of(stem)) in graph for above in broader)


@pytest.mark.parametrize("stem", FILES)
def test_broader_has_no_cycles(stem: str) -> None:
    """No concept is broader than itself."""
    graph = GRAPHS[stem]

    assert not any(
        concept in graph.transitive_objects(above, SKOS.broader)
        for concept, above in graph.subject_objects(SKOS.broader)
    )


@pytest.mark.parametrize("stem", FILES)
def test_names_within_a_scheme_differ(stem: str) -> None:
    """No two concepts of a scheme share a name, preferred or other."""
    graph = GRAPHS[stem]
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    counted = Counter(
        (str(text).casefold(), text.language)
        for concept in concepts
        for predicate in (SKOS.prefLabel, SKOS.altLabel)
        for text in graph.objects(concept, predicate)
        if isinstance(text, Literal)
    )

    assert [name for name, count in counted.items() if count > 1] == []


def test_concept_stands_in_one_scheme() -> None:
    """No concept occurs in two files."""
    counted = Counter(concept for _, concept in CONCEPTS)

    assert [concept for concept, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(
    ("stem", "kind"),
    [("rollen", "org:Role"), ("deelnamerollen", "eli-dl:ParticipationRole")],
)
def test_roles_are_roles_of_their_vocabulary(stem: str, kind: str) -> None:
    """The concepts of a scheme of roles have the class that ORG or ELI-DL asks for."""
    graph = GRAPHS[stem]
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))

    assert set(graph.subjects(RDF.type, URIRef(expand(kind)))) == concepts


def test_every_concept_in_the_data_exists(data: Graph, shapes: Graph) -> None:
    """Each concept that data or shapes name stands in a scheme."""
    space = expand("begrip:")
    used = {
        str(term)
        for graph in (data, shapes)
        for triple in graph
        for term in triple
        if type(term) is URIRef and term.startswith(space)
    }

    assert sorted(used - {str(concept) for _, concept in CONCEPTS}) == []
