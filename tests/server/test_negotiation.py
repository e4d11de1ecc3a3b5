"""What is sent follows what is asked for, as RFC 9110 says."""

from __future__ import annotations

import pytest

from graph.formats import CSV, JSON, JSONLD, RDF_FORMATS, RESULT_FORMATS, TURTLE, XML
from server.errors import NotAcceptableError
from server.negotiation import (
    HTML,
    LONGEST,
    by_word,
    choose,
    choose_language,
    parse_accept,
    prefers_page,
)

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DOCUMENT = (*RDF_FORMATS, HTML)
QUERY = (*RESULT_FORMATS, *RDF_FORMATS, HTML)


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "turtle"),
        ("", "turtle"),
        ("*/*", "turtle"),
        (CHROME, "html"),
        (FIREFOX, "html"),
        ("application/ld+json", "jsonld"),
        ("APPLICATION/LD+JSON", "jsonld"),
        ("text/turtle;q=0.5, application/rdf+xml", "rdfxml"),
        ("text/turtle; q=0.5 , application/rdf+xml;q=0.4", "turtle"),
        ("text/*", "turtle"),
        ("text/*;q=0.5, text/html", "html"),
        ("*/*;q=0.1, application/n-quads;q=0.2", "nquads"),
        ("text/turtle;q=0, */*", "jsonld"),
        ("application/*", "jsonld"),
        ("text/turtle;q=nonsense, application/trig;q=0.1", "trig"),
        ("text/plain", "ntriples"),
        (",, ;text/turtle, application/trig", "trig"),
    ],
)
def test_a_document_is_sent_in_the_form_wanted_most(
    accept: str | None, name: str
) -> None:
    """The most specific range gives the quality; of equals the first on offer wins."""
    assert choose(accept, DOCUMENT).name == name


@pytest.mark.parametrize(
    ("accept", "offer"),
    [
        ("*/*", JSON),
        (CHROME, HTML),
        ("application/json", JSON),
        ("text/csv", CSV),
        ("application/xml", XML),
        ("text/turtle", TURTLE),
    ],
)
def test_an_answer_is_sent_in_the_form_wanted_most(accept: str, offer: object) -> None:
    """Programs that take anything get JSON, browsers a page."""
    assert choose(accept, QUERY) is offer


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/turtle;q=7"])
def test_what_is_not_on_offer_is_refused_with_a_list(accept: str) -> None:
    """The refusal says what there is."""
    with pytest.raises(NotAcceptableError) as caught:
        choose(accept, DOCUMENT)

    assert "text/turtle" in caught.value.mend
    assert "text/html" in caught.value.mend


@pytest.mark.parametrize("word", ["jsonld", "JSONLD", "application/ld+json"])
def test_a_format_is_named_by_its_name_or_its_media_type(word: str) -> None:
    """`format=` takes the words that people try."""
    assert by_word(word, RDF_FORMATS) is JSONLD


def test_an_unknown_format_is_refused() -> None:
    """A format that is not there is not replaced by another."""
    with pytest.raises(NotAcceptableError):
        by_word("xlsx", RDF_FORMATS)


@pytest.mark.parametrize(
    ("accept", "page"),
    [(CHROME, True), ("*/*", False), (None, False), ("application/json", False)],
)
def test_only_browsers_get_errors_as_pages(accept: str | None, *, page: bool) -> None:
    """Programs read problem+json."""
    assert prefers_page(accept) is page


@pytest.mark.parametrize(
    ("asked", "accept", "language"),
    [
        (None, None, "nl"),
        (None, "en", "en"),
        (None, "en-GB,en;q=0.9,nl;q=0.5", "en"),
        (None, "fr, nl;q=0.3, en;q=0.2", "nl"),
        (None, "fr", "nl"),
        (None, "nl;q=0, *", "en"),
        ("en", "nl", "en"),
        ("nl", "en", "nl"),
        ("fr", "en", "en"),
    ],
)
def test_the_language_is_the_one_chosen_else_the_one_preferred(
    asked: str | None, accept: str | None, language: str
) -> None:
    """A choice by hand goes before the browser's settings; Dutch is the last resort."""
    assert choose_language(asked, accept) == language


def test_only_the_beginning_of_a_header_is_read() -> None:
    """A hundred thousand ranges would keep everyone waiting who asks meanwhile."""
    header = "text/turtle" + ",a/b" * 100_000

    assert len(parse_accept(header)) <= LONGEST // 2
    assert choose(header, DOCUMENT).name == "turtle"
