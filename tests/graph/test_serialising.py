"""RDF that is written in parts is one document, whatever the syntax."""

from __future__ import annotations

from itertools import chain, islice, repeat

import pytest

from graph.formats import RDF_FORMATS, Format
from graph.namespaces import DEFAULT_BASE, prefixes
from graph.serialising import serialise_in_parts
from graph.store import Store, serialise
from graph.terms import Iri, Literal, Statement

PREFIXES = prefixes(DEFAULT_BASE)
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
#: Statements of three graphs and some subjects, with what could look like an end.
STATEMENTS = [
    Statement(
        Iri(f"{DEFAULT_BASE}id/x/{n // 2}"),
        Iri(f"https://example.org/p{n % 2}"),
        Literal(f"]</rdf:RDF>\n@prefix {n}", None, XSD_STRING),
        Iri(f"{DEFAULT_BASE}graph/{n // 4}"),
    )
    for n in range(11)
]


def dataset(text: bytes, syntax: Format) -> bytes:
    """Return a document as sorted N-Quads."""
    store = Store.in_memory()
    store.load(text, syntax, DEFAULT_BASE)
    return store.canonical_nquads()


@pytest.mark.parametrize("count", [0, 1, 4, 5, 10, 11])
@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda item: item.name)
def test_parts_are_one_document(syntax: Format, count: int) -> None:
    """It holds what the whole does, and is the same where one part is enough."""
    found = STATEMENTS[:count]

    written = b"".join(serialise_in_parts(found, syntax, PREFIXES, size=5))
    whole = serialise(found, syntax, PREFIXES)

    assert dataset(written, syntax) == dataset(whole, syntax)
    if count < 5:
        assert sorted(written.splitlines()) == sorted(whole.splitlines())


@pytest.mark.parametrize("syntax", RDF_FORMATS, ids=lambda item: item.name)
def test_statements_are_taken_as_they_are_written(syntax: Format) -> None:
    """There may be no end of them."""
    endless = chain.from_iterable(repeat(STATEMENTS))

    parts = list(islice(serialise_in_parts(endless, syntax, PREFIXES, size=5), 3))

    assert len(parts) == 3
    assert all(parts)
