"""The way of the data in one place: read, derive, gate, release."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from graph.drafting import drafting, publish
from graph.errors import InvalidDataError, UnwritableReleaseError
from graph.gathering import checkout, gather, instead, silent
from graph.merging import merge
from graph.namespaces import DEFAULT_BASE
from graph.paths import ONTOLOGY, SHAPES, source_files
from graph.reading import format_of, named_statements, read_file
from graph.releasing import Release
from graph.store import Store
from graph.validation import validate
from graph.waiting import interruptible
from graph.waiving import read_waivers, waive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from graph.findings import Report
    from graph.gathering import Step

STEPS: Final = ("read", "derive", "gate", "release")


def build(
    out: Path,
    base: str = DEFAULT_BASE,
    engine: str | None = None,
    step: Step = silent,
    files: Sequence[Path] = (),
) -> tuple[Release, Report]:
    """Build a release of the graph's files in `out` and make it the current one.

    `files` take the place of the sources in the checkout; the ontology, the schemes and
    the shapes always come along. `step` is entered with the name of each step while
    that step runs, and gives what is told how far it is.

    Raises InputError for a file that cannot be read, InvalidDataError when the gate
    finds a violation, and UnwritableReleaseError when the disk is full; the release
    that was current then stays so, and nothing else is left in `out`.
    """
    for path in files:
        format_of(path)
    with _written(out), drafting(out) as draft:
        inputs = instead(files, base) if files else checkout(base)
        draft.store = gather(draft.folder, inputs, base, step)
        with step("gate"):
            report = interruptible(lambda: validate(draft.merged, base, engine))
        report = waive(report, read_waivers(base), whole=not files)
        if report.violations:
            raise InvalidDataError(report)
        with step("release"):
            return Release(draft.publish(report, base)), report


@contextmanager
def _written(out: Path) -> Iterator[None]:
    """Turn what a full or closed disk raises into an error with a remedy."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnwritableReleaseError(out, reason) from None


def preview(files: Iterable[Path], out: Path, base: str = DEFAULT_BASE) -> Release:
    """Make a release of any RDF files without the gate; it says it is not validated.

    The ontology and the shapes come along as named graphs, for labels and layout, but
    the merged default graph holds the files alone.
    """
    store = Store.in_memory()
    for path in files:
        store.add(named_statements(path, base))
    merged = merge(store.canonical_nquads())
    for path, graph in source_files():
        if path.is_relative_to(ONTOLOGY) or path.is_relative_to(SHAPES):
            read_file(store, path, base, base + graph)
    return publish(out, store.canonical_nquads(), merged, None, base)
