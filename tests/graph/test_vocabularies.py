"""A term that its vocabulary does not have is found, with its place and a likeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.checking import check
from graph.errors import UnknownTermError
from graph.namespaces import FOREIGN
from graph.paths import source_files
from graph.reading import read_text
from graph.vocabularies import check_terms, known_terms, unknown_terms

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    "PREFIX org: <http://www.w3.org/ns/org#>\n"
    "PREFIX ovl: <https://data.regietafel.example/def/overleg#>\n"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<x:a> a org:Membrship .", [(3, "http://www.w3.org/ns/org#Membrship")]),
        ("<x:a> a org:Membership .\n<x:b> org:membre <x:c> .", [(4, "membre")]),
        ("<x:a> a <http://www.w3.org/ns/org#Post2> .", [(3, "Post2")]),
        ("<x:a> ovl:datd <x:b> .", [(3, "overleg#datd")]),
        ('<x:a> <x:b> """\n org:Nope \n""" ; a org:Nope .', [(5, "org#Nope")]),
        ("@prefix o: <http://www.w3.org/ns/org#> .\n<x:a> a o:Nix.", [(4, "Nix")]),
        ("<x:a> a org:Post . # org:Nope", []),
        ('<x:a> <x:b> \'org:Nope\', "it\\"s org:Nope" .', []),
        ("<x:a> a org:Post.", []),
        ("<x:a> a unknown:Thing , <http://example.org/any> .", []),
    ],
)
def test_terms_that_do_not_exist_are_found(
    text: str, found: list[tuple[int, str]]
) -> None:
    """In names and in brackets; not in comments or in the text of literals."""
    told = list(unknown_terms(HEAD + text))

    assert [line for line, _ in told] == [line for line, _ in found]
    for (_, iri), (_, end) in zip(told, found, strict=True):
        assert iri.endswith(end)


def test_every_term_of_the_graph_exists() -> None:
    """The data, the ontology and the shapes name no other."""
    assert [
        (path.name, *found)
        for path, _ in source_files()
        for found in unknown_terms(read_text(path))
    ] == []


def test_every_foreign_namespace_has_terms() -> None:
    """A namespace without a list would let everything pass."""
    assert {space for space, terms in known_terms().items() if not terms} == set()
    assert set(FOREIGN.values()) < set(known_terms())


def test_the_gate_refuses_it_with_file_line_and_remedy(tmp_path: Path) -> None:
    """A misspelt class would take a thing out of the reach of every shape."""
    path = tmp_path / "wrong.ttl"
    path.write_text(HEAD + "\n<x:a>\n    a org:Membrship ;\n.\n", encoding="utf-8")

    with pytest.raises(UnknownTermError) as caught:
        check([path])

    assert caught.value.message.startswith(f"{path}:5: ")
    assert "<http://www.w3.org/ns/org#Membership>" in caught.value.mend


def test_files_of_programs_are_passed_over(tmp_path: Path) -> None:
    """A file of a statement a line may be larger than memory."""
    path = tmp_path / "large.nq"
    path.write_text("not even RDF", encoding="utf-8")

    check_terms([path])
