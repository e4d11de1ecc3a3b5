"""Adapts pySHACL, the reference engine, and the one used where `shacl` has no wheel."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import rdflib
from pyshacl import validate
from pyshacl.errors import ReportableRuntimeError
from rdflib.exceptions import ParserError
from rdflib.namespace import SH

from graph.engines import Result
from graph.errors import EngineRefusalError
from graph.terms import LANG_STRING, XSD_STRING, BlankNode, Iri, Literal, Term

if TYPE_CHECKING:
    from pathlib import Path

#: What pySHACL and rdflib raise where they give up; ArithmeticError is for NaN.
_REFUSALS: Final = (
    ReportableRuntimeError,
    ArithmeticError,
    NotImplementedError,
    ParserError,
    SyntaxError,
    ValueError,
    re.error,
)


class ReferenceEngine:
    """The package `pyshacl`."""

    name = f"pyshacl {version('pyshacl')}"

    def validate(self, ntriples: bytes | Path, shapes: str) -> list[Result]:
        """Return the results, those that others hold as details left out."""
        report = self._run(ntriples, shapes)
        return [_result(report, node) for node in report.objects(None, SH.result)]

    def report(self, ntriples: bytes | Path, shapes: str) -> bytes:
        """Return the report as the engine writes it."""
        return self._run(ntriples, shapes).serialize(format="nt", encoding="utf-8")

    def _run(self, ntriples: bytes | Path, shapes: str) -> rdflib.Graph:
        """Validate with SPARQL targets, which pySHACL calls advanced.

        Literals keep the form in which they were written; pySHACL lets rdflib rewrite
        them again after every run, so that is said before every run.
        """
        rdflib.NORMALIZE_LITERALS = False
        try:
            text = ntriples if isinstance(ntriples, bytes) else ntriples.read_bytes()
            _, report, _ = validate(
                rdflib.Graph().parse(data=text, format="nt"),
                shacl_graph=rdflib.Graph().parse(data=shapes, format="turtle"),
                advanced=True,
            )
        except _REFUSALS as error:
            raise EngineRefusalError(self.name, str(error)) from error
        if not isinstance(report, rdflib.Graph):
            raise EngineRefusalError(self.name, str(report)) from None
        return report


def _result(report: rdflib.Graph, node: rdflib.term.Node) -> Result:
    value = report.value(node, SH.value)
    path = report.value(node, SH.resultPath)
    return Result(
        _term(report.value(node, SH.focusNode)),
        _iri(path),
        None if value is None else _term(value),
        str(report.value(node, SH.resultSeverity)),
        _iri(report.value(node, SH.sourceShape)) or "",
        str(report.value(node, SH.sourceConstraintComponent)),
    )


def _iri(node: rdflib.term.Node | None) -> str | None:
    """Return the IRI, or None for a blank node or a path of several steps."""
    return str(node) if isinstance(node, rdflib.URIRef) else None


def _term(node: rdflib.term.Node | None) -> Term:
    if isinstance(node, rdflib.URIRef):
        return Iri(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return Literal(str(node), node.language, LANG_STRING)
        return Literal(str(node), None, str(node.datatype or XSD_STRING))
    return BlankNode(str(node))


ENGINE: Final = ReferenceEngine()
