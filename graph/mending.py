"""How to mend a finding, by constraint component and in both languages.

Each hint names the values that the shape asks for. Components:
https://www.w3.org/TR/shacl/#core-components.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from graph.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib.term import Node

    from graph.engines import Result

#: By component: the parameter whose value is named, and the hint in nl and en. `{path}`
#: is the property, `{asked}` the parameter's value, `{value}` the value that is wrong.
_HINTS: Final = {
    "MinCount": (
        SH.minCount,
        "Voeg {path} toe (minstens {asked}).",
        "Add {path} (at least {asked}).",
    ),
    "MaxCount": (
        SH.maxCount,
        "Houd bij {path} hoogstens {asked} waarde(n) over.",
        "Keep at most {asked} value(s) of {path}.",
    ),
    "Class": (
        SH["class"],
        "Geef {value} het type {asked}, of verwijs naar iets dat het heeft.",
        "Give {value} the type {asked}, or point to something that has it.",
    ),
    "Datatype": (
        SH.datatype,
        "Schrijf {value} als {asked}.",
        "Write {value} as {asked}.",
    ),
    "NodeKind": (
        SH.nodeKind,
        "Vervang {value} door een {asked}.",
        "Replace {value} by a {asked}.",
    ),
    "Pattern": (
        SH.pattern,
        "Schrijf {value} volgens het patroon {asked}.",
        "Write {value} to the pattern {asked}.",
    ),
    "LanguageIn": (
        SH.languageIn,
        "Gebruik een van de talen {asked}.",
        "Use one of the languages {asked}.",
    ),
    "UniqueLang": (
        SH.uniqueLang,
        "Houd per taal één waarde van {path} over.",
        "Keep one value of {path} for each language.",
    ),
    "HasValue": (
        SH.hasValue,
        "Voeg {asked} toe als waarde van {path}.",
        "Add {asked} as a value of {path}.",
    ),
    "LessThanOrEquals": (
        SH.lessThanOrEquals,
        "Zorg dat {value} niet later is dan {asked}.",
        "Make sure that {value} is not later than {asked}.",
    ),
    "LessThan": (
        SH.lessThan,
        "Zorg dat {value} vóór {asked} komt.",
        "Make sure that {value} comes before {asked}.",
    ),
    "Equals": (
        SH.equals,
        "Maak de waarden van {path} gelijk aan die van {asked}.",
        "Make the values of {path} equal to those of {asked}.",
    ),
    "Disjoint": (
        SH.disjoint,
        "Haal {value} weg bij {path} of bij {asked}.",
        "Remove {value} from {path} or from {asked}.",
    ),
    "Closed": (
        SH.closed,
        "Haal {path} weg; deze klasse kent die eigenschap niet.",
        "Remove {path}; this class does not have that property.",
    ),
    "Or": (
        SH["or"],
        "Voldoe aan minstens één van: {asked}.",
        "Satisfy at least one of: {asked}.",
    ),
    "Xone": (
        SH.xone,
        "Voldoe aan precies één van: {asked}.",
        "Satisfy exactly one of: {asked}.",
    ),
    "Node": (
        SH.node,
        "Vervang {value} door iets dat voldoet aan: {asked}.",
        "Replace {value} by something that satisfies: {asked}.",
    ),
    "QualifiedMinCount": (
        SH.qualifiedValueShape,
        "Voeg {path} toe met een waarde die voldoet aan: {asked}.",
        "Add {path} with a value that satisfies: {asked}.",
    ),
    "MinInclusive": (
        SH.minInclusive,
        "Maak {value} minstens {asked}.",
        "Make {value} at least {asked}.",
    ),
    "MaxInclusive": (
        SH.maxInclusive,
        "Maak {value} hoogstens {asked}.",
        "Make {value} at most {asked}.",
    ),
    "In": (SH["in"], "Kies een van {asked}.", "Choose one of {asked}."),
}
#: Constraints that ask for a kind of value, which a hint to add one then names.
_KINDS: Final = (SH["class"], SH.datatype)


def mend(
    shapes: Graph, result: Result, language: str, base: str, others: Sequence[str] = ()
) -> str:
    """Return how to mend a result, in `nl` or `en`; empty if only the message says how.

    `others` are the values of the property that the shape compares with.
    """
    component = result.component.rpartition("#")[2].removesuffix("ConstraintComponent")
    if component not in _HINTS:
        return ""
    parameter, dutch, english = _HINTS[component]
    asked = _asked(shapes, result, parameter, language, base)
    if not asked:
        return ""
    if others:
        asked = [f"{asked[0]} ({', '.join(others)})"]
    value = "" if result.value is None else shorten(result.value.value, base)
    hint = english if language == "en" else dutch
    path = shorten(result.path, base) if result.path else "—"
    if kind := _kind(shapes, result, base) if component == "MinCount" else "":
        asked = [*asked, kind]
    return hint.format(path=path, asked=", ".join(asked), value=value)


def _asked(
    shapes: Graph, result: Result, parameter: Node, language: str, base: str
) -> list[str]:
    """Return what a shape's parameter asks for: lists opened, shapes by their names."""
    return [
        _name(shapes, item, language, base)
        for node in shapes.objects(URIRef(result.shape), parameter)
        for item in (list(Collection(shapes, node)) or [node])
        if item != RDF.nil
    ]


def _name(shapes: Graph, node: Node, language: str, base: str) -> str:
    for name in shapes.objects(node, SH.name):
        if getattr(name, "language", None) == language:
            return str(name)
    return shorten(str(node), base)


def _kind(shapes: Graph, result: Result, base: str) -> str:
    """Return the classes or datatypes that the shapes ask of a property's values."""
    owners = set(shapes.subjects(SH.property, URIRef(result.shape)))
    kinds = {
        shorten(str(kind), base)
        for shape in shapes.subjects(SH.path, URIRef(result.path or ""))
        if owners & set(shapes.subjects(SH.property, shape))
        for parameter in _KINDS
        for kind in shapes.objects(shape, parameter)
    }
    return ", ".join(sorted(kinds))
