"""Faults in the shapes are found before anything is validated with them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from rdflib import Graph
from rdflib.namespace import SH

from graph.linting import CHECKS, lint
from graph.namespaces import prefixes
from graph.paths import SHAPES, VOCABULARIES
from graph.turtle import is_canonical

TURTLE: Final = [
    *sorted(SHAPES.glob("*.ttl")),
    *sorted(Path(__file__).parent.glob("cases/*/*.ttl")),
]
#: A pair of shapes without a fault; each fault below is one change to it.
SOUND: Final = """
ovlsh:AShape a sh:NodeShape ;
  sh:name "Ding"@nl , "Thing"@en ;
  sh:description "Een ding."@nl , "A thing."@en ;
  sh:message "Mis; herstel het."@nl , "Wrong; mend it."@en ;
  sh:severity sh:Violation ; sh:order 1 ; sh:targetClass ovl:Meeting ;
  sh:target ovlsh:ATarget ; sh:property ovlsh:AShape-dated .
ovlsh:AShape-dated a sh:PropertyShape ; sh:path ovl:dated ; sh:pattern "^[a-z]+$" ;
  sh:name "Datum"@nl , "Date"@en ;
  sh:description "De datum."@nl , "The date."@en ;
  sh:message "Geen datum; voeg hem toe."@nl , "No date; add it."@en ;
  sh:severity sh:Warning ; sh:order 1 ; sh:group ovlsh:GroupTime .
ovlsh:ATarget a sh:SPARQLTarget ; sh:prefixes def:overleg-shapes ;
  sh:select "SELECT ?this WHERE { ?this dcat:startDate ?day }" .
ovlsh:GroupTime a sh:PropertyGroup .
def:overleg-shapes sh:declare ovlsh:Prefix-dcat .
ovlsh:Prefix-dcat a sh:PrefixDeclaration ; sh:prefix "dcat" ;
  sh:namespace "http://www.w3.org/ns/dcat#"^^xsd:anyURI .
