"""How long it takes to validate one edited resource again within a large graph."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Final

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.gate import merged
from benchmarks.measuring import show
from graph.bulk import BulkStore
from graph.formats import NTRIPLES
from graph.incremental import Session
from graph.namespaces import expand
from graph.terms import Iri, Literal, Statement
from graph.validation import Rules, shapes_text

MILLISECONDS: Final = 20
EDITS: Final = 50


def edits(session: Session) -> list[float]:
    """Give persons another name, one after the other; return the milliseconds each."""
    kind, name = Iri(expand("rdf:type")), Iri(expand("foaf:name"))
    persons = session.store.statements(None, kind, Iri(expand("foaf:Person")), None)
    nodes = [item.subject for item, _ in zip(persons, range(EDITS), strict=False)]
    took = []
    for node in nodes:
        old = list(session.store.statements(node, name, None, None))
        start = time.perf_counter()
        session.change(old, [Statement(node, name, Literal("Iemand anders"))])
        took.append(1000 * (time.perf_counter() - start))
    return took


def compare(quads: int) -> None:
    """Print how long an edit takes at a size."""
    store = BulkStore(None)
    store.take(merged(quads), NTRIPLES)
    took = edits(Session(store, Rules(shapes_text()), results=[]))
    rows: list[tuple[str, object]] = [
        (f"median ms, at most {MILLISECONDS}", f"{statistics.median(took):.1f}"),
        ("slowest ms", f"{max(took):.1f}"),
    ]
    show(f"one edited resource, {quads:,} quads", rows)


@click.command()
@click.option("--quads", default=100_000, show_default=True)
def main(quads: int) -> None:
    """Measure an edit."""
    compare(quads)


if __name__ == "__main__":
    main()
