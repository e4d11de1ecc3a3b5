"""Finds faults in the shapes themselves, which engines accept in silence.

A shape that is misspelt or half described validates nothing, or reports without words.
Each check takes the shapes graph and yields its faults; `lint` runs them all.
"""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from graph.engines import default_engine, load_engine
from graph.faults import Fault
from graph.targets import bad_targets, undeclared_prefixes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib import Graph
    from rdflib.term import Node


LANGUAGES: Final = ("nl", "en")
WORDS: Final = (SH.name, SH.description, SH.message)
_LISTED: Final = (SH["or"], SH["and"], SH.xone)
_SINGLE: Final = (SH.property, SH.node, SH.qualifiedValueShape, SH["not"])
_CODE: Final = (SH.js, SH.sparql, SH.rule)
_TERM: Final = re.compile(r"^sh:([\w-]+)", re.MULTILINE)
#: Groups with a flag or look-around, escapes unknown to XPath, possessive quantifiers,
#: and `\p`, which the reference engine cannot read.
_NOT_XPATH: Final = re.compile(r"\(\?|\\[1-9ABEGKPQXZbkpuxz]|[*+?}]\+")


def lint(shapes: Graph) -> list[Fault]:
    """Return every fault of a shapes graph, in the order of the nodes."""
    return sorted(fault for check in CHECKS for fault in check(shapes))


def unknown_terms(shapes: Graph) -> Iterator[Fault]:
    """Find terms that SHACL does not have, which engines ignore."""
    known = set(_TERM.findall(_asset("shacl.ttl"))) | {""}
    for subject, predicate, value in shapes:
        for term in (predicate, value):
            local = str(term).partition(str(SH))[2] if isinstance(term, URIRef) else ""
            if local not in known:
                yield Fault(
                    str(subject),
                    f"SHACL has no term sh:{local}.",
                    "Correct the spelling; a misspelt constraint validates nothing.",
                )


def malformed(shapes: Graph) -> Iterator[Fault]:
    """Find what the shapes for shapes refuse; https://www.w3.org/TR/shacl/#shacl-shacl."""
    engine = load_engine(default_engine())
    data = shapes.serialize(format="nt").encode()
    for result in engine.validate(data, _asset("shacl-shacl.ttl")):
        yield Fault(
            result.focus.value,
            f"{result.path or 'It'} breaks the rules for shapes.",
            "Look the property up in the specification and correct its value.",
        )


def blank_nodes(shapes: Graph) -> Iterator[Fault]:
    """Find blank nodes that are not lists."""
    for node in sorted({s for s in shapes.subjects() if isinstance(s, BNode)}):
        if (node, RDF.first, None) not in shapes:
            owner = next(shapes.subjects(None, node), node)
            yield Fault(
                str(owner),
                "A shape, path or target within it has no IRI.",
                "Give it an IRI in the namespace of the shapes.",
            )


def missing_words(shapes: Graph) -> Iterator[Fault]:
    """Find shapes without exactly one name, description and message per language."""
    for shape in shapes_of(shapes):
        for predicate in WORDS:
            tags = sorted(str(_tag(text)) for text in shapes.objects(shape, predicate))
            if tags != sorted(LANGUAGES):
                yield Fault(
                    str(shape),
                    f"It has sh:{predicate.fragment} in: {', '.join(tags) or 'none'}.",
                    "Write it once in nl and once in en.",
                )


def miscounted(shapes: Graph) -> Iterator[Fault]:
    """Find shapes without one order and severity, properties without group or path."""
    for shape in shapes_of(shapes):
        more = (SH.group, SH.path) if _is_property(shapes, shape) else ()
        for predicate in (SH.order, SH.severity, *more):
            count = len(list(shapes.objects(shape, predicate)))
            if count != 1:
                fault = f"It has {count} values of sh:{predicate.fragment}."
                yield Fault(str(shape), fault, "Give it exactly one.")


def dangling_references(shapes: Graph) -> Iterator[Fault]:
    """Find references to shapes, targets and groups that are not described."""
    for predicate in (*_SINGLE, *_LISTED, SH.target, SH.group):
        for shape, value in shapes.subject_objects(predicate):
            for other in _members(shapes, value, listed=predicate in _LISTED):
                if (other, RDF.type, None) not in shapes:
                    yield Fault(
                        str(shape),
                        f"It refers to {other}, which is not described.",
                        "Correct the name, or describe it and give it its type.",
                    )


def code(shapes: Graph) -> Iterator[Fault]:
    """Find constraints in code, which cost speed and the languages of messages."""
    for predicate in _CODE:
        for shape in shapes.subjects(predicate):
            yield Fault(
                str(shape),
                f"It uses sh:{predicate.fragment}.",
                "Use a core constraint, or a target that selects what is wrong.",
            )


