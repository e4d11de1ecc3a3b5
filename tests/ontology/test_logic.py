"""Ontology and data do not contradict each other under OWL 2 RL."""

from pathlib import Path

import pytest
from owlrl import OWLRL_Semantics
from rdflib import DCTERMS, OWL, RDFS, SKOS, Graph

WRONG = sorted((Path(__file__).parent / "wrong").glob("*.ttl"))
#: Annotations bear no logic; leaving them out keeps the closure small.
ANNOTATIONS = (
    RDFS.label,
    RDFS.isDefinedBy,
    SKOS.altLabel,
    SKOS.definition,
    SKOS.example,
    SKOS.prefLabel,
    SKOS.scopeNote,
    DCTERMS.description,
    DCTERMS.title,
)


def bare(*graphs: Graph) -> Graph:
    """Return the triples of some graphs without their annotations."""
    merged = Graph()
    for graph in graphs:
        for triple in graph:
            if triple[1] not in ANNOTATIONS:
                merged.add(triple)
    return merged


def contradictions(graph: Graph) -> list[str]:
    """Close a graph under OWL 2 RL and return what clashes in it.

    See https://www.w3.org/TR/owl2-profiles/#OWL_2_RL.
    """
    closure = OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    closure.closure()
    return sorted(closure.error_messages)


def test_ontology_and_data_agree(vocabulary: Graph, data: Graph) -> None:
    """Nothing in ontology, schemes and data contradicts anything else in them."""
    assert contradictions(bare(vocabulary, data)) == []


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_wrong_example_is_a_contradiction(
    path: Path, own: Graph, reused: Graph
) -> None:
    """An example that says what cannot be is found out."""
    example = Graph().parse(path, format="turtle")

    assert contradictions(bare(own, reused, example)) != []


def test_every_exclusion_is_between_described_classes(vocabulary: Graph) -> None:
    """Classes that exclude each other are described here, both of them."""
    pairs = vocabulary.subject_objects(OWL.disjointWith)
    ends = {end for pair in pairs for end in pair}

    assert [end for end in ends if (end, RDFS.label, None) not in vocabulary] == []
