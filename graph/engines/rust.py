"""Adapts the PyPI package `shacl`, an engine in Rust: the gate's own."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import shacl

from graph.engines import Result
from graph.errors import EngineRefusalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graph.terms import Term

_IRI: Final = re.compile(r"<[^<>]*>")


class RustEngine:
    """The package `shacl`."""

    name = f"shacl {shacl.__version__}"

    def validate(self, ntriples: bytes | Path, shapes: str) -> list[Result]:
        """Compile the shapes and validate with them."""
        found = self._run(ntriples, shapes).results
        if not found:
            return []
        from graph.store import parse_term  # noqa: PLC0415  13 MB, for results alone

        return [_result(item, parse_term) for item in found]

    def report(self, ntriples: bytes | Path, shapes: str) -> bytes:
        """Return the report as the engine writes it."""
        text: str = self._run(ntriples, shapes).serialize("ntriples")
        return text.encode()

    def _run(self, ntriples: bytes | Path, shapes: str) -> shacl.Report:
        try:
            compiled = _compiled(shapes)
            if isinstance(ntriples, bytes):
                return compiled.validate_text(ntriples.decode(), "ntriples")
            return compiled.validate_file(str(ntriples))
        except ValueError as error:
            raise EngineRefusalError(self.name, str(error)) from error


@lru_cache(maxsize=2)
def _compiled(shapes: str) -> shacl.Shapes:
    """Return compiled shapes, which an editor validates with again and again."""
    return shacl.Shapes.from_turtle(shapes)


def _result(item: shacl.Result, parse_term: Callable[[str], Term]) -> Result:
    return Result(
        parse_term(item.focus_node),
        _iri(item.path),
        parse_term(item.value) if item.value else None,
        item.severity_iri.strip("<>"),
        _iri(item.source_shape) or "",
        item.component_iri.strip("<>"),
    )


def _iri(text: str | None) -> str | None:
    """Return the IRI, or None for a blank node or a path of several steps."""
    return text[1:-1] if text and _IRI.fullmatch(text) else None


ENGINE: Final = RustEngine()
