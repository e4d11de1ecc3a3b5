"""Reads files into a store, each into its own named graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import (
    SourceEncodingError,
    SourceSyntaxError,
    UnknownFormatError,
    UnreadableFileError,
)
from graph.formats import RDF_FORMATS, Format, by_extension
from graph.namespaces import DEFAULT_BASE, rebase
from graph.paths import source_files
from graph.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def read_graph(base: str = DEFAULT_BASE) -> Store:
    """Return a store with every file of the graph in the named graph it belongs to."""
    store = Store.in_memory()
    for path, graph in source_files():
        read_file(store, path, base, base + graph)
    return store


def read_file(store: Store, path: Path, base: str, graph: str | None = None) -> None:
    """Add a file to a store: triples to `graph`, quads to the graphs they name.

    Raises SourceSyntaxError, SourceEncodingError, UnknownFormatError or
    UnreadableFileError; the store then lacks the file.
    """
    syntax = format_of(path)
    text = rebase(read_text(path), base)
    try:
        store.load(
            text.encode(), syntax, base, None if syntax.holds == "dataset" else graph
        )
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        raise SourceSyntaxError(path, line, column, _reason(error)) from None


def read_text(path: Path) -> str:
    """Return a file's text, which must be UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(path, error.strerror or str(error)) from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceEncodingError(path, line, error.start) from None


def format_of(path: Path) -> Format:
    """Return the RDF syntax that a file's extension names."""
    known = [item.extension for item in RDF_FORMATS]
    if path.suffix[1:] not in known:
        raise UnknownFormatError(path, known)
    return by_extension(path.suffix[1:])


def _reason(error: SyntaxError) -> str:
    """Return the parser's reason without the place, which is told apart from it."""
    _, mark, reason = str(error.msg).partition(": ")
    return reason if mark else str(error.msg)
