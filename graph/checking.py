"""Checks the graph as it stands in the files, without releasing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.ephemeral import temporary_folder
from graph.gathering import Input, checkout, gather
from graph.incremental import since_release
from graph.namespaces import DEFAULT_BASE
from graph.paths import source_files
from graph.reading import named_statements
from graph.validation import validate
from graph.waiving import read_waivers, waive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.findings import Report
    from graph.releasing import Release


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
    subjects = {
        item.subject.value for path in files for item in named_statements(path, base)
    }
    merged = merged_triples(files, base)
    places = [*files, *(path for path, _ in source_files())]
    if since is None:
        report = validate(merged, base, engine, places)
    else:
        report = since_release(since, merged, base, engine, places)
    report = waive(report, read_waivers(base))
    return report.about(subjects) if files else report


def merged_triples(files: Sequence[Path], base: str) -> bytes:
    """Return what a build would validate, with files that the graph lacks."""
    known = {path.resolve() for path, _ in source_files()}
    others = [
        Input(path, f"{base}graph/bron/{path.stem}")
        for path in files
        if path.resolve() not in known
    ]
    with temporary_folder() as folder:
        gather(folder, [*checkout(base), *others], base)
        return (folder / "merged.nt").read_bytes()
