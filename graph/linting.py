"""Finds faults in the shapes themselves, which engines accept in silence.

A shape that is misspelt or half described validates nothing, or reports without words.
Each check takes the shapes graph and yields its faults; `lint` runs them all.
"""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from rdflib import BNode, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from graph.engines import default_engine, load_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib import Graph
    from rdflib.term import Node


class Fault(NamedTuple):
    """What is wrong with a node of the shapes graph, and how to mend it."""

    node: str
    fault: str
    mend: str


LANGUAGES: Final = ("nl", "en")
WORDS: Final = (SH.name, SH.description, SH.message)
_LISTED: Final = (SH["or"], SH["and"], SH.xone)
_SINGLE: Final = (SH.property, SH.node, SH.qualifiedValueShape, SH["not"])
_CODE: Final = (SH.js, SH.sparql, SH.rule)
_TERM: Final = re.compile(r"^sh:([\w-]+)", re.MULTILINE)
#: Groups with a flag or look-around, escapes unknown to XPath, possessive quantifiers,
#: and `\p`, which the reference engine cannot read.
_NOT_XPATH: Final = re.compile(r"\(\?|\\[1-9ABEGKPQXZbkpuxz]|[*+?}]\+")
#: Words that a target may not use: the engines take a query without them only.
_REFUSED: Final = re.compile(
    r"(?<!\?)\b(GRAPH|VALUES|MINUS|SERVICE|FROM)\b", re.IGNORECASE
)
_STRING: Final = re.compile(r'"[^"]*"')
_DATE: Final = re.compile(r"dcat:(?:start|end)Date \?(\w+)")


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


def bad_targets(shapes: Graph) -> Iterator[Fault]:
    """Find target queries that an engine refuses or answers wrongly."""
    for target, text in shapes.subject_objects(SH.select):
        query = _STRING.sub("", str(text))
        if found := _REFUSED.search(query):
            yield Fault(
                str(target),
                f"Its query uses {found[0]}, and engines see one graph without it.",
                "Write the query with patterns, OPTIONAL and FILTER only.",
            )
        for name in sorted(set(_DATE.findall(query))):
            if re.search(rf"\?{name} *[<>]|[<>]=? *\?{name}\b", query):
                yield Fault(
                    str(target),
                    f"It compares the date ?{name}, which not every engine can.",
                    f"Compare STR(?{name}).",
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
