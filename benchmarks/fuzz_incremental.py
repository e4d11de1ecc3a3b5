"""Fuzzes incremental validation: random edits, each compared with validating it all.

`python -m benchmarks.fuzz_incremental --batches 1000` edits the project's own graph;
with `--file` the triples of an N-Triples file. It prints the number of mismatches,
which must be none, and how long the two ways took in CPU time.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from graph.comparing import differences
from graph.deriving import derive
from graph.engines import load_engine
from graph.formats import NTRIPLES
from graph.incremental import Session
from graph.merging import merge
from graph.namespaces import DEFAULT_BASE
from graph.paths import NOT_MERGED
from graph.reading import read_graph
from graph.store import Store, serialise
from graph.validation import Rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.comparing import Difference
    from graph.terms import Statement

#: How many edits make a batch; most are small, as an editor's are.
SIZES = (1, 1, 2, 5, 12)
#: After so many batches the triples to choose from are listed anew.
AGE = 50


class Round(NamedTuple):
    """One batch: what the two ways differ in, the nodes, and CPU seconds of each."""

    differences: tuple[Difference, ...]
    nodes: int
    full: bool
    seconds: tuple[float, float]


class Edits:
    """Random edits of a graph: triples gone, changed, added, moved, nodes gone."""

    def __init__(self, store: Store, seed: int) -> None:
        """Take the store whose default graph is edited."""
        self._store = store
        self._random = random.Random(seed)  # noqa: S311  for variety, not for secrets
        self._refresh()
        self._first = self._triples

    def _refresh(self) -> None:
        self._triples = sorted(self._store.statements(graph=None), key=repr)
        self._predicates = sorted({item.predicate for item in self._triples})

    def batches(self, count: int) -> Iterator[tuple[set[Statement], set[Statement]]]:
        """Yield removed and added triples, to be carried out before the next."""
        for number in range(count):
            if number % AGE == AGE - 1:
                self._refresh()
            removed: set[Statement] = set()
            added: set[Statement] = set()
            for _ in range(self._random.choice(SIZES)):
                self._edit(removed, added)
            yield removed - added, added

    def _edit(self, removed: set[Statement], added: set[Statement]) -> None:
        """Make one edit: lose, change, describe, move, forget, cut off, put back."""
        one, other = self._pick(), self._pick()
        predicate = self._random.choice(self._predicates)
        about = self._store.statements(one.subject, graph=None)
        naming = self._store.statements(None, None, one.subject, graph=None)
        lost, new = self._random.choice(
            (
                lambda: ({one}, ()),
                lambda: ({one}, {one._replace(object=other.object)}),
                lambda: ((), {one._replace(predicate=predicate, object=other.object)}),
                lambda: ((), {one._replace(subject=other.subject)}),
                lambda: (about, ()),
                lambda: (naming, ()),
                lambda: ((), self._random.sample(self._first, 8)),
            )
        )()
        removed.update(lost)
        added.update(new)

    def _pick(self) -> Statement:
        return self._random.choice(self._triples)


def fuzz(session: Session, count: int, seed: int) -> Iterator[Round]:
    """Edit a session's graph at random, comparing after each batch."""
    for removed, added in Edits(session.store, seed).batches(count):
        started = time.process_time()
        outcome = session.change(removed, added)
        between = time.process_time()
        triples = serialise(session.store.statements(graph=None), NTRIPLES)
        wanted = session.engine.validate(triples, session.rules.text)
        ended = time.process_time()
        found = session.results
        yield Round(
            differences(("incremental", found), ("full", wanted)),
            len(outcome.nodes),
            outcome.because is not None,
            (between - started, ended - between),
        )


def own_graph() -> bytes:
    """Return the merged triples of the project's graph."""
    store = read_graph()
    derive(store)
    return merge(store.canonical_nquads(), [DEFAULT_BASE + name for name in NOT_MERGED])


def session_of(ntriples: bytes) -> Session:
    """Return a session on triples with the project's shapes."""
    store = Store.in_memory()
    store.load(ntriples, NTRIPLES, DEFAULT_BASE)
    return Session(store, Rules.of_project(), engine="shacl")


@click.command()
@click.option("--batches", default=1000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def main(batches: int, seed: int, file: Path | None) -> None:
    """Print how often the two ways differ, and how long each took."""
    load_engine("shacl")
    session = session_of(file.read_bytes() if file else own_graph())
    rounds = list(fuzz(session, batches, seed))
    wrong = [item for item in rounds if item.differences]
    for item in wrong[:5]:
        click.echo(item.differences[:3])
    part = [item for item in rounds if not item.full]
    one, other = (sum(item.seconds[i] for item in part) / len(part) for i in (0, 1))
    click.echo(
        f"{len(wrong)} mismatches in {batches} batches; "
        f"{len(rounds) - len(part)} validated everything, the others "
        f"{sum(item.nodes for item in part) / len(part):.1f} nodes on average\n"
        f"incremental {one * 1e3:.1f} ms, full {other * 1e3:.1f} ms a batch: "
        f"{other / one:.1f}×"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
