"""What the build does with files as a whole, through Oxigraph's parsers and loader.

Nothing here holds a dataset: text streams from file to file, and a store on disk takes
it in bulk.
"""

from __future__ import annotations

import io
from itertools import islice
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.errors import BlankGraphError
from graph.store import SYNTAXES, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from graph.formats import Format

_PIECE: Final = 1 << 20
#: Lines that are handed on at once.
_LINES: Final = 2_000


def to_nquads(
    source: IO[bytes] | bytes, syntax: Format, base: str, graph: str, out: IO[bytes]
) -> None:
    """Write a document as N-Quads, its literals in the form they were written in.

    Triples outside named graphs go to `graph`. Blank nodes get labels that no other
    document has. Raises SyntaxError with line and column, and BlankGraphError.
    """
    quads = ox.parse(
        source, SYNTAXES[syntax.name], base_iri=base, rename_blank_nodes=True
    )
    ox.serialize(_named(quads, ox.NamedNode(graph)), out, ox.RdfFormat.N_QUADS)


def _named(quads: Iterable[ox.Quad], graph: ox.NamedNode) -> Iterator[ox.Quad]:
    for quad in quads:
        name = quad.graph_name
        if isinstance(name, ox.NamedNode):
            yield quad
        elif isinstance(name, ox.BlankNode):
            raise BlankGraphError(name.value)
        else:
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def transcribe(
    source: Path, target: IO[bytes], syntax: Format, prefixes: Mapping[str, str]
) -> None:
    """Write a file of well-formed N-Quads in a syntax for datasets, as it stands.

    Unlike what has been through a store, literals keep the form they were written in.
    """
    quads = ox.parse(path=str(source), format=ox.RdfFormat.N_QUADS, lenient=True)
    names = dict(prefixes)
    ox.serialize(quads, target, format=SYNTAXES[syntax.name], prefixes=names)


def canonical_names(nquads: bytes) -> bytes:
    """Return N-Quads with the names of RDFC-1.0 for their blank nodes.

    See https://www.w3.org/TR/rdf-canon/.
    """
    dataset = ox.Dataset(ox.parse(nquads, ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""


class _Told(io.FileIO):
    """A file that tells how far it has been read."""

    def __init__(self, path: Path, advance: Callable[[int], object]) -> None:
        super().__init__(path)
        self._advance = advance

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the next piece; an interrupt is raised between two."""
        read = super().readinto(buffer)
        self._advance(self.tell())
        return read


class _Lines(io.RawIOBase):
    """Lines as a file; `pause` is called between some and the next."""

    def __init__(self, lines: Iterator[bytes], pause: Callable[[], object]) -> None:
        super().__init__()
        self._lines, self._pause = lines, pause
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the next piece."""
        room = memoryview(buffer).cast("B")
        if not self._rest:
            self._pause()
            self._rest = memoryview(b"".join(islice(self._lines, _LINES)))
        some = self._rest[: len(room)]
        room[: len(some)] = some
        self._rest = self._rest[len(some) :]
        return len(some)


class BulkStore(Store):
    """A store that is being filled from files, on disk or in memory."""

    def __init__(self, path: Path | None) -> None:
        """Make an empty store in a folder, or in memory for None."""
        super().__init__(ox.Store(str(path)) if path else ox.Store())

    def take(
        self, path: Path, syntax: Format, advance: Callable[[int], object] = id
    ) -> None:
        """Load a file of well-formed N-Quads, or N-Triples into the default graph.

        `advance` is told how many bytes have been read.
        """
        with io.BufferedReader(_Told(path, advance), _PIECE) as source:
            self._store.bulk_load(source, SYNTAXES[syntax.name], lenient=True)

    def take_lines(
        self, lines: Iterator[bytes], pause: Callable[[], object] = lambda: None
    ) -> None:
        """Load lines of well-formed N-Triples into the default graph, in their order.

        `pause` is called now and then, for whoever wants to stop it.
        """
        with io.BufferedReader(_Lines(lines, pause), _PIECE) as source:
            self._store.bulk_load(source, ox.RdfFormat.N_TRIPLES, lenient=True)

    def construct_to(self, query: str, out: IO[bytes]) -> None:
        """Write the answer to a trusted CONSTRUCT over the default graph."""
        answer = self._store.query(query)
        if isinstance(answer, ox.QueryTriples):
            answer.serialize(out, ox.RdfFormat.N_TRIPLES)

    def settle(self) -> None:
        """Arrange what has been loaded so that it is read fast."""
        self._store.flush()
        self._store.optimize()
