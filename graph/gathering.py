"""Gathers all files, and what follows from them, into one dataset on disk.

Every step streams from file to file, so memory stays bounded however large the dataset
is. Canonical N-Quads without blank nodes are their lines, sorted and each once, so the
lines are sorted in runs; what has blank nodes is set apart and named by RDFC-1.0.
"""

from __future__ import annotations

import io
import shutil
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import IO, TYPE_CHECKING, Final, NamedTuple, cast

from graph.bulk import BulkStore, canonical_names
from graph.deriving import derive_lines, rules
from graph.formats import NQUADS, NTRIPLES
from graph.merging import merge_lines
from graph.namespaces import rebase
from graph.origins import terms_within_graphs
from graph.paths import GRAPH, NOT_MERGED, ONTOLOGY, SHAPES, TABLES, source_files
from graph.reading import read_text, size_of, stream_file
from graph.sorting import Runs, merged
from graph.vocabularies import check_terms
from graph.waiting import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from graph.store import Store

    #: Told how far a step is: what is done, of how much, counted in what.
    Advance = Callable[[int, int, str], object]
    Step = Callable[[str], AbstractContextManager[Advance]]

#: Bytes of N-Quads up to which rules are applied in memory, which is faster.
IN_MEMORY: Final = 256 << 20
REGISTER: Final = GRAPH / "register.ttl"
_TELL: Final = 50_000
_PIECE: Final = 1 << 20


def silent(_: str) -> AbstractContextManager[Advance]:
    """Enter a step without telling anyone."""
    return nullcontext(lambda *_: None)


class Input(NamedTuple):
    """A file, and the IRI of the graph for what it states outside named graphs.

    What it says of subjects that begin with one of `without` is left out.
    """

    path: Path
    graph: str
    without: tuple[str, ...] = ()


def checkout(base: str) -> list[Input]:
    """Return every file of the graph."""
    return [Input(path, base + graph) for path, graph in source_files()]


def instead(files: Iterable[Path], base: str) -> list[Input]:
    """Return files that take the place of the sources, with what always comes along.

    That is the ontology, the schemes, the shapes, and what the register says of these.
    """
    given = [Input(path, f"{base}graph/bron/{_stem(path)}") for path in files]
    others = (f"<{base}graph/bron/", f"<{base}graph/referentie/")
    along = (REGISTER, ONTOLOGY, SHAPES)
    return given + [
        item._replace(without=others if item.path == REGISTER else ())
        for item in checkout(base)
        if any(item.path.is_relative_to(place) for place in along)
    ]


def _stem(path: Path) -> str:
    return path.name.partition(".")[0]


def gather(
    folder: Path, inputs: Sequence[Input], base: str, step: Step = silent
) -> Store | None:
    """Write `dataset.nq` and `merged.nt` to a folder; return a store in memory.

    It holds the merged triples, and of the named graphs what rules and tables ask of
    them. Large data is not held in memory: it gets the folder `store` instead.
    """
    left_out = [base + name for name in NOT_MERGED]
    check_terms(item.path for item in inputs)
    with step("read") as advance:
        size = _read(folder, inputs, base, left_out, advance)
    with step("derive") as advance:
        large = size > IN_MEMORY
        store = BulkStore(folder / "store" if large else None)
        ruled, tabled = (None, None) if large else asked_of_graphs(base)
        _load(store, [folder / "stated.nq", folder / "default.nt"], advance, ruled)
        interruptible(store.settle)
        derived = Runs(folder / "derived")
        derive_lines(store, base, folder, derived, advance)
        with (folder / "derived.nq").open("wb") as file:
            file.writelines(derived.lines())
        lines = merged([folder / "stated.nq", folder / "derived.nq"])
        _write(lines, folder / "dataset.nq", folder / "merged.nt", left_out, advance)
        _load(store, [folder / "derived.nq"], advance, tabled)
        interruptible(store.settle)
    for name in ("stated.nq", "default.nt", "derived.nq"):
        (folder / name).unlink()
    shutil.rmtree(folder / "derived")
    return None if large else store


def asked_of_graphs(base: str) -> tuple[set[str], set[str]]:
    """Return the properties that rules and tables, and tables alone, ask of graphs.

    Of any others a store in memory need only hold the merged triples. No rule asks what
    a derived graph holds.
    """
    tabled = _asked_by((_rebased(path, base) for path in TABLES.glob("*.rq")), base)
    return tabled | _asked_by((rule.text for rule in rules(base)), base), tabled