"""
#: By check: what is exchanged in the sound shapes, and words of the fault.
FAULTS: Final = [
    ("unknown_terms", "sh:pattern", "sh:patern", "no term sh:patern"),
    (
        "malformed",
        "sh:order 1 ; sh:group",
        'sh:minCount "x" ; sh:order 1 ; sh:group',
        "rules",
    ),
    ("blank_nodes", "sh:path ovl:dated", "sh:path [ sh:inversePath ovl:due ]", "IRI"),
    ("missing_words", '"Ding"@nl , ', "", "sh:name in: en"),
    ("missing_words", '"A thing."@en', '"A thing."@de', "sh:description in: de, nl"),
    (
        "missing_words",
        '"Geen datum; voeg hem toe."@nl ,',
        '"Geen"@nl , "Nee"@nl ,',
        "nl, nl",
    ),
    ("miscounted", "sh:severity sh:Warning ;", "", "0 values of sh:severity"),
    ("miscounted", "sh:order 1 ; sh:targetClass", "sh:targetClass", "sh:order"),
    ("miscounted", "; sh:group ovlsh:GroupTime", "", "sh:group"),
    (
        "miscounted",
        "sh:path ovl:dated",
        "sh:path ovl:dated , ovl:due",
        "2 values of sh:path",
    ),
    (
        "dangling_references",
        "sh:property ovlsh:AShape",
        "sh:property ovlsh:BShape",
        "not described",
    ),
    (
        "dangling_references",
        "sh:pattern",
        "sh:or ( ovlsh:BShape ) ; sh:pattern",
        "not described",
    ),
    ("dangling_references", "sh:target ovlsh:A", "sh:target ovlsh:B", "not described"),
    (
        "dangling_references",
        "sh:group ovlsh:GroupTime",
        "sh:group ovlsh:Group",
        "not described",
    ),
    ("code", "sh:target ovlsh:ATarget", "sh:js ovlsh:Code", "sh:js"),
    ("code", "sh:target ovlsh:ATarget", "sh:sparql ovlsh:Code", "sh:sparql"),
    (
        "nested_properties",
        "sh:path ovl:dated",
        "sh:path ovl:dated ; sh:property ovlsh:AShape-dated",
        "of its own",
    ),
    ("recursion", "sh:pattern", "sh:node ovlsh:AShape ; sh:pattern", "back to itself"),
    ("bad_patterns", "^[a-z]+$", "(?i)a", "not one that every engine reads"),
    ("bad_patterns", "^[a-z]+$", "\\\\\\\\p{L}", "not one that every engine reads"),
    ("bad_patterns", "^[a-z]+$", "(a", "not one that every engine reads"),
    (
        "bad_targets",
        "?this dcat:startDate ?day",
        "GRAPH ?g { ?this a ?class }",
        "GRAPH",
    ),
    (
        "bad_targets",
        "?this dcat:startDate",
        "VALUES ?this { <a:b> } ?this dcat:startDate",
        "VALUES",
    ),
    ("undeclared_prefixes", "?this dcat:", "?this prov:", "the prefix prov"),
    (
        "undeclared_prefixes",
        "sh:prefixes def:overleg-shapes ;",
        "",
        "the prefix dcat, which is not declared",
    ),
    (
        "compared_without_datatype",
        "sh:pattern",
        "sh:lessThan ovl:due ; sh:pattern",
        "not fixed",
    ),
    (
        "class_within_or",
        "sh:pattern",
        "sh:class ovl:Seat ; sh:or ( ovlsh:AShape-dated ) ; sh:pattern",
        "asks for a class",
    ),
    ("untyped", "ovlsh:AShape a sh:NodeShape ;", "ovlsh:AShape", "not called one"),
    (
        "untyped",
        "ovlsh:AShape-dated a sh:PropertyShape ;",
        "ovlsh:AShape-dated",
        "not called one",
    ),
    (
        "malformed",
        "sh:property ovlsh:AShape-dated",
        "sh:property ovlsh:AShape",
        "breaks the rules",
    ),
    ("bad_targets", "?day }", "?day FILTER (?day < ?x) }", "the date ?day"),
    ("bad_targets", "?day }", "?day FILTER (?x >= ?day) }", "the date ?day"),
]


def _parse(text: str) -> Graph:
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes().items())
    return Graph().parse(data=head + text, format="turtle")


def test_a_sound_shape_has_no_fault() -> None:
    """The shapes that the faults below start from have none."""
    assert lint(_parse(SOUND)) == []


@pytest.mark.parametrize(("check", "old", "new", "words"), FAULTS)
def test_a_fault_is_found(check: str, old: str, new: str, words: str) -> None:
    """The check for it finds the fault, says what it is and how to mend it."""
    assert SOUND.count(old) == 1
    shapes = _parse(SOUND.replace(old, new))

    found = [
        fault
        for function in CHECKS
        if function.__name__ == check
        for fault in function(shapes)
    ]

    assert [fault for fault in found if words in fault.fault and fault.mend]
    assert set(found) <= set(lint(shapes))


def test_each_check_is_tried() -> None:
    """There is a fault here for every check."""
    assert {check for check, *_ in FAULTS} == {item.__name__ for item in CHECKS}


def test_our_shapes_have_no_fault(shapes: Graph) -> None:
    """The project's own shapes are without fault."""
    assert lint(shapes) == []


def test_our_shapes_use_no_unlisted_term(shapes: Graph) -> None:
    """The list of SHACL terms that the project keeps holds every one that it uses."""
    known = set((VOCABULARIES / "sh.txt").read_text(encoding="utf-8").split())
    used = {str(term) for triple in shapes for term in triple if str(SH) in str(term)}

    assert {term for term in used if term.startswith(str(SH))} - {str(SH)} <= known


def test_files_are_canonical() -> None:
    """Every Turtle file of the shapes and of their cases is in canonical form."""
    wrong = [str(path) for path in TURTLE if not is_canonical(path)]

    assert wrong == [], "run graph.turtle.canonicalise on each"
