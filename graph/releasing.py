"""A release: an immutable folder with everything that is served, named by its content.

Its id is the beginning of the hash of its dataset in canonical form (RDFC-1.0): the
same sources give the same release.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph.current import CURRENT
from graph.errors import NoReleaseError, UnreadableReleaseError
from graph.lookup import find_line
from graph.manifest import GRAPHS, Manifest, read_manifest
from graph.namespaces import expand
from graph.search import Hit, SearchIndex
from graph.store import Store
from graph.terms import Iri, Literal

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Manifest", "Release", "current_release"]


class Release:
    """A release folder, open for reading."""

    def __init__(self, path: Path) -> None:
        """Read the manifest; UnreadableReleaseError if it cannot be."""
        self.path = path
        self.store_path = path / "store"
        self.dataset = path / "dataset.nq"
        self.manifest = read_manifest(path)

    @cached_property
    def store(self) -> Store:
        """Return the release's store, opened when it is first needed."""
        try:
            return Store.read_only(self.store_path)
        except (OSError, RuntimeError) as error:
            raise UnreadableReleaseError(self.path, f"bad store ({error})") from None

    @cached_property
    def report(self) -> dict[str, Any]:
        """Return the gate's report as plain values."""
        report: dict[str, Any] = json.loads((self.path / "report.json").read_bytes())
        return report

    @cached_property
    def graph_sizes(self) -> dict[str, int]:
        """Return how many statements each named graph holds, sorted by name."""
        lines = (self.path / GRAPHS).read_text(encoding="utf-8").splitlines()
        return {name: int(size) for name, size in (line.split("\t") for line in lines)}

    def label(self, iri: str, language: str) -> str | None:
        """Return a thing's label in a language, else in another, else None."""
        predicate = Iri(expand("skos:prefLabel"))
        found = self.store.statements(Iri(iri), predicate, graph=None)
        labels = {
            item.object.language: item.object.value
            for item in found
            if isinstance(item.object, Literal)
        }
        return labels.get(language) or next(iter(labels.values()), None)

    def describes(self, iri: str) -> bool:
        """Tell whether the release says anything of a thing or holds a named graph."""
        subject, graph = f"<{iri}> ".encode(), f"{iri}\t".encode()
        found = find_line(self.dataset, subject) or find_line(self.path / GRAPHS, graph)
        return found is not None

    @cached_property
    def names_all(self) -> bool:
        """Tell whether no blank node has a statement; theirs would come last."""
        return find_line(self.dataset, b"_:") is None

    @cached_property
    def index(self) -> SearchIndex:
        """Return the release's search index."""
        return SearchIndex(self.path / "search.db")

    def search(self, text: str, limit: int, language: str = "nl") -> list[Hit]:
        """Return what is found by name, best first."""
        return self.index.search(text, limit, language)


def current_release(releases: Path) -> Release:
    """Return the release that is served now; NoReleaseError if there is none."""
    if not (releases / CURRENT).exists():
        raise NoReleaseError(releases)
    return Release((releases / CURRENT).resolve())
