"""Reads files of RDF: into a store, or as a stream of N-Quads that no memory holds.

Whatever is wrong with a file is an error that names the file and the place: it is
missing, cut short, not UTF-8, not well-formed, or larger than is read at once.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from backports import zstd

from graph.bulk import to_nquads
from graph.errors import (
    SourceEncodingError,
    SourceLineError,
    SourceSyntaxError,
    SourceTooLargeError,
    UnknownFormatError,
    UnreadableFileError,
)
from graph.formats import (
    NQUADS,
    NTRIPLES,
    RDF_FORMATS,
    RDFXML,
    Format,
    by_extension,
)
from graph.namespaces import DEFAULT_BASE, rebase
from graph.paths import RELEASED, source_files
from graph.store import Store
from graph.terms import Iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

    from graph.terms import Statement

#: Most bytes of a file that is read whole, and of a line where lines are read.
LARGEST: Final = 64 << 20
LONGEST: Final = 8 << 20
#: Syntaxes of one statement a line, read piece by piece.
STREAMED: Final = (NQUADS, NTRIPLES)
_PIECE: Final = 1 << 20
#: The declaration of an entity in XML, and what is to be replaced by its value.
_ENTITY: Final = re.compile(
    r"""<!ENTITY\s+([^\s"'%]+)\s+("[^"]*"|'[^']*')\s*>""", re.DOTALL
)
_REFERENCE: Final = re.compile(r"&([^\s;&<>]+);")
_VERSION: Final = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}")
_COMPRESSED: Final[dict[str, Callable[[Any], Any]]] = {
    ".gz": lambda raw: gzip.GzipFile(fileobj=raw),
    ".zst": zstd.ZstdFile,
}
_DAMAGED: Final = (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError)


def read_graph(base: str = DEFAULT_BASE) -> Store:
    """Return a store with every file of the graph in the named graph it belongs to."""
    store = Store.in_memory()
    for path, graph in source_files():
        read_file(store, path, base, base + graph)
    return store


def read_file(store: Store, path: Path, base: str, graph: str | None = None) -> None:
    """Add a file to a store: triples to `graph`, quads to the graphs they name.

    Raises SourceSyntaxError, SourceEncodingError, SourceTooLargeError,
    UnknownFormatError or UnreadableFileError; the store then lacks the file.
    """
    syntax = format_of(path)
    text = _text_of(path, syntax, base)
    with _explained(path):
        store.load(text, syntax, base, None if syntax.holds == "dataset" else graph)


def named_statements(path: Path, base: str) -> list[Statement]:
    """Return a file's statements, those outside named graphs in one for the file."""
    store, graph = Store.in_memory(), Iri(f"{base}graph/bron/{path.stem}")
    read_file(store, path, base, graph.value)
    return [item._replace(graph=item.graph or graph) for item in store.statements()]


def released_ontology(version: str, base: str) -> list[Statement]:
    """Return what an earlier version of the ontology said; nothing if there is none."""
    path = RELEASED / f"{version}.ttl"
    if not _VERSION.fullmatch(version) or not path.is_file():
        return []
    store, graph = Store.in_memory(), Iri(f"{base}def/overleg/{version}")
    read_file(store, path, base, graph.value)
    return list(store.statements())


def stream_file(
    path: Path,
    base: str,
    graph: str,
    out: IO[bytes],
    advance: Callable[[int], object] = id,
) -> None:
    """Write a file as N-Quads to `out`; triples outside named graphs go to `graph`.

    N-Quads and N-Triples may be of any size, and compressed with gzip or Zstandard.
    `advance` is told how many bytes have been read. Raises what `read_file` does, and
    SourceLineError and BlankGraphError.
    """
    syntax = format_of(path)
    if syntax not in STREAMED:
        text = _text_of(path, syntax, base)
        with _explained(path):
            to_nquads(text, syntax, base, graph, out)
        return
    with _explained(path), Source(path, base, advance=advance) as source:
        to_nquads(cast("IO[bytes]", source), syntax, base, graph, out)


