"""Validates again only what a change can affect, for the feedback of an editor.

The gate stays full. `Session` keeps a graph and its results; a change of triples gives
new results for the nodes it can affect, which equal those of a full validation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from graph.access import SUBCLASS, analyse
from graph.engines import default_engine, load_engine
from graph.formats import NTRIPLES, TURTLE
from graph.namespaces import DEFAULT_BASE
from graph.paths import NOT_MERGED
from graph.reaching import Reader
from graph.reporting import results_from_json
from graph.store import Store, serialise
from graph.terms import BlankNode, Iri
from graph.validation import Rules, report_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from graph.access import Analysis
    from graph.engines import Result
    from graph.findings import Report
    from graph.releasing import Release
    from graph.terms import Statement, Term


class Outcome(NamedTuple):
    """What was validated again: some nodes, or everything and why."""

    nodes: frozenset[Term]
    because: str | None = None


class Session:
    """A graph that is being edited, and the results of its validation.

    The triples are those of the store's default graph, which `change` alone may alter.
    """

    def __init__(
        self,
        store: Store,
        rules: Rules,
        results: Iterable[Result] | None = None,
        engine: str | None = None,
        analysis: Analysis | None = None,
    ) -> None:
        """Take results that are known to be the graph's, or validate all of it.

        The engine sees the shapes here, so the first change need not wait for that.
        """
        self.store = store
        self.rules = rules
        self.engine = load_engine(engine or default_engine())
        self.analysis = analysis or analyse(rules.graph)
        if results is None:
            results = self._everything()
        else:
            self.engine.validate(b"", rules.text)
        self._results = _by_focus(results)

    @property
    def results(self) -> list[Result]:
        """Return every result, in the order of the nodes."""
        return [item for found in self._results.values() for item in found]

    def change(
        self, removed: Collection[Statement] = (), added: Collection[Statement] = ()
    ) -> Outcome:
        """Remove and add triples, and validate again what that can affect."""
        self.store.remove(removed)
        self.store.add(added)
        return self.revalidate({*removed, *added})

    def revalidate(self, changed: Collection[Statement]) -> Outcome:
        """Validate again what triples can affect that are new or gone by now."""
        if because := self._reason(changed):
            self._results = _by_focus(self._everything())
            return Outcome(frozenset(), because)
        reader = Reader(self.analysis, self.store)
        nodes = reader.affected(changed)
        data = serialise(reader.reads(nodes), NTRIPLES)
        found = _by_focus(
            item
            for item in (self.engine.validate(data, self.rules.text) if nodes else ())
            if item.focus in nodes
        )
        for node in nodes:
            self._results.pop(node, None)
        self._results |= found
        return Outcome(frozenset(nodes))

    def report(
        self, base: str = DEFAULT_BASE, files: Iterable[Path] | None = None
    ) -> Report:
        """Return the report on the whole graph, in words and with places."""
        return report_of(
            self.results, self.rules, self.engine.name, base, files, self._values
        )

    def _everything(self) -> list[Result]:
        triples = self.store.statements(graph=None)
        return self.engine.validate(serialise(triples, NTRIPLES), self.rules.text)

    def _reason(self, changed: Collection[Statement]) -> str | None:
        """Return why everything must be validated again, if it must."""
        if changed and self.analysis.untold:
            shape, why = next(iter(self.analysis.untold.items()))
            return f"{shape}: {why}"
        if any(item.predicate.value == SUBCLASS for item in changed):
            return "the classes changed"
        if any(isinstance(item.subject, BlankNode) for item in changed):
            return "a node without a name changed"
        return None

    def _values(self, subject: str, predicate: str) -> Iterator[str]:
        found = self.store.statements(Iri(subject), Iri(predicate), graph=None)
        return (item.object.value for item in found)


def since_release(
    release: Release,
    ntriples: bytes,
    base: str = DEFAULT_BASE,
    engine: str | None = None,
    files: Iterable[Path] | None = None,
) -> Report:
    """Validate merged triples by what changed since a release; report on the whole."""
    store = Store.in_memory()
    store.load(ntriples, NTRIPLES, base)
    rules = Rules.of_project(base)
    because = _not_comparable(release, rules, base)
    known = None if because else results_from_json(release.report)
    session = Session(store, rules, known, engine)
    outcome = Outcome(frozenset(), because)
    if not because:
        before = set(release.store.statements(graph=None))
        outcome = session.revalidate(before ^ set(store.statements(graph=None)))
    said = (
        f"Everything was validated: {outcome.because}."
        if outcome.because
        else f"{len(outcome.nodes)} nodes were validated again; what is found at "
        f"others is as in release {release.manifest.id}."
    )
    return replace(session.report(base, files), note=said)


def _not_comparable(release: Release, rules: Rules, base: str) -> str | None:
    """Return why a release's report cannot be built upon, if it cannot."""
    if not release.manifest.validated:
        return "that release was not validated"
    if release.manifest.base != base:
        return "that release has another base"
    shapes, before = Store.in_memory(), Store.in_memory()
    shapes.load(rules.text.encode(), TURTLE, base)
    name = Iri(base + NOT_MERGED[0])
    before.add(
        item._replace(graph=None) for item in release.store.statements(graph=name)
    )
    if shapes.canonical_nquads() != before.canonical_nquads():
        return "the shapes changed"
    return None


def _by_focus(results: Iterable[Result]) -> dict[Term, list[Result]]:
    found: dict[Term, list[Result]] = {}
    for item in results:
        found.setdefault(item.focus, []).append(item)
    return found
