"""The gate: validates the whole dataset against the shapes and reports what is wrong.

The words of a finding come from the shapes, in Dutch and English; the engine only says
which shape failed where. See https://www.w3.org/TR/shacl/#validation-report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rdflib import Graph, URIRef
from rdflib.namespace import SH

from graph.engines import Result, default_engine, load_engine
from graph.errors import ShapesFaultError
from graph.linting import lint
from graph.locating import Place, Places
from graph.mending import mend
from graph.namespaces import DEFAULT_BASE, rebase, shorten
from graph.paths import SHAPES, turtle_files
from graph.reading import read_text
from graph.terms import Iri, Term

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Severities from grave to light; only the first stops a build.
SEVERITIES: Final = ("Violation", "Warning", "Info")
LANGUAGES: Final = ("nl", "en")


class Finding(NamedTuple):
    """What a shape finds wrong with a node, in words and with its place.

    `messages` and `mends` are by language. `place` is None for a node that no file
    describes, such as a derived one.
    """

    severity: str
    shape: str
    component: str
    focus: Term
    path: str | None
    value: Term | None
    messages: dict[str, str]
    mends: dict[str, str]
    place: Place | None


@dataclass(frozen=True)
class Report:
    """The findings of one validation, gravest first, and the engine that made them."""

    findings: tuple[Finding, ...]
    engine: str

    @property
    def conforms(self) -> bool:
        """Tell whether nothing of any severity was found, as SHACL defines it."""
        return not self.findings

    @property
    def violations(self) -> int:
        """Return the number of findings that stop a build."""
        return self.count("Violation")

    def count(self, severity: str) -> int:
        """Return the number of findings of one severity."""
        return sum(item.severity == severity for item in self.findings)

    def about(self, subjects: Iterable[str]) -> Report:
        """Return the report on some nodes only."""
        wanted = set(subjects)
        kept = [item for item in self.findings if item.focus.value in wanted]
        return Report(tuple(kept), self.engine)

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values; a place names its file without folder."""
        return {
            "conforms": self.conforms,
            "engine": self.engine,
            "counts": {name: self.count(name) for name in SEVERITIES},
            "findings": [_as_json(item) for item in self.findings],
        }


def shapes_text(base: str = DEFAULT_BASE) -> str:
    """Return every shapes file as one Turtle text."""
    texts = [read_text(path) for path in sorted(SHAPES.glob("*.ttl"))]
    return rebase("\n".join(texts), base)


def validate(
    ntriples: bytes,
    base: str = DEFAULT_BASE,
    engine: str | None = None,
    files: Iterable[Path] | None = None,
) -> Report:
    """Validate merged triples and return the report.

    `files` are those in which places are looked up, the graph's own by default. Raises
    ShapesFaultError if the shapes themselves are wrong.
    """
    text = shapes_text(base)
    shapes = Graph().parse(data=text, format="turtle")
    if faults := lint(shapes):
        raise ShapesFaultError(faults)
    chosen = load_engine(engine or default_engine())
    results = chosen.validate(ntriples, text)
    places = (
        Places(files if files is not None else turtle_files(), base)
        if results
        else None
    )
    found = [_finding(item, shapes, places, base) for item in results]
    return Report(tuple(sorted(found, key=_rank)), chosen.name)


def _finding(
    result: Result, shapes: Graph, places: Places | None, base: str
) -> Finding:
    """Give a bare result its words and its place."""
    focus = result.focus.value
    severity = result.severity.rpartition("#")[2]
    return Finding(
        severity,
        result.shape,
        result.component,
        result.focus,
        result.path,
        result.value,
        {tag: _message(shapes, result, tag) for tag in LANGUAGES},
        {tag: mend(shapes, result, tag, base) for tag in LANGUAGES},
        places.find(focus, result.path)
        if places and isinstance(result.focus, Iri)
        else None,
    )


def _message(shapes: Graph, result: Result, language: str) -> str:
    """Return the shape's own message in a language, else its name, else its IRI."""
    shape = URIRef(result.shape)
    for predicate in (SH.message, SH.name):
        for text in shapes.objects(shape, predicate):
            if getattr(text, "language", None) == language:
                return str(text)
    return result.shape


def _rank(item: Finding) -> tuple[int, str, str, str, str]:
    order = SEVERITIES.index(item.severity) if item.severity in SEVERITIES else 0
    return order, item.focus.value, item.shape, item.component, str(item.value)


def _as_json(item: Finding) -> dict[str, Any]:
    place = (
        {"file": item.place.path.name, "line": item.place.line} if item.place else None
    )
    return {
        "severity": item.severity,
        "shape": item.shape,
        "component": item.component,
        "focus": item.focus.value,
        "path": item.path,
        "value": None if item.value is None else str(item.value),
        "message": item.messages,
        "mend": item.mends,
        "place": place,
    }


def as_text(report: Report, base: str = DEFAULT_BASE) -> str:
    """Return the report as readable paragraphs, one a finding, in both languages."""
    return "\n\n".join(_paragraph(item, base) for item in report.findings)


def _paragraph(item: Finding, base: str) -> str:
    rows = [
        ("node", shorten(item.focus.value, base)),
        ("path", shorten(item.path, base) if item.path else ""),
        ("value", "" if item.value is None else _short(item.value, base)),
        ("shape", shorten(item.shape, base)),
        ("place", str(item.place or "derived, or in no file that was read")),
    ]
    for tag in LANGUAGES:
        rows += [(tag, item.messages[tag]), ("", f"→ {item.mends[tag]}")]
    lines = [f"  {name:6} {text}" for name, text in rows if text]
    return "\n".join([item.severity, *lines])


def _short(value: Term, base: str) -> str:
    return shorten(value.value, base) if isinstance(value, Iri) else repr(value.value)
