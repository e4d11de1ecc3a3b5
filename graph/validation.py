"""The gate: validates the whole dataset against the shapes and reports what is wrong.

The words of a finding come from the shapes, in Dutch and English; the engine only says
which shape failed where. See https://www.w3.org/TR/shacl/#validation-report.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING

from rdflib import Graph, URIRef
from rdflib.namespace import SH

from graph.comparing import differences
from graph.engines import (
    BOTH,
    ENGINES,
    Result,
    default_engine,
    fallback_note,
    load_engine,
)
from graph.errors import ShapesFaultError
from graph.findings import LANGUAGES, SEVERITIES, Finding, Report
from graph.linting import lint
from graph.locating import Places
from graph.mending import mend
from graph.namespaces import DEFAULT_BASE, rebase
from graph.paths import SHAPES, turtle_files
from graph.reading import read_text
from graph.terms import Iri

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    Values = Callable[[str, str], Iterable[str]]


class Rules:
    """The shapes, as text for an engine and as a graph for the words of a report."""

    def __init__(self, text: str) -> None:
        """Parse the shapes."""
        self.text = text
        self.graph = Graph().parse(data=text, format="turtle")

    @classmethod
    def of_project(cls, base: str = DEFAULT_BASE) -> Rules:
        """Return the project's own; ShapesFaultError if they have faults."""
        rules = cls(shapes_text(base))
        if faults := lint(rules.graph):
            raise ShapesFaultError(faults)
        return rules

    @cached_property
    def messages(self) -> dict[tuple[str, str], str]:
        """Return each shape's message, else its name, by shape and language."""
        found: dict[tuple[str, str], str] = {}
        for predicate in (SH.name, SH.message):
            for shape, text in self.graph.subject_objects(predicate):
                if tag := getattr(text, "language", None):
                    found[str(shape), tag] = str(text)
        return found


def shapes_text(base: str = DEFAULT_BASE) -> str:
    """Return every shapes file as one Turtle text."""
    texts = [read_text(path) for path in sorted(SHAPES.glob("*.ttl"))]
    return rebase("\n".join(texts), base)


def validate(
    ntriples: bytes | Path,
    base: str = DEFAULT_BASE,
    engine: str | None = None,
    files: Iterable[Path] | None = None,
) -> Report:
    """Validate merged triples, or a file of them, and return the report.

    `engine` is a name in ENGINES, or `both`, which compares them. `files` are those in
    which places are looked up, the graph's own by default. Raises ShapesFaultError if
    the shapes themselves are wrong.
    """
    rules = Rules.of_project(base)
    names = ENGINES if engine == BOTH else (engine or default_engine(),)
    found = [
        (chosen.name, chosen.validate(ntriples, rules.text))
        for chosen in map(load_engine, names)
    ]
    values = _values_in(ntriples)
    report = report_of(found[0][1], rules, found[0][0], base, files, values)
    return replace(
        report,
        engine=" and ".join(name for name, _ in found),
        note=None if engine else fallback_note(),
        differences=differences(*found) if engine == BOTH else (),
    )


def report_of(  # noqa: PLR0913, PLR0917  all that the words of a report are made of
    results: Collection[Result],
    rules: Rules,
    engine: str,
    base: str,
    files: Iterable[Path] | None,
    values: Values,
) -> Report:
    """Give bare results their words and places; `values` looks up what a node has."""
    chosen = turtle_files() if files is None else files
    places = Places(chosen if results else (), base)
    found = [_finding(item, rules, places, base, values) for item in results]
    return Report(tuple(sorted(found, key=_rank)), engine)


def _finding(
    result: Result, rules: Rules, places: Places, base: str, values: Values
) -> Finding:
    focus = result.focus.value
    others = list(values(focus, other)) if (other := _pair(result, rules)) else []
    return Finding(
        result.severity.rpartition("#")[2],
        result.shape,
        result.component,
        result.focus,
        result.path,
        result.value,
        {
            tag: rules.messages.get((result.shape, tag), result.shape)
            for tag in LANGUAGES
        },
        {tag: mend(rules.graph, result, tag, base, others) for tag in LANGUAGES},
        places.find(focus, result.path) if isinstance(result.focus, Iri) else None,
    )


def _pair(result: Result, rules: Rules) -> str | None:
    """Return the property that the shape compares with, if it does."""
    for predicate in (SH.lessThan, SH.lessThanOrEquals, SH.equals, SH.disjoint):
        for other in rules.graph.objects(URIRef(result.shape), predicate):
            return str(other)
    return None


def _values_in(ntriples: bytes | Path) -> Values:
    """Return what looks up the values of a property of a node in N-Triples."""
    text = ntriples if isinstance(ntriples, bytes) else _mapped(ntriples)

    def values(subject: str, predicate: str) -> Iterable[str]:
        start, found = f"<{subject}> <{predicate}> ".encode(), -1
        while (found := text.find(start, found + 1)) >= 0:
            end = text.find(b" .\n", found)
            value = text[found + len(start) : end].decode()
            yield value.partition("^^")[0].strip('"<>')

    return values


def _mapped(path: Path) -> mmap:
    """Return a file as bytes that are not read before they are needed."""
    with path.open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def _rank(item: Finding) -> tuple[int, str, str, str, str]:
    order = SEVERITIES.index(item.severity) if item.severity in SEVERITIES else 0
    return order, item.focus.value, item.shape, item.component, str(item.value)
