"""Puts a release into a store elsewhere, so that it can be served from there.

Named graph by named graph, and the merged triples as a graph of their own. Each is read
back and compared. What is there already stays; what an interrupted push has done is not
done again.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from graph import quirks
from graph.described import BEGAN, GRAPH, MANIFEST, MARK, describe
from graph.ephemeral import temporary_folder
from graph.errors import StoreContentError
from graph.formats import NTRIPLES
from graph.graphstore import Digest, GraphStore, digest_of
from graph.sorting import Runs
from graph.store import serialise
from graph.terms import Iri, Literal, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graph.gathering import Step
    from graph.releasing import Release

#: Triples that are sent at once; a graph with blank nodes is sent whole.
AT_ONCE: Final = 20_000
#: Seconds in which those who serve from the store learn that it is being changed.
NOTICE: Final = 5.0
_TAB: Final = b"\t"


class Pushed(NamedTuple):
    """What a push did: graphs that were sent, were equal, and were taken away."""

    sent: int
    equal: int
    removed: int


class State:
    """What was seen to be in a store, graph by graph: a file that survives a push.

    Its first line marks the push, as the description in the store does. If that has
    another mark, somebody else has changed the store, and nothing in the file counts.
    """

    def __init__(self, path: Path) -> None:
        """Read the file, if it is there; from a line that was cut off, no further."""
        self._path = path
        self.mark = ""
        self.graphs: dict[str, Digest] = {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for line in lines:
            try:
                name, *facts = json.loads(line)
            except ValueError:
                break
            if facts:
                self.graphs[name] = Digest(*facts)
            else:
                self.mark = name

    def begin(self, mark: str, known: dict[str, Digest]) -> None:
        """Write a new file, with what is known already."""
        self.mark, self.graphs = mark, {}
        self._path.write_text(json.dumps([mark]) + "\n", encoding="utf-8")
        for name, digest in known.items():
            self.note(name, digest)

    def note(self, name: str, digest: Digest) -> None:
        """Write that a graph was seen in the store."""
        self.graphs[name] = digest
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps([name, *digest]) + "\n")


class Part(NamedTuple):
    """A graph to be sent: its name, a file of its N-Triples, and its blank nodes."""

    name: str
    path: Path
    blank: bool


def push(
    release: Release,
    address: str,
    state: State,
    step: Step,
    wait: Callable[[float], object] = time.sleep,
) -> Pushed:
    """Make a store hold a release, and say so in it; raises the StoreErrors.

    While it runs, those who serve from the store answer that it is being changed.
    """
    store = GraphStore(address, wait)
    try:
        said = store.triples(quirks.DESCRIPTION)
        before = {item.object.value for item in said if item.predicate == GRAPH}
        mark = _begin(release, store, state, said)
        if any(item.predicate == MANIFEST for item in said):
            wait(NOTICE)
        sent = _send_all(release, store, state, step)
        names = sorted(release.graph_sizes)
        stale = (before | {*state.graphs}) - {*names, quirks.MERGED}
        for name in sorted(stale):
            store.delete(name)
        _end(release, store, names, mark)
        return Pushed(sent, len(names) + 1 - sent, len(stale))
    finally:
        store.close()


def _begin(
    release: Release, store: GraphStore, state: State, said: list[Statement]
) -> str:
    """Say in the store that it is being changed; return the mark of this push."""
    marks = [item.object.value for item in said if item.predicate == MARK]
    known = state.graphs if marks == [state.mark] else {}
    mark = datetime.now(UTC).isoformat()
    state.begin(mark, known)
    node = Iri(f"{release.manifest.base}release/{release.manifest.id}")
    kept = [item for item in said if item.predicate == GRAPH]
    began = [Statement(node, name, Literal(mark)) for name in (BEGAN, MARK)]
    store.put(quirks.DESCRIPTION, serialise([*began, *kept], NTRIPLES))
    return mark


def _end(release: Release, store: GraphStore, names: list[str], mark: str) -> None:
    """Say in the store what it holds; StoreContentError if it reads otherwise."""
    said = describe(release.manifest, names, mark)
    store.put(quirks.DESCRIPTION, serialise(said, NTRIPLES))
    if {*store.triples(quirks.DESCRIPTION)} != {*said}:
        raise StoreContentError("the description of the release reads otherwise")


def _send_all(release: Release, store: GraphStore, state: State, step: Step) -> int:
    """Send each graph that the store does not hold; return how many."""
    done = sent = 0
    with step("push") as advance, temporary_folder() as folder:
        for part in _parts(release, folder):
            sent += _send(store, state, part)
            done += state.graphs[part.name].size
            advance(done, 0, "triples")
    return sent


def _send(store: GraphStore, state: State, part: Part) -> bool:
    """Send a graph unless the store holds it; StoreContentError if it then does not."""
    with part.path.open("rb") as file:
        wanted = digest_of(file, blank=part.blank)
    if state.graphs.get(part.name) == wanted:
        return False
    if is_new := store.digest(part.name, blank=part.blank) != wanted:
        _write(store, part)
        found = store.digest(part.name, blank=part.blank)
        if found != wanted:
            raise StoreContentError(
                f"<{part.name}> has {found.size} triples, of {wanted.size} sent"
                + ("; some read otherwise" if found.size == wanted.size else "")
            )
    state.note(part.name, wanted)
    return is_new


def _write(store: GraphStore, part: Part) -> None:
    with part.path.open("rb") as lines:
        size = None if part.blank else AT_ONCE
        store.put(part.name, b"".join(islice(lines, size)))
        while more := b"".join(islice(lines, size)):
            store.add(part.name, more)


def _parts(release: Release, folder: Path) -> Iterator[Part]:
    """Yield each graph as a file, which is there until the next is asked for."""
    lines = Runs(folder / "runs")
    with release.dataset.open("rb") as quads:
        for quad in quads:
            triple, name, _ = quad.rsplit(b" ", 2)
            lines.write(name[1:-1] + _TAB + triple + b" .\n")
    merged = release.store.statements(graph=None)
    while some := serialise(islice(merged, AT_ONCE), NTRIPLES):
        start = quirks.MERGED.encode() + _TAB
        lines.write(b"".join(start + line for line in some.splitlines(keepends=True)))
    path = folder / "graph.nt"
    for name, group in groupby(lines.lines(), key=lambda line: line.split(_TAB, 1)[0]):
        blank = False
        with path.open("wb") as out:
            for line in group:
                triple = line.split(_TAB, 1)[1]
                blank = blank or triple.startswith(b"_:") or b"> _:" in triple
                out.write(triple)
        yield Part(name.decode(), path, blank)
