"""Adapts pySHACL, the reference engine, and the one used where `shacl` has no wheel."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

import rdflib
from pyshacl import validate
from rdflib.namespace import SH

from graph.engines import Result
from graph.terms import BlankNode, Iri, Literal, Term

#: Literals keep the form in which they were written.
rdflib.NORMALIZE_LITERALS = False


class ReferenceEngine:
    """The package `pyshacl`."""

    name = f"pyshacl {version('pyshacl')}"

    def validate(self, ntriples: bytes, shapes: str) -> list[Result]:
        """Validate with SPARQL targets, which pySHACL calls advanced."""
        data = rdflib.Graph().parse(data=ntriples, format="nt")
        _, report, _ = validate(
            data,
            shacl_graph=rdflib.Graph().parse(data=shapes, format="turtle"),
            advanced=True,
        )
        if not isinstance(report, rdflib.Graph):
            raise report
        results = report.objects(None, SH.result)
        return [_result(report, node) for node in results]


def _result(report: rdflib.Graph, node: rdflib.term.Node) -> Result:
    value = report.value(node, SH.value)
    path = report.value(node, SH.resultPath)
    return Result(
        _term(report.value(node, SH.focusNode)),
        str(path) if isinstance(path, rdflib.URIRef) else None,
        None if value is None else _term(value),
        str(report.value(node, SH.resultSeverity)),
        str(report.value(node, SH.sourceShape)),
        str(report.value(node, SH.sourceConstraintComponent)),
    )


def _term(node: rdflib.term.Node | None) -> Term:
    if isinstance(node, rdflib.URIRef):
        return Iri(str(node))
    if isinstance(node, rdflib.Literal):
        return Literal(
            str(node), node.language, str(node.datatype or Literal("").datatype)
        )
    return BlankNode(str(node))


ENGINE: Final = ReferenceEngine()
