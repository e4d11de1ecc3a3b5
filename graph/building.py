"""The way of the data in one place: read, derive, gate, release."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Final

from graph.deriving import derive
from graph.errors import InvalidDataError
from graph.merging import merge
from graph.namespaces import DEFAULT_BASE
from graph.paths import NOT_MERGED, ONTOLOGY, SHAPES, source_files
from graph.reading import read_file, read_graph
from graph.releasing import Release, publish
from graph.store import Store
from graph.terms import Iri, Statement
from graph.validation import Report, validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Step = Callable[[str], AbstractContextManager[object]]

STEPS: Final = ("read", "derive", "gate", "release")


def _silent(_: str) -> AbstractContextManager[object]:
    return nullcontext()


def build(
    out: Path,
    base: str = DEFAULT_BASE,
    engine: str | None = None,
    step: Step = _silent,
) -> tuple[Release, Report]:
    """Build a release of the graph's files in `out` and make it the current one.

    `step` is entered with the name of each step while that step runs. Raises InputError
    for a file that cannot be read and InvalidDataError when the gate finds a violation;
    the release that was current then stays so.
    """
    with step("read"):
        store = read_graph(base)
    with step("derive"):
        derive(store, base)
        nquads = store.canonical_nquads()
        merged = merge(nquads, [base + name for name in NOT_MERGED])
    with step("gate"):
        report = validate(merged, base, engine)
    if report.violations:
        raise InvalidDataError(report)
    with step("release"):
        return publish(out, nquads, merged, report, base), report


def check(
    files: Iterable[Path] = (), base: str = DEFAULT_BASE, engine: str | None = None
) -> Report:
    """Validate the whole graph, or files within it, without releasing anything.

    A file that is not part of the graph is read beside it; with files, the report keeps
    to the nodes that they describe.
    """
    chosen = list(files)
    store, subjects = read_graph(base), set()
    known = {path.resolve() for path, _ in source_files()}
    for path in chosen:
        statements = _named(path, base)
        subjects |= {item.subject.value for item in statements}
        if path.resolve() not in known:
            store.add(statements)
    derive(store, base)
    merged = merge(store.canonical_nquads(), [base + name for name in NOT_MERGED])
    places = [*chosen, *(path for path, _ in source_files())]
    report = validate(merged, base, engine, places)
    return report.about(subjects) if chosen else report


def preview(files: Iterable[Path], out: Path, base: str = DEFAULT_BASE) -> Release:
    """Make a release of any RDF files without the gate; it says it is not validated.

    The ontology and the shapes come along as named graphs, for labels and layout, but
    the merged default graph holds the files alone.
    """
    store = Store.in_memory()
    for path in files:
        store.add(_named(path, base))
    merged = merge(store.canonical_nquads())
    for path, graph in source_files():
        if path.is_relative_to(ONTOLOGY) or path.is_relative_to(SHAPES):
            read_file(store, path, base, base + graph)
    return publish(out, store.canonical_nquads(), merged, None, base)


def _named(path: Path, base: str) -> list[Statement]:
    """Return a file's statements, those outside named graphs in one for the file."""
    store, graph = Store.in_memory(), Iri(f"{base}graph/bron/{path.stem}")
    read_file(store, path, base, graph.value)
    return [item._replace(graph=item.graph or graph) for item in store.statements()]
