"""What the source graphs must keep to: evidence, honesty, privacy and the register."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Literal, URIRef

from graph.namespaces import DEFAULT_BASE, expand
from graph.paths import GRAPH, ONTOLOGY, REFERENCE, ROOT, SOURCES, source_files

LETTER = "brief-2021-12-20-jenv-lrt"
LETTER_TEXT = ROOT.parent / "shared/sources/brief-eerste-kamer-2021-12-20.txt"

#: As many words in a row as may be taken over from the letter: a name or a title.
LONGEST_RUN = 9

STATED_WITH_EVIDENCE = (
    "eli-dl:Participation",
    "org:ChangeEvent",
    "org:Membership",
    "ovl:Agreement",
    "ovl:Meeting",
    "ovl:MeetingArrangement",
    "ovl:ParliamentaryCommitment",
    "ovl:ReportedStatement",
    "ovl:Seat",
    "ovl:StatusReport",
)
ALLOWED_ON_PERSONS = {
    "foaf:familyName",
    "foaf:givenName",
    "foaf:name",
    "rdf:type",
    "skos:altLabel",
    "skos:prefLabel",
}

source_graphs = pytest.mark.parametrize(
    "path", sorted(SOURCES.glob("*.ttl")), ids=lambda path: path.stem
)


def iri(name: str) -> URIRef:
    """Return the IRI of a prefixed name."""
    return URIRef(expand(name))


def read(path: Path) -> Graph:
    """Return the triples of one Turtle file."""
    return Graph(bind_namespaces="none").parse(path, format="turtle")


def words(text: str) -> list[str]:
    """Return a text's words in lower case, words broken at a line's end made whole."""
    whole = re.sub(r"-\n", "", text)
    return re.findall(r"\w+", whole.lower())


def runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    """Yield every run of `length` words in a text."""
    found = words(text)
    return (
        tuple(found[start : start + length]) for start in range(len(found) - length + 1)
    )


@pytest.fixture(scope="module")
def letter_text() -> str:
    """Give the letter's text exactly as held, where it is at hand."""
    if not LETTER_TEXT.is_file():
        pytest.skip(f"the letter's text is not at hand: no file {LETTER_TEXT}")
    return LETTER_TEXT.read_bytes().decode()


@pytest.fixture(scope="module")
def letter() -> Graph:
    """Give the graph of the letter."""
    return read(SOURCES / f"{LETTER}.ttl")


@pytest.fixture(scope="module")
def register() -> Graph:
    """Give the register of graphs."""
    return read(GRAPH / "register.ttl")


def test_each_passage_of_the_letter_has_the_digest_of_its_characters(
    letter: Graph, letter_text: str
) -> None:
    """The characters from start to end give the passage's digest."""
    selectors = list(letter.subjects(RDF.type, iri("oa:TextPositionSelector")))
    digests = {}
    for selector in selectors:
        start = int(str(letter.value(selector, iri("oa:start"))))
        end = int(str(letter.value(selector, iri("oa:end"))))
        passage = letter_text[start:end].encode()
        digests[selector] = hashlib.sha256(passage).hexdigest()

    assert selectors
    assert digests == {
        selector: str(letter.value(selector, iri("ovl:passageDigest")))
        for selector in selectors
    }


def test_the_address_of_each_passage_tells_its_characters(letter: Graph) -> None:
    """A text position's IRI ends in the document, the start and the end."""
    for selector in letter.subjects(RDF.type, iri("oa:TextPositionSelector")):
        start = letter.value(selector, iri("oa:start"))
        end = letter.value(selector, iri("oa:end"))

        assert selector == iri(f"tekstpositie:{LETTER}-{start}-{end}")


def test_the_register_has_the_digest_of_the_whole_letter(
    register: Graph, letter_text: str
) -> None:
    """The letter's source digest is that of the file's bytes."""
    digest = register.value(iri(f"bron:{LETTER}"), iri("ovl:sourceDigest"))

    assert str(digest) == hashlib.sha256(letter_text.encode()).hexdigest()


def test_every_evidence_in_the_letter_has_a_passage(letter: Graph) -> None:
    """No place in the letter is given without its characters."""
    places = set(letter.subjects(RDF.type, iri("oa:SpecificResource")))

    assert places == set(letter.subjects(iri("oa:hasSelector")))


def test_no_sentence_of_the_letter_stands_in_the_project(letter_text: str) -> None:
    """No value takes over more words in a row than a name or a title has."""
    taken = set(runs(letter_text, LONGEST_RUN + 1))
    copied = [
        (path.name, str(value))
        for path, _ in source_files()
        for value in set(read(path).objects())
        if isinstance(value, Literal)
        and not taken.isdisjoint(runs(str(value), LONGEST_RUN + 1))
    ]

    assert copied == [], "say it in words of your own"


