"""The terms of the ontology are named, defined and placed with care."""

import re
from collections import Counter
from itertools import chain

import pytest
from rdflib import OWL, QB, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, Node, URIRef

from graph.namespaces import expand, prefixes, shorten
from graph.paths import ONTOLOGY

OVL = expand("ovl:")
LANGUAGES = ("en", "nl")
PATTERNS: dict[Node, re.Pattern[str]] = {
    OWL.Class: re.compile(r"[A-Z][a-z]+([A-Z][a-z]+)*"),
    OWL.ObjectProperty: re.compile(r"[a-z]+([A-Z][a-z]+)*"),
    OWL.DatatypeProperty: re.compile(r"[a-z]+([A-Z][a-z]+)*"),
    RDFS.Datatype: re.compile(r"[a-z]+([A-Z][a-z]+)*"),
}
#: What may be said of a property besides whether it points to a thing or a value.
TRAITS = {
    OWL.AsymmetricProperty,
    OWL.IrreflexiveProperty,
    QB.CodedProperty,
    QB.DimensionProperty,
    QB.MeasureProperty,
}


def terms_of(stem: str, *kinds: URIRef) -> list[URIRef]:
    """Return the terms that a file describes, of some kinds or of any."""
    graph = Graph().parse(ONTOLOGY / f"{stem}.ttl", format="turtle")
    found = {
        term
        for term, kind in graph.subject_objects(RDF.type)
        if isinstance(term, URIRef) and kind != OWL.Ontology
        if not kinds or kind in kinds
    }
    return sorted(found)


def short(term: Node) -> str:
    """Return a term as a prefixed name."""
    return shorten(str(term))


def texts(graph: Graph, term: Node, predicate: URIRef) -> dict[str, str]:
    """Return the texts of a term by language; fail where a language has two."""
    found = [
        (str(text.language), str(text))
        for text in graph.objects(term, predicate)
        if isinstance(text, Literal)
    ]
    assert len(found) == len(dict(found)), f"{short(term)}: two texts in one language"
    return dict(found)


def is_acyclic(graph: Graph, predicate: URIRef) -> bool:
    """Tell whether no node reaches itself along a predicate."""
    return not any(
        node in graph.transitive_objects(parent, predicate)
        for node, parent in graph.subject_objects(predicate)
    )


OWN = terms_of("overleg")
OWN_CLASSES = terms_of("overleg", OWL.Class)
OWN_OBJECT = terms_of("overleg", OWL.ObjectProperty)
OWN_DATATYPE = terms_of("overleg", OWL.DatatypeProperty)
OWN_PROPERTIES = [*OWN_OBJECT, *OWN_DATATYPE]
REUSED = terms_of("reused")
EXAMPLES = sorted(
    (str(term), str(example))
    for term, example in Graph()
    .parse(ONTOLOGY / "overleg.ttl", format="turtle")
    .subject_objects(SKOS.example)
)


@pytest.mark.parametrize("term", OWN, ids=short)
def test_own_term_is_in_our_namespace(term: URIRef, own: Graph) -> None:
    """A term the ontology describes is its own and says so once."""
    defined = list(own.objects(term, RDFS.isDefinedBy))

    assert term.startswith(OVL)
    assert defined == [URIRef(expand("def:overleg"))]


@pytest.mark.parametrize("term", REUSED, ids=short)
def test_reused_term_points_to_its_own_vocabulary(term: URIRef, reused: Graph) -> None:
    """A reused term is defined by its vocabulary's namespace and not by ours."""
    (space,) = reused.objects(term, RDFS.isDefinedBy)

    assert not term.startswith(expand("def:"))
    assert str(space) in prefixes().values()
    assert re.fullmatch(r"[A-Za-z_]+", term.removeprefix(str(space)))


@pytest.mark.parametrize("term", OWN, ids=short)
def test_own_term_has_one_kind(term: URIRef, own: Graph) -> None:
    """A term is a class, an object property, a datatype property or a datatype."""
    kinds = set(own.objects(term, RDF.type)) - TRAITS

    assert len(kinds) == 1
    assert kinds < set(PATTERNS)


@pytest.mark.parametrize("term", OWN, ids=short)
def test_own_term_is_spelt_as_its_kind(term: URIRef, own: Graph) -> None:
    """Classes are in upper camel case, all else is in lower camel case."""
    (kind,) = set(own.objects(term, RDF.type)) & set(PATTERNS)

    assert PATTERNS[kind].fullmatch(term.removeprefix(OVL))


