"""Files are read into named graphs; a bad one is named with its line and the mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.errors import (
    InputError,
    SourceEncodingError,
    SourceSyntaxError,
    SourceTooLargeError,
    UnknownFormatError,
    UnreadableFileError,
)
from graph.namespaces import DEFAULT_BASE, expand, prefixes, rebase, shorten
from graph.paths import NOT_MERGED, source_files
from graph.reading import read_file, read_graph
from graph.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def xml(value: str = "&a;&amp;", **entities: str) -> bytes:
    """Return RDF/XML of one statement, with entities that are declared in it."""
    declared = "".join(f'<!ENTITY {name} "{text}">' for name, text in entities.items())
    spaces = f'xmlns:rdf="{expand("rdf:")}" xmlns:x="urn:x:"'
    described = f'<rdf:Description rdf:about="urn:a"><x:p>{value}</x:p>'
    return (
        f"<!DOCTYPE rdf:RDF [\n{declared}]>\n"
        f"<rdf:RDF {spaces}>{described}</rdf:Description></rdf:RDF>"
    ).encode()


BAD: dict[str, tuple[bytes, type[InputError], str]] = {
    "syntax.ttl": (b"<x:a> <x:b>\n  <x:c> <x:d> .", SourceSyntaxError, ":2:"),
    "literal.ttl": (b'<x:a> <x:b> "open\n .', SourceSyntaxError, ":1:"),
    "prefix.ttl": (b"\n\nno:a no:b no:c .", SourceSyntaxError, ":3:"),
    "latin.ttl": (b"<x:a>\n<x:b> '\xe9' .", SourceEncodingError, ":2:"),
    "quads.nq": (b"<x:a> <x:b> <x:c> <x:d> <x:e> .", SourceSyntaxError, ":1:"),
    "tree.rdf": (b"<rdf:RDF><open></rdf:RDF>", SourceSyntaxError, ":1:"),
    "nested.rdf": (xml(a="ten letter", b="&a;" * 10), SourceSyntaxError, ":2:"),
    "parameter.rdf": (
        b"<!DOCTYPE r [\n<!ENTITY % a 'b'>]><r/>",
        SourceSyntaxError,
        ":2:",
    ),
    "elsewhere.rdf": (
        b"<!DOCTYPE r [\n<!ENTITY a SYSTEM 'file:///etc/passwd'>]><r>&a;</r>",
        SourceSyntaxError,
        ":2:",
    ),
    "repeated.rdf": (xml("&a;" * 10_000, a="x" * 10_000), SourceTooLargeError, "bytes"),
    "remote.jsonld": (
        b'{"@context": "http://127.0.0.1:9/c", "@id": "x:a", "p": 1}',
        SourceSyntaxError,
        "",
    ),
    "table.xls": (b"", UnknownFormatError, ".xls"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_with_its_place_and_a_remedy(
    tmp_path: Path, name: str
) -> None:
    """The message leads to the file and the line, and says how to mend it."""
    content, error, place = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(error) as caught:
        read_file(Store.in_memory(), path, DEFAULT_BASE, "x:g")

    found = caught.value
    assert str(path) in found.message
    assert place in found.message
    assert found.mend


def test_an_entity_that_is_a_name_is_read(tmp_path: Path) -> None:
    """As ontologies in XML have them."""
    path = tmp_path / "names.rdf"
    path.write_bytes(xml(a="urn:x:"))
    store = Store.in_memory()

    read_file(store, path, DEFAULT_BASE, "x:g")

    assert [item.object.value for item in store.statements()] == ["urn:x:&"]


def test_a_literal_of_a_gigabyte_is_refused(tmp_path: Path) -> None:
    """A file that is too large is refused before it is read."""
    path = tmp_path / "large.ttl"
    with path.open("wb") as file:
        file.write(b'<x:a> <x:b> "')
        file.truncate(1 << 30)

    with pytest.raises(SourceTooLargeError) as caught:
        read_file(Store.in_memory(), path, DEFAULT_BASE, "x:g")

    assert str(1 << 30) in caught.value.message
    assert "N-Quads" in caught.value.mend


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A path that leads nowhere is an error of input."""
    with pytest.raises(UnreadableFileError):
        read_file(Store.in_memory(), tmp_path / "none.ttl", DEFAULT_BASE)


def test_a_bad_file_leaves_nothing_behind(tmp_path: Path) -> None:
    """Of a file that fails halfway no statement is kept."""
    path = tmp_path / "half.ttl"
    path.write_text("<x:a> <x:b> <x:c> .\n<x:d> .", encoding="utf-8")
    store = Store.in_memory()

    with pytest.raises(InputError):
        read_file(store, path, DEFAULT_BASE, "x:g")

    assert len(store) == 0


def test_every_file_becomes_the_named_graph_of_its_family() -> None:
    """Each file of the graph is in the store, under the graph its folder gives it."""
    graphs = set(read_graph().graphs())

    assert {DEFAULT_BASE + graph for _, graph in source_files()} == graphs
    assert {DEFAULT_BASE + name for name in NOT_MERGED} <= graphs


def test_the_base_is_a_setting() -> None:
    """With another base no IRI of the default one is left."""
    base = "https://tafel.example.nl/data/"
    lines = read_graph(base).canonical_nquads()

    assert DEFAULT_BASE.encode() not in lines
    assert b"<https://tafel.example.nl/data/id/organisatie/lrt>" in lines


def test_names_shorten_and_expand() -> None:
    """A prefixed name and its IRI lead to each other, by the longest namespace."""
    iri = DEFAULT_BASE + "id/organisatie/lrt"

    assert shorten(iri) == "organisatie:lrt"
    assert expand("organisatie:lrt") == iri
    assert shorten("https://elsewhere.example/x") == "https://elsewhere.example/x"
    assert rebase(f"<{iri}>", "x:") == "<x:id/organisatie/lrt>"
    assert list(prefixes()) == sorted(prefixes())
