"""A report in its other forms: readable paragraphs, W3C's RDF, and back from JSON.

The RDF is a `sh:ValidationReport`, https://www.w3.org/TR/shacl/#validation-report. Its
blank nodes are named by what they say, so that the same report is the same bytes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.namespace import RDF, RDFS, SH

from graph.engines import Result
from graph.findings import LANGUAGES
from graph.namespaces import DEFAULT_BASE, FOREIGN, prefixes, shorten
from graph.terms import BlankNode, Iri, Term, from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rdflib.term import Node

    from graph.findings import Finding, Report

_SEVERITY: Final = FOREIGN["sh"]


def as_text(report: Report, base: str = DEFAULT_BASE) -> str:
    """Return the report as readable paragraphs, one a finding, in both languages."""
    parts = [_paragraph(item, base) for item in report.findings]
    parts += [
        f"Difference\n  only {item.engine}:\n" + _rows(_result_rows(item.result, base))
        for item in report.differences
    ]
    parts += [
        f"Stale waiver\n  node   {shorten(item.node, base)}\n"
        f"  shape  {shorten(item.shape, base)}\n"
        "         There is no such warning; remove the waiver."
        for item in report.stale
    ]
    return "\n\n".join(parts)


def _paragraph(item: Finding, base: str) -> str:
    place = str(item.place or "derived, or in no file that was read")
    rows = [*_result_rows(item, base), ("place", place)]
    for tag in LANGUAGES:
        rows += [(tag, item.messages[tag])]
        rows += [("", f"→ {item.mends[tag]}")] if item.mends[tag] else []
    rows += [("waived", text) for text in (item.waiver or {}).values()]
    return f"{item.severity}\n{_rows(rows)}"


def _result_rows(item: Finding | Result, base: str) -> list[tuple[str, str]]:
    value = "" if item.value is None else _short(item.value, base)
    return [
        ("node", shorten(item.focus.value, base)),
        ("path", shorten(item.path, base) if item.path else ""),
        ("value", "" if item.value == item.focus else value),
        ("shape", shorten(item.shape, base)),
    ]


def _rows(rows: list[tuple[str, str]]) -> str:
    return "\n".join(f"  {name:6} {text}" for name, text in rows if text)


def _short(value: Term, base: str) -> str:
    return shorten(value.value, base) if isinstance(value, Iri) else repr(value.value)


def as_turtle(report: Report, base: str = DEFAULT_BASE) -> str:
    """Return the report as a `sh:ValidationReport` in Turtle."""
    graph, node = Graph(bind_namespaces="none"), BNode("report")
    for prefix, namespace in prefixes(base).items():
        graph.bind(prefix, namespace)
    graph.add((node, RDF.type, SH.ValidationReport))
    graph.add((node, SH.conforms, RdfLiteral(report.conforms)))
    graph.add((node, RDFS.comment, RdfLiteral(report.engine)))
    for item in report.findings:
        name = hashlib.sha256(repr(_key(item)).encode()).hexdigest()[:16]
        graph.add((node, SH.result, BNode(f"r{name}")))
        for predicate, value in _facts(item):
            graph.add((BNode(f"r{name}"), predicate, value))
    return graph.serialize(format="longturtle")


def _facts(item: Finding) -> Iterator[tuple[URIRef, Node]]:
    """Yield what the RDF says of a finding."""
    yield RDF.type, SH.ValidationResult
    yield SH.focusNode, _node(item.focus)
    yield SH.resultSeverity, SH[item.severity]
    yield SH.sourceShape, URIRef(item.shape)
    yield SH.sourceConstraintComponent, URIRef(item.component)
    if item.path:
        yield SH.resultPath, URIRef(item.path)
    if item.value is not None:
        yield SH.value, _node(item.value)
    for tag, text in item.messages.items():
        yield SH.resultMessage, RdfLiteral(text, tag)


def _node(term: Term) -> Node:
    if isinstance(term, Iri):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)
    if term.language:
        return RdfLiteral(term.value, term.language)
    return RdfLiteral(term.value, datatype=URIRef(term.datatype), normalize=False)


def _key(item: Finding) -> tuple[object, ...]:
    return item.focus, item.shape, item.component, item.path, item.value


def results_from_json(report: Mapping[str, Any]) -> list[Result]:
    """Return the bare results of a report that was written as JSON."""
    return [
        Result(
            from_json(item["focus"]),
            item["path"],
            None if item["value"] is None else from_json(item["value"]),
            _SEVERITY + item["severity"],
            item["shape"],
            item["component"],
        )
        for item in report["findings"]
    ]