class Source:
    """A file of lines, open for reading piece by piece, on the project's own base."""

    def __init__(
        self,
        path: Path,
        base: str = DEFAULT_BASE,
        longest: int = LONGEST,
        advance: Callable[[int], object] = id,
    ) -> None:
        """Open the file; `longest` is the most bytes that a line may have."""
        self._path, self._longest, self._advance = path, longest, advance
        self._names = (DEFAULT_BASE.encode(), base.encode())
        try:
            self._raw = path.open("rb")
        except OSError as error:
            raise UnreadableFileError(path, error.strerror or str(error)) from None
        opener = _COMPRESSED.get(path.suffix)
        self._file: IO[bytes] = opener(self._raw) if opener else self._raw
        self._rest, self._ready, self._at, self._line = b"", b"", 0, 1

    def __enter__(self) -> Self:
        """Return the open file."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()
        self._raw.close()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`; none at the end of the file."""
        if self._at >= len(self._ready):
            self._ready, self._at = self._next(), 0
        end = self._at + size if size >= 0 else len(self._ready)
        piece = self._ready[self._at : end]
        self._at = end
        return piece

    def _next(self) -> bytes:
        """Return the next whole lines, which may then be rebased; none at the end."""
        pieces = [self._rest]
        while piece := self._file.read(_PIECE):
            self._advance(self._raw.tell())
            whole = piece.rfind(b"\n") + 1
            pieces.append(piece[:whole] if whole else piece)
            if whole:
                self._rest = piece[whole:]
                break
            if sum(map(len, pieces)) > self._longest:
                raise SourceLineError(self._path, self._line, self._longest)
        else:
            self._rest = b""
        text = b"".join(pieces)
        self._line += text.count(b"\n")
        old, new = self._names
        return text if old == new else text.replace(old, new)


def size_of(path: Path) -> int:
    """Return a file's size in bytes; UnreadableFileError if it is not there."""
    try:
        return path.stat().st_size
    except OSError as error:
        raise UnreadableFileError(path, error.strerror or str(error)) from None


def read_text(path: Path) -> str:
    """Return a file's text, which must be UTF-8 and no larger than LARGEST."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise SourceTooLargeError(path, size, LARGEST)
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(path, error.strerror or str(error)) from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceEncodingError(path, line, error.start) from None


def _text_of(path: Path, syntax: Format, base: str) -> bytes:
    """Return a file's text on a base, if its parser can read it in bounded memory."""
    text = read_text(path)
    if syntax is RDFXML:
        _check_entities(path, text)
    return rebase(text, base).encode()


def _check_entities(path: Path, text: str) -> None:
    """Refuse XML whose entities make it larger than a file may be.

    The parser replaces every reference by all that it stands for. So an entity must not
    stand for others, and the values of all references together are bounded.
    """
    declared = _ENTITY.findall(text)
    line = text.count("\n", 0, text.find("<!ENTITY")) + 1
    if any("&" in value for _, value in declared):
        raise SourceSyntaxError(path, line, 1, "an entity stands for another one")
    if len(declared) != text.count("<!ENTITY"):
        raise SourceSyntaxError(path, line, 1, "an entity is declared in no known way")
    lengths = {name: len(value) for name, value in declared}
    used = Counter(_REFERENCE.findall(text))
    size = len(text) + sum(lengths.get(name, 0) * n for name, n in used.items())
    if size > LARGEST:
        raise SourceTooLargeError(path, size, LARGEST)


def format_of(path: Path) -> Format:
    """Return the RDF syntax that a file's extension names, compressed or not."""
    known = [item.extension for item in RDF_FORMATS]
    plain = Path(path.stem) if path.suffix in _COMPRESSED else path
    found = plain.suffix[1:]
    if found not in known:
        raise UnknownFormatError(path, known)
    syntax = by_extension(found)
    if plain is not path and syntax not in STREAMED:
        raise UnknownFormatError(path, [item.extension for item in STREAMED])
    return syntax


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what parsers and decompressors raise into errors that name the file."""
    try:
        yield
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        reason = _reason(error)
        if reason.startswith("Invalid UTF-8"):
            raise SourceEncodingError(path, line, column) from None
        raise SourceSyntaxError(path, line, column, reason) from None
    except _DAMAGED:
        reason = "the compressed data is damaged or ends too early"
        raise UnreadableFileError(path, reason) from None


def _reason(error: SyntaxError) -> str:
    """Return the parser's reason without the place, which is told apart from it."""
    _, mark, reason = str(error.msg).partition(": ")
    return reason if mark else str(error.msg)