def nested_properties(shapes: Graph) -> Iterator[Fault]:
    """Find property shapes within property shapes: results name the wrong node."""
    for shape in shapes.subjects(SH.property):
        if _is_property(shapes, shape):
            yield Fault(
                str(shape),
                "It is a property shape with a property shape of its own.",
                "Name a node shape with sh:node and put the property shape there.",
            )


def recursion(shapes: Graph) -> Iterator[Fault]:
    """Find shapes that refer to themselves, which SHACL leaves undefined."""
    for shape in shapes_of(shapes):
        seen: set[Node] = set()
        waiting = list(_references(shapes, shape))
        while waiting:
            other = waiting.pop()
            waiting += [] if other in seen else list(_references(shapes, other))
            seen.add(other)
        if shape in seen:
            yield Fault(str(shape), "It refers back to itself.", "Break the circle.")


def bad_patterns(shapes: Graph) -> Iterator[Fault]:
    """Find patterns outside what XPath and all engines have in common."""
    for shape, pattern in shapes.subject_objects(SH.pattern):
        if _NOT_XPATH.search(str(pattern)) or not _compiles(str(pattern)):
            yield Fault(
                str(shape),
                f"Its pattern {pattern} is not one that every engine reads.",
                "Keep to characters, classes in brackets, groups, | and * + ? {n}.",
            )


def compared_without_datatype(shapes: Graph) -> Iterator[Fault]:
    """Find orders between values whose datatypes are not fixed and the same."""
    for predicate in (SH.lessThan, SH.lessThanOrEquals):
        for shape, other in shapes.subject_objects(predicate):
            paths = (shapes.value(shape, SH.path), other)
            kinds = [_datatypes(shapes, path) for path in paths]
            if not kinds[0] or kinds[0] != kinds[1]:
                yield Fault(
                    str(shape),
                    "It compares values whose datatype is not fixed, or not the same.",
                    "Give both properties a shape with the same sh:datatype.",
                )


def class_within_or(shapes: Graph) -> Iterator[Fault]:
    """Find classes asked within alternatives, which takes an engine too long."""
    for shape, items in shapes.subject_objects(SH["or"]):
        for item in Collection(shapes, items):
            if (item, SH["class"], None) in shapes:
                yield Fault(
                    str(shape),
                    f"Its alternative {item} asks for a class.",
                    "Ask for a class that the alternatives have in common.",
                )


def untyped(shapes: Graph) -> Iterator[Fault]:
    """Find shapes that do not say so, which other checks would pass over."""
    users = (*_SINGLE, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    found = {
        shape
        for item in (*users, SH.target, SH.path)
        for shape in shapes.subjects(item)
    }
    for shape in found - set(shapes_of(shapes)):
        yield Fault(
            str(shape),
            "It is used as a shape but is not called one.",
            "Give it the type sh:NodeShape or sh:PropertyShape.",
        )


CHECKS: Final[tuple[Callable[[Graph], Iterator[Fault]], ...]] = (
    unknown_terms,
    malformed,
    blank_nodes,
    missing_words,
    miscounted,
    dangling_references,
    code,
    nested_properties,
    recursion,
    bad_patterns,
    bad_targets,
    undeclared_prefixes,
    compared_without_datatype,
    class_within_or,
    untyped,
)


def shapes_of(shapes: Graph) -> list[Node]:
    """Return the node and property shapes, by IRI."""
    kinds = (SH.NodeShape, SH.PropertyShape)
    found = {shape for kind in kinds for shape in shapes.subjects(RDF.type, kind)}
    return sorted(found, key=str)


def _is_property(shapes: Graph, shape: Node) -> bool:
    return (shape, RDF.type, SH.PropertyShape) in shapes


def _references(shapes: Graph, shape: Node) -> Iterator[Node]:
    for predicate in (*_SINGLE, *_LISTED):
        for value in shapes.objects(shape, predicate):
            yield from _members(shapes, value, listed=predicate in _LISTED)


def _members(shapes: Graph, value: Node, *, listed: bool) -> list[Node]:
    return list(Collection(shapes, value)) if listed else [value]


def _datatypes(shapes: Graph, path: Node | None) -> set[Node]:
    """Return the datatypes that the shapes fix for a property."""
    return {
        kind
        for shape in shapes.subjects(SH.path, path)
        for kind in shapes.objects(shape, SH.datatype)
    }


def _tag(text: Node) -> str | None:
    return text.language if isinstance(text, Literal) else None


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _asset(name: str) -> str:
    """Return a vocabulary file that pySHACL brings along."""
    path = distribution("pyshacl").locate_file(f"pyshacl/assets/{name}")
    return Path(str(path)).read_text(encoding="utf-8")
