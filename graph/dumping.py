"""The dumps of a release: the dataset in each syntax, compressed in two ways.

The same dataset gives the same bytes: nothing in them tells a time, a place or a
machine. Memory stays bounded, however large the dataset is.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections import Counter, defaultdict
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, cast

from backports import zstd

from graph.bulk import transcribe
from graph.formats import JSONLD, NQUADS, TRIG
from graph.namespaces import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: The syntaxes of the dumps; the N-Quads are the canonical bytes themselves.
DUMPED: Final = (NQUADS, TRIG, JSONLD)
#: What compresses a dump, by its extension, and its media type.
COMPRESSIONS: Final = {"gz": "application/gzip", "zst": "application/zstd"}
#: A quarter cheaper than gzip's usual 6 and a fifth larger; Zstandard's is smaller yet.
_GZIP: Final = 4
_ZSTD: Final = 3
_PIECE: Final = 1 << 20
_ROOM: Final = 64 << 20


class _Tee:
    """A file for writing that hands everything on to several others."""

    def __init__(self, *targets: gzip.GzipFile | zstd.ZstdFile) -> None:
        self._targets = targets

    def write(self, data: bytes) -> int:
        """Write to each."""
        for target in self._targets:
            target.write(data)
        return len(data)

    def flush(self) -> None:
        """Leave flushing to those who opened the files."""


def write_dumps(dataset: Path, folder: Path, base: str) -> dict[str, int]:
    """Write every dump of canonical N-Quads; return the size of each named graph."""
    with _compressed(folder / "dataset.nq") as out, dataset.open("rb") as source:
        shutil.copyfileobj(source, out, _PIECE)
    ordered = folder / "ordered.nq"
    sizes = order_by_graph(dataset, ordered)
    for syntax in DUMPED[1:]:
        with _compressed(folder / f"dataset.{syntax.extension}") as out:
            transcribe(ordered, out, syntax, prefixes(base))
    ordered.unlink()
    return sizes


def order_by_graph(dataset: Path, out: Path, room: int = _ROOM) -> dict[str, int]:
    """Write N-Quads again, graph by graph in the order of their names.

    Within a graph the order stays. `room` bounds the bytes that are held in memory; the
    rest waits in one file, piece by piece. Returns the number of quads of each graph.
    """
    waiting = out.with_suffix(".pieces")
    pieces: defaultdict[bytes, list[tuple[int, int]]] = defaultdict(list)
    sizes: Counter[bytes] = Counter()
    with waiting.open("wb") as held, dataset.open("rb") as source:
        end = 0
        while lines := source.readlines(room):
            for graph, group in sorted(_by_graph(lines).items()):
                sizes[graph] += len(group)
                piece = b"".join(group)
                held.write(piece)
                pieces[graph].append((end, len(piece)))
                end += len(piece)
    with waiting.open("rb", buffering=0) as held, out.open("wb") as target:
        for graph in sorted(pieces):
            for place, length in pieces[graph]:
                target.write(os.pread(held.fileno(), length, place))
    waiting.unlink()
    return {graph.decode(): sizes[graph] for graph in sorted(sizes)}


def _by_graph(lines: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    found: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for line in lines:
        found[line[line.rindex(b"<") :]].append(line)
    return {mark[1:-4]: piece for mark, piece in found.items()}


@contextmanager
def _compressed(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to; it is written compressed in each way."""
    with (
        path.with_name(f"{path.name}.gz").open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0, compresslevel=_GZIP) as zipped,
        zstd.ZstdFile(
            path.with_name(f"{path.name}.zst"), "wb", level=_ZSTD
        ) as squeezed,
    ):
        yield cast("IO[bytes]", _Tee(zipped, squeezed))
