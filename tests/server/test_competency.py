"""Every example question is answered over HTTP, and every value leads to its source."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlparse

import html5lib
import pytest
from rdflib import RDF, RDFS, SDO, SH, Graph, Literal, URIRef

from graph.namespaces import DEFAULT_BASE, prefixes
from graph.paths import QUERIES

if TYPE_CHECKING:
    import httpx

    from graph.releasing import Release

ANSWERS: Final = Path(__file__).parent.parent / "graph" / "answers"
#: How the editor of SIB asks an endpoint for its examples, and for its prefixes.
EDITOR_EXAMPLES: Final = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ;
    sh:select|sh:ask|sh:construct ?query .
} ORDER BY ?sq
"""
EDITOR_PREFIXES: Final = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE {
  [] sh:namespace ?namespace ; sh:prefix ?prefix
} ORDER BY ?prefix
"""
#: Pages of one thing of each sort that people look up.
PAGES: Final = (
    "/id/organisatie/lrt",
    "/id/overleg/lrt-2021-11-18",
    "/id/persoon/ollongren-k",
    "/id/functie/minister-bzk",
    "/id/toezegging/t02933",
    "/id/afspraak/bestuursakkoord-2015",
    "/id/document/brief-2021-12-20-jenv-lrt",
)


@pytest.fixture(scope="module")
def service(client: httpx.Client) -> Graph:
    """Return what the service says of itself."""
    text = client.get("/sparql", headers={"Accept": "text/turtle"}).text
    return Graph().parse(data=text, format="turtle")


def ask(client: httpx.Client, query: str) -> list[list[str]]:
    """Return the rows that the endpoint answers, the names first."""
    response = client.post(
        "/sparql", data={"query": query}, headers={"Accept": "text/csv"}
    )
    assert response.status_code == 200, response.text
    return list(csv.reader(io.StringIO(response.text)))


@pytest.mark.parametrize("path", sorted(ANSWERS.glob("*.csv")), ids=lambda p: p.stem)
def test_an_example_of_the_service_has_its_answer(
    path: Path, client: httpx.Client, service: Graph, address: str
) -> None:
    """The query is the one that the service itself gives as an example."""
    example = URIRef(f"{DEFAULT_BASE}id/vraag/{path.stem}")
    query = service.value(example, SH.select)
    with path.open(encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file))

    assert query is not None
    assert service.value(example, SDO.target) == URIRef(f"{address}/sparql")
    assert ask(client, str(query)) == expected


def test_the_service_gives_every_question_in_both_languages(service: Graph) -> None:
    """As executables with a comment in Dutch and in English, and their prefixes."""
    found = set(service.subjects(RDF.type, SH.SPARQLExecutable))

    assert {str(item).rpartition("/")[2] for item in found} == {
        path.stem for path in QUERIES.glob("*.rq")
    }
    for example in found:
        comments = list(service.objects(example, RDFS.comment))
        tags = {item.language for item in comments if isinstance(item, Literal)}
        declared = set(service.objects(service.value(example, SH.prefixes), SH.declare))

        assert tags == {"nl", "en"}
        assert len(declared) == len(prefixes())


def test_an_editor_finds_examples_and_prefixes_by_asking(client: httpx.Client) -> None:
    """The release itself holds them, where editors ask for them."""
    _, *examples = ask(client, EDITOR_EXAMPLES)
    _, *declared = ask(client, EDITOR_PREFIXES)

    assert len(examples) == 2 * len(list(QUERIES.glob("*.rq")))
    assert dict(declared) == prefixes()


def test_the_service_tells_the_size_of_every_named_graph(
    service: Graph, release: Release
) -> None:
    """As they can be counted in the canonical dataset."""
    start = "http://www.w3.org/ns/sparql-service-description#"
    sizes = {
        str(service.value(named, URIRef(f"{start}name"))): int(
            str(
                service.value(
                    service.value(named, URIRef(f"{start}graph")),
                    URIRef("http://rdfs.org/ns/void#triples"),
                )
            )
        )
        for named in service.objects(None, URIRef(f"{start}namedGraph"))
    }
    lines = (release.path / "graphs.tsv").read_text(encoding="utf-8").splitlines()

    assert sizes == {
        name: int(size) for name, _, size in (line.partition("\t") for line in lines)
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_value_leads_to_its_document_in_one_step(
    page: str, browser_client: httpx.Client
) -> None:
    """Beside each value that a document states stand links to it and to the place."""
    tree = html5lib.parse(browser_client.get(page).text, namespaceHTMLElements=False)
    sources = [item for item in tree.iter("div") if item.get("class") == "source-one"]
    values = [item for item in tree.iter("dd") if item.find("div") is not None]

    assert values
    assert all(_opens(item) or _leads(item) for item in values)
    documents = [links_of(item) for item in sources if _is_of_document(item)]
    assert documents
    for links in documents:
        assert any("/doc/document/" in link for link in links)
    led = {link for links in documents for link in links if "/doc/vindplaats/" in link}
    for link in sorted(led)[:10]:
        assert browser_client.get(link).status_code == 200


def test_a_place_names_its_document_heading_and_paragraph(
    browser_client: httpx.Client, release: Release
) -> None:
    """What a value leads to is described, for each place in the record."""
    rows = release.store.select(
        "PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX ovl: "
        f"<{DEFAULT_BASE}def/overleg#> SELECT ?place ?document ?heading ?paragraph "
        "?note { ?s ovl:evidence ?place . OPTIONAL { ?place oa:hasSource ?document } "
        "OPTIONAL { ?place ovl:heading ?heading } "
        "OPTIONAL { ?place ovl:paragraph ?paragraph } "
        "OPTIONAL { ?place ovl:placeNote ?note } }"
    )
    lost = [row for row in rows if "document" not in row]
    vague = [row for row in rows if not row.keys() & {"heading", "paragraph", "note"}]
    place = urlparse(rows[0]["place"].value).path

    assert len(rows) > 1_000
    assert lost == []
    assert vague == []
    assert re.search(r"/doc/document/", browser_client.get(place).text)


def links_of(element: Any) -> list[str]:  # noqa: ANN401  html5lib's own element
    """Return where the links within an element lead."""
    return [item.get("href") or "" for item in element.iter("a")]


def _opens(value: Any) -> bool:  # noqa: ANN401  html5lib's own element
    """Tell whether the sources of a value open beside it."""
    return value.find(".//details") is not None


def _leads(value: Any) -> bool:  # noqa: ANN401  html5lib's own element
    """Tell whether a short mark of its source leads to a document or a place in it."""
    marks = [item for item in value.iter("p") if item.get("class") == "marks"]
    links = [link for item in marks for link in links_of(item)]
    return any(
        link.startswith(("/doc/document/", "/doc/vindplaats/")) for link in links
    )


def _is_of_document(element: Any) -> bool:  # noqa: ANN401  html5lib's own element
    return any("/graph/bron/" in link for link in links_of(element))
