"""Adapts the PyPI package `shacl`, an engine in Rust: the gate's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shacl

from graph.engines import Result
from graph.store import parse_term

if TYPE_CHECKING:
    from graph.terms import Term

SH: Final = "http://www.w3.org/ns/shacl#"


class RustEngine:
    """The package `shacl`."""

    name = f"shacl {shacl.__version__}"

    def validate(self, ntriples: bytes, shapes: str) -> list[Result]:
        """Compile the shapes and validate with them."""
        compiled = shacl.Shapes.from_turtle(shapes)
        report = compiled.validate_text(ntriples.decode(), "ntriples")
        return [_result(item) for item in report.results]


def _result(item: shacl.Result) -> Result:
    return Result(
        parse_term(item.focus_node),
        _iri(item.path),
        _term(item.value),
        SH + item.severity,
        str(_iri(item.source_shape)),
        str(_iri(item.component_iri)),
    )


def _iri(text: str | None) -> str | None:
    return text.strip("<>") if text else None


def _term(text: str | None) -> Term | None:
    return parse_term(text) if text else None


ENGINE: Final = RustEngine()
