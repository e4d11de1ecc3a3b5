"""How to mend a finding, by constraint component and in both languages.

Each hint names the values that the shape asks for. Components:
https://www.w3.org/TR/shacl/#core-components.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH

from graph.namespaces import shorten

if TYPE_CHECKING:
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
        "Voldoe aan minstens één van {asked}.",
        "Satisfy at least one of {asked}.",
    ),
    "Xone": (
        SH.xone,
        "Voldoe aan precies één van {asked}.",
        "Satisfy exactly one of {asked}.",
    ),
}
_OTHER: Final = (
    SH["in"],
    "Pas de beschrijving aan zodat de regel weer geldt.",
    "Change the description so that the rule holds again.",
)


def mend(shapes: Graph, result: Result, language: str, base: str) -> str:
    """Return how to mend a result, in `nl` or `en`."""
    component = result.component.rpartition("#")[2].removesuffix("ConstraintComponent")
    parameter, dutch, english = _HINTS.get(component, _OTHER)
    if component == "In" and list(_listed(shapes, result, base)):
        dutch, english = "Kies een van {asked}.", "Choose one of {asked}."
    asked = ", ".join(_listed(shapes, result, base, parameter))
    value = "" if result.value is None else shorten(result.value.value, base)
    hint = english if language == "en" else dutch
    path = shorten(result.path, base) if result.path else "—"
    return hint.format(path=path, asked=asked, value=value)


def _listed(
    shapes: Graph, result: Result, base: str, parameter: Node = SH["in"]
) -> list[str]:
    """Return the values of a shape's parameter, lists opened, as short names."""
    names: list[str] = []
    for node in shapes.objects(URIRef(result.shape), parameter):
        items = list(Collection(shapes, node)) or [node]
        names += [shorten(str(item), base) for item in items if "#nil" not in str(item)]
    return names