def _asked_by(queries: Iterable[str], base: str) -> set[str]:
    return set().union(*(terms_within_graphs(text, base) for text in queries))


def _rebased(path: Path, base: str) -> str:
    return rebase(read_text(path), base)


def _read(
    folder: Path,
    inputs: Sequence[Input],
    base: str,
    left_out: Sequence[str],
    advance: Advance,
) -> int:
    """Write what all files state, sorted, and its merged triples; return the size."""
    stated = Runs(folder / "stated")
    apart = _Apart(stated)
    total, before = sum(size_of(item.path) for item in inputs), 0
    for item in inputs:
        _read_one(
            item, base, cast("IO[bytes]", apart), partial(_from, before, total, advance)
        )
        before += size_of(item.path)
    apart.finish()
    places = folder / "stated.nq", folder / "default.nt"
    _write(stated.lines(), *places, left_out, advance)
    shutil.rmtree(folder / "stated")
    return places[0].stat().st_size


def _read_one(
    item: Input, base: str, out: IO[bytes], advance: Callable[[int], object]
) -> None:
    if not item.without:
        stream_file(item.path, base, item.graph, out, advance)
        return
    held = io.BytesIO()
    stream_file(item.path, base, item.graph, held)
    without = tuple(start.encode() for start in item.without)
    lines = held.getvalue().splitlines(keepends=True)
    out.writelines(line for line in lines if not line.startswith(without))


class _Apart:
    """Takes N-Quads, and sets those apart that may hold a blank node."""

    def __init__(self, out: Runs) -> None:
        self._out = out
        self._pieces: list[bytes] = []
        self._held = 0
        self._blank: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take the next piece; lines may go on in the next."""
        self._pieces.append(data)
        self._held += len(data)
        if self._held > _PIECE:
            text = b"".join(self._pieces)
            whole = text.rfind(b"\n") + 1
            self._sift(text[:whole])
            self._pieces = [text[whole:]]
            self._held = len(text) - whole
        return len(data)

    def _sift(self, text: bytes) -> None:
        if b"_:" not in text:
            self._out.write(text)
            return
        lines = text.splitlines(keepends=True)
        blank = [line for line in lines if b"_:" in line]
        self._blank += blank
        self._out.write(b"".join(line for line in lines if b"_:" not in line))

    def writelines(self, lines: Iterable[bytes]) -> None:
        """Take several lines."""
        self.write(b"".join(lines))

    def flush(self) -> None:
        """Do nothing: `finish` hands on what is left."""

    def finish(self) -> None:
        """Hand on the rest, and what was set apart, its blank nodes named."""
        self._sift(b"".join(self._pieces))
        self._out.write(canonical_names(b"".join(self._blank)))


def _write(
    lines: Iterable[bytes],
    dataset: Path,
    default: Path,
    left_out: Sequence[str],
    advance: Advance,
) -> None:
    """Write sorted quads to one file, and their merged triples to another."""
    with dataset.open("wb") as quads, default.open("wb") as triples:
        triples.writelines(merge_lines(_copied(lines, quads, advance), left_out))


def _copied(
    lines: Iterable[bytes], out: IO[bytes], advance: Advance
) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        if not number % _TELL:
            advance(number, 0, "quads")
        out.write(line)
        yield line


def _load(
    store: BulkStore,
    paths: Sequence[Path],
    advance: Advance,
    asked: Collection[str] | None,
) -> None:
    """Load files of triples and of quads, of the latter those with some properties."""
    total, before = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        told = partial(_from, before, total, advance)
        before += path.stat().st_size
        if path.suffix == ".nt":
            store.take(path, NTRIPLES, told)
        elif asked is None:
            store.take(path, NQUADS, told)
        else:
            chosen = path.with_suffix(".asked")
            _choose(path, chosen, asked)
            store.take(chosen, NQUADS, told)
            chosen.unlink()


def _choose(path: Path, out: Path, properties: Collection[str]) -> None:
    """Write those lines of N-Quads anew that have one of some properties."""
    names = {f"<{name}>".encode() for name in properties}
    with path.open("rb") as lines, out.open("wb") as chosen:
        chosen.writelines(line for line in lines if line.split(b" ", 2)[1] in names)


def _from(before: int, total: int, advance: Advance, done: int) -> None:
    advance(before + done, total, "B")
