"""The page of the ontology tells what terms mean, where they are used, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlparse

import html5lib
import pytest
from rdflib import OWL, RDF, Graph

from graph.namespaces import expand, shorten
from graph.paths import ONTOLOGY

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from graph.releasing import Release

#: Terms of each sort, and the pattern that a use of one is.
TERMS = {
    "ovl:Meeting": "?thing a <{}>",
    "ovl:Seat": "?thing a <{}>",
    "org:Membership": "?thing a <{}>",
    "ovl:dated": "?thing <{}> ?value",
    "ovl:evidence": "?thing <{}> ?value",
    "skos:prefLabel": "?thing <{}> ?value",
}


@pytest.fixture(scope="module")
def articles(browser_client: httpx.Client) -> dict[str, Any]:
    """Return the part of the page about each term, by its prefixed name."""
    text = browser_client.get("/def/overleg").text
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    return {item.findtext("h3/code") or "": item for item in tree.iter("article")}


def links(article: Any) -> Iterator[str]:  # noqa: ANN401  html5lib's own element
    """Yield where the links of an article lead."""
    for item in article.iter("a"):
        yield item.get("href") or ""


def test_every_own_term_is_on_the_page(articles: dict[str, Any]) -> None:
    """Each class and property, with an anchor, a definition and what it joins."""
    ontology = Graph().parse(ONTOLOGY / "overleg.ttl", format="turtle")
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    terms = {term for kind in kinds for term in ontology.subjects(RDF.type, kind)}

    assert {shorten(str(term)) for term in terms} <= articles.keys()
    for term in terms:
        article = articles[shorten(str(term))]
        assert article.get("id") == str(term).partition("#")[2]
        assert article.find("p") is not None


def test_terms_stand_in_the_order_of_their_labels(browser_client: httpx.Client) -> None:
    """In each language, and the list beside them says the same words."""
    for language, first in (("nl", "afspraak"), ("en", "agenda item")):
        page = browser_client.get("/def/overleg", params={"lang": language}).text
        shown = html5lib.parse(page, namespaceHTMLElements=False)
        (listed, *_) = shown.findall(".//ul[@class='compact']")
        words = ["".join(item.itertext()) for item in listed.iter("a")]

        assert words[0] == first
        assert words == sorted(words, key=str.casefold)


@pytest.mark.parametrize("term", TERMS)
def test_the_uses_of_a_term_are_counted_and_can_be_asked_for(
    term: str, articles: dict[str, Any], client: httpx.Client, release: Release
) -> None:
    """The number is that of a query, which the link asks."""
    pattern = TERMS[term].format(expand(term))
    rows = release.store.select(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    count = int(rows[0]["n"].value)
    link = next(link for link in links(articles[term]) if "/sparql?query=" in link)
    asked = parse_qs(urlparse(link).query)["query"][0]
    answer = client.get(link, headers={"Accept": "text/csv"}).text

    assert f"{count:,}".replace(",", ".") in "".join(articles[term].itertext())
    assert expand(term) in asked
    assert len(answer.splitlines()) == count + 1


def test_a_term_leads_to_its_rules(
    articles: dict[str, Any], browser_client: httpx.Client
) -> None:
    """Each link to a shape ends at that shape on the page of the shapes."""
    text = browser_client.get("/def/overleg-shapes").text
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    places = {item.get("id") for item in tree.iter() if item.get("id")}
    led = {
        name: {
            link.partition("#")[2]
            for link in links(article)
            if "/def/overleg-shapes" in link
        }
        for name, article in articles.items()
    }

    assert "MeetingShape" in led["ovl:Meeting"]
    assert "DatedShape" in led["ovl:dated"]
    assert set().union(*led.values()) <= places


def test_a_term_that_nothing_uses_says_so(articles: dict[str, Any]) -> None:
    """Rather than a link to an empty answer."""
    text = "".join(articles["sh:SPARQLAskExecutable"].itertext())

    assert "nog niet in deze uitgave" in text
