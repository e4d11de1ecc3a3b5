"""Checks the graph as it stands in the files, without releasing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.deriving import derive
from graph.incremental import since_release
from graph.merging import merge
from graph.namespaces import DEFAULT_BASE
from graph.paths import NOT_MERGED, source_files
from graph.reading import named_statements, read_graph
from graph.validation import Report, validate
from graph.waiving import read_waivers, waive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.releasing import Release
    from graph.store import Store


def check(
    files: Sequence[Path] = (),
    base: str = DEFAULT_BASE,
    engine: str | None = None,
    since: Release | None = None,
) -> Report:
    """Validate the whole graph, or files within it.

    A file that is not part of the graph is read beside it; with files, the report keeps
    to the nodes that they describe. With `since`, only what changed since that release
    is validated again, and the report is still on the whole.
    """
    store = read_graph(base)
    subjects = _add(store, files, base)
    derive(store, base)
    merged = merge(store.canonical_nquads(), [base + name for name in NOT_MERGED])
    places = [*files, *(path for path, _ in source_files())]
    if since is None:
        report = validate(merged, base, engine, places)
    else:
        report = since_release(since, merged, base, engine, places)
    report = waive(report, read_waivers(base))
    return report.about(subjects) if files else report


def _add(store: Store, files: Sequence[Path], base: str) -> set[str]:
    """Add files that the graph lacks to a store; return what all of them describe."""
    known = {path.resolve() for path, _ in source_files()}
    subjects: set[str] = set()
    for path in files:
        statements = named_statements(path, base)
        subjects |= {item.subject.value for item in statements}
        if path.resolve() not in known:
            store.add(statements)
    return subjects