@pytest.mark.parametrize(
    "path",
    [*sorted(SOURCES.glob("*.ttl")), REFERENCE / "gevolgtrekkingen.ttl"],
    ids=lambda path: path.stem,
)
def test_what_must_rest_on_evidence_has_it_in_the_graph_it_stands_in(
    path: Path,
) -> None:
    """Every record has evidence in each graph that states it."""
    graph = read(path)
    bare = [
        str(node)
        for kind in STATED_WITH_EVIDENCE
        for node in graph.subjects(RDF.type, iri(kind))
        if graph.value(node, iri("ovl:evidence")) is None
    ]

    assert bare == [], "give each of these an ovl:evidence in this file"


@source_graphs
def test_a_source_graph_points_to_its_own_document_only(path: Path) -> None:
    """Evidence in a source graph lies in the document the graph is about."""
    graph = read(path)
    places = set(graph.subjects(RDF.type, iri("oa:SpecificResource")))

    assert set(graph.objects(None, iri("ovl:evidence"))) <= places
    assert {graph.value(place, iri("oa:hasSource")) for place in places} <= {
        iri(f"document:{path.stem}")
    }


@source_graphs
def test_a_source_graph_names_things_in_dutch(path: Path) -> None:
    """English names are the project's and stand in the graph of translations."""
    graph = read(path)
    languages = {
        label.language
        for label in graph.objects(None, iri("skos:prefLabel"))
        if isinstance(label, Literal)
    }

    assert languages <= {"nl"}


def test_everything_named_in_dutch_is_named_in_english() -> None:
    """Each Dutch name and description has one English counterpart, and back."""
    translations = read(REFERENCE / "vertalingen.ttl")
    sources = [read(path) for path in SOURCES.glob("*.ttl")]
    for name in ("skos:prefLabel", "dcterms:description"):
        dutch = [node for graph in sources for node in graph.subjects(iri(name))]
        english = list(translations.subjects(iri(name)))

        assert set(english) == set(dutch)
        assert len(english) == len(set(english))


def test_persons_carry_a_name_and_nothing_else() -> None:
    """No file gives a person more than a name: what they held is public office."""
    allowed = {iri(name) for name in ALLOWED_ON_PERSONS}
    told = {
        (path.name, str(person), str(predicate))
        for path, _ in source_files()
        for graph in [read(path)]
        for person, predicate in graph.subject_predicates()
        if str(person).startswith(expand("persoon:")) and predicate not in allowed
    }

    assert told == set()


def test_every_office_holding_has_one_extent() -> None:
    """All graphs together give a membership at most one org:memberDuring."""
    extents: dict[object, set[object]] = {}
    for path in [*SOURCES.glob("*.ttl"), *REFERENCE.glob("*.ttl")]:
        for holding, period in read(path).subject_objects(iri("org:memberDuring")):
            extents.setdefault(holding, set()).add(period)

    assert [holding for holding, periods in extents.items() if len(periods) > 1] == []


def test_every_graph_with_a_file_is_registered_and_back(register: Graph) -> None:
    """The register describes exactly the graphs that files are read into."""
    files = {URIRef(DEFAULT_BASE + name) for _, name in source_files()}

    assert set(register.subjects(RDF.type, iri("prov:Bundle"))) == files


@source_graphs
def test_the_register_names_the_document_of_a_source_graph(
    path: Path, register: Graph
) -> None:
    """A source graph's primary source is the document its file is named after."""
    node, document = iri(f"bron:{path.stem}"), iri(f"document:{path.stem}")

    assert list(register.objects(node, iri("prov:hadPrimarySource"))) == [document]
    assert (document, RDF.type, iri("ovl:Document")) in read(path)
    assert register.value(node, iri("ovl:readingExtent")) is not None


def test_inferences_name_every_document_they_rest_on(register: Graph) -> None:
    """The graph of inferences derives from the documents of its evidence."""
    sources = Graph(bind_namespaces="none")
    for path in SOURCES.glob("*.ttl"):
        sources.parse(path, format="turtle")
    inferences = read(REFERENCE / "gevolgtrekkingen.ttl")
    documents = {
        sources.value(place, iri("oa:hasSource"))
        for place in inferences.objects(None, iri("ovl:evidence"))
    }
    node = iri("referentie:gevolgtrekkingen")

    assert set(register.objects(node, iri("prov:wasDerivedFrom"))) == documents


def test_every_concept_that_the_data_use_is_in_a_scheme() -> None:
    """A begrip: that a file points to is described in one of the schemes."""
    known: set[object] = set()
    for path in (ONTOLOGY / "schemes").glob("*.ttl"):
        known |= set(read(path).subjects(RDF.type, iri("skos:Concept")))
    used = {
        value
        for path in [*SOURCES.glob("*.ttl"), *REFERENCE.glob("*.ttl")]
        for value in read(path).objects()
        if str(value).startswith(expand("begrip:"))
    }

    assert used <= known