@pytest.mark.parametrize("term", [*OWN, *REUSED], ids=short)
def test_term_is_labelled_and_defined(term: URIRef, vocabulary: Graph) -> None:
    """A term has a label and a definition in each language, and they differ."""
    labels = texts(vocabulary, term, RDFS.label)
    definitions = texts(vocabulary, term, SKOS.definition)

    assert tuple(sorted(labels)) == tuple(sorted(definitions)) == LANGUAGES
    for language in LANGUAGES:
        assert labels[language].casefold() != definitions[language].casefold()[:-1]
        assert re.fullmatch(r"[A-Z].+\.", definitions[language])
        assert not labels[language].endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_classes_differ(language: str, vocabulary: Graph) -> None:
    """No two classes bear one label, whether own or reused."""
    classes = {t for t in [*OWN, *REUSED] if short(t).split(":")[1][0].isupper()}
    counted = Counter(texts(vocabulary, t, RDFS.label)[language] for t in classes)

    assert [label for label, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_properties_differ(language: str, vocabulary: Graph) -> None:
    """No two properties bear one label, whether own or reused."""
    properties = {t for t in [*OWN, *REUSED] if short(t).split(":")[1][0].islower()}
    counted = Counter(texts(vocabulary, t, RDFS.label)[language] for t in properties)

    assert [label for label, count in counted.items() if count > 1] == []


def test_texts_have_clean_edges(vocabulary: Graph) -> None:
    """No text begins or ends with a blank, holds two in a row or breaks the line."""
    unclean = re.compile(r"^\s|\s$|\s{2}|[\n\t]")
    found = {str(text) for text in vocabulary.objects() if isinstance(text, Literal)}

    assert [text for text in found if unclean.search(text)] == []


@pytest.mark.parametrize("term", OWN_CLASSES, ids=short)
def test_own_class_stands_under_a_reused_one(term: URIRef, own: Graph) -> None:
    """A minted class is a subclass of a class of a known vocabulary."""
    parents = set(own.objects(term, RDFS.subClassOf))

    assert parents
    assert parents <= set(REUSED)


@pytest.mark.parametrize("term", OWN_PROPERTIES, ids=short)
def test_own_property_says_what_it_joins(term: URIRef, own: Graph) -> None:
    """A property has one range, and one domain or a note on where it is used."""
    domains = list(own.objects(term, RDFS.domain))
    ranges = list(own.objects(term, RDFS.range))
    notes = texts(own, term, SKOS.scopeNote)

    assert len(ranges) == 1
    assert len(domains) == 1 or (not domains and tuple(sorted(notes)) == LANGUAGES)


@pytest.mark.parametrize("term", OWN_PROPERTIES, ids=short)
def test_own_property_has_a_fitting_range(term: URIRef, own: Graph) -> None:
    """Object properties point to a described class, the others to a datatype."""
    (target,) = own.objects(term, RDFS.range)
    datatypes = (str(XSD), str(RDF.langString))

    if term in OWN_DATATYPE:
        assert str(target).startswith(datatypes)
    else:
        assert target in {*OWN_CLASSES, *REUSED}


@pytest.mark.parametrize("term", OWN, ids=short)
def test_notes_come_in_both_languages(term: URIRef, own: Graph) -> None:
    """A term with a scope note has it in Dutch and in English."""
    assert tuple(sorted(texts(own, term, SKOS.scopeNote))) in {(), LANGUAGES}


@pytest.mark.parametrize("predicate", [RDFS.subClassOf, RDFS.subPropertyOf], ids=short)
def test_hierarchy_has_no_cycles(predicate: URIRef, vocabulary: Graph) -> None:
    """No class or property stands above itself."""
    assert is_acyclic(vocabulary, predicate)


@pytest.mark.parametrize("predicate", [OWL.inverseOf, OWL.disjointWith], ids=short)
def test_symmetric_axioms_are_stated_once(predicate: URIRef, vocabulary: Graph) -> None:
    """An inverse or an exclusion is stated at one of its two ends."""
    pairs = set(vocabulary.subject_objects(predicate))

    assert [(one, other) for one, other in pairs if (other, one) in pairs] == []


def test_every_term_that_an_axiom_names_is_described(own: Graph) -> None:
    """What a term is placed under or joined to is itself labelled and defined."""
    axioms = (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range)
    named = set(chain.from_iterable(own.objects(None, axiom) for axiom in axioms))
    values = {term for term in named if str(term).startswith((str(XSD), str(RDF)))}

    assert named - values - {*OWN, *REUSED} == set()


def test_every_predicate_in_use_is_described(vocabulary: Graph, data: Graph) -> None:
    """Whatever property ontology and data use has a label and a definition here."""
    used = {*vocabulary.predicates(unique=True), *data.predicates(unique=True)}

    assert sorted(short(term) for term in used - {*OWN, *REUSED}) == []


def test_every_class_of_the_data_is_described(data: Graph) -> None:
    """Whatever class the data use has a label and a definition here."""
    used = set(data.objects(None, RDF.type))

    assert sorted(short(term) for term in used - {*OWN, *REUSED}) == []


@pytest.mark.parametrize("term", OWN_CLASSES, ids=short)
def test_own_class_has_a_shape(term: URIRef, shapes: Graph) -> None:
    """A minted class is the target of a shape."""
    found = set(shapes.subjects(SH.targetClass, term))

    assert any(str(shape).startswith(expand("ovlsh:")) for shape in found)


@pytest.mark.parametrize("term", OWN_PROPERTIES, ids=short)
def test_own_property_is_put_to_use(
    term: URIRef, shapes: Graph, data: Graph, rules: str
) -> None:
    """A minted property occurs in a shape, in a target's query, in data or a rule."""
    queries = "\n".join([rules, *map(str, shapes.objects(None, SH.select))])

    assert (
        (None, SH.path, term) in shapes
        or (None, term, None) in data
        or re.search(rf"{re.escape(short(term))}\b", queries)
    )


@pytest.mark.parametrize(
    ("term", "example"), EXAMPLES, ids=[shorten(term) for term, _ in EXAMPLES]
)
def test_example_stands_in_the_data(term: str, example: str, data: Graph) -> None:
    """An example is valid Turtle, uses its term and is true in the authored data."""
    table = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in prefixes().items())
    triples = set(Graph().parse(data=table + example, format="turtle"))

    assert shorten(term) in example
    assert triples
    assert triples - set(data) == set()
