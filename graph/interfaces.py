"""What the service needs of a store and of a release, wherever they are.

`graph.store` and `graph.releasing` meet it with a folder of this machine,
`graph.remote` and `graph.described` with a SPARQL endpoint elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import EllipsisType

    from graph.formats import Format
    from graph.manifest import Manifest
    from graph.search import Hit, SearchIndex
    from graph.store import BegunAnswer
    from graph.terms import Iri, Statement, Term


class NamedStore(Protocol):
    """What the search index is made from."""

    def count(self, object: Iri) -> int:  # noqa: A002  RDF's own word for it
        """Return how often an IRI is pointed at in the default graph."""
        ...

    def texts(self, predicate: str) -> Iterator[tuple[str, str, str | None]]:
        """Yield a property's literals in the default graph: subject, text, language."""
        ...

    def links(self, predicate: str) -> Iterator[tuple[str, str]]:
        """Yield a property's values that are IRIs in the default graph, by subject."""
        ...


class AskedStore(Protocol):
    """What a query worker needs of a store."""

    def answer(
        self,
        query: str,
        syntaxes: Mapping[str, Format | None],
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> BegunAnswer:
        """Begin an untrusted query: its kind, and what writes the answer to a file."""
        ...


class ReadableStore(NamedStore, AskedStore, Protocol):
    """A dataset to read: named graphs, and a default graph of their merged triples."""

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        ...

    def statements(
        self,
        subject: Term | None = None,
        predicate: Iri | None = None,
        object: Term | None = None,  # noqa: A002  RDF's own word for it
        graph: Iri | EllipsisType | None = ...,
    ) -> Iterator[Statement]:
        """Yield what matches; `...` is every graph, None the default graph only."""
        ...

    def select(self, query: str) -> list[dict[str, Term]]:
        """Answer a trusted SELECT: a dict per solution, without unbound variables."""
        ...


class ServedRelease(Protocol):
    """A release that is served: what it says of itself, its store and its index.

    `path` is a folder of this machine with the files of it that are at hand;
    `store_path` is what a query worker opens: a folder, or the address of an endpoint.
    """

    manifest: Manifest

    @property
    def path(self) -> Path:
        """Return the folder with the files that are at hand."""
        ...

    @property
    def dataset(self) -> Path:
        """Return the canonical N-Quads; for a store elsewhere there is no such file."""
        ...

    @property
    def store_path(self) -> Path | str:
        """Return what a query worker opens."""
        ...

    @property
    def store(self) -> ReadableStore:
        """Return the store that pages read."""
        ...

    @property
    def report(self) -> dict[str, Any]:
        """Return the gate's report as plain values; empty where it is not at hand."""
        ...

    @property
    def graph_sizes(self) -> dict[str, int]:
        """Return how many statements each named graph holds, sorted by name."""
        ...

    @property
    def names_all(self) -> bool:
        """Tell whether no blank node has a statement, as far as that is known."""
        ...

    def describes(self, iri: str) -> bool:
        """Tell whether the release says anything of a thing or holds a named graph."""
        ...

    @property
    def index(self) -> SearchIndex:
        """Return the search index."""
        ...

    def search(self, text: str, limit: int, language: str = "nl") -> list[Hit]:
        """Return what is found by name, best first."""
        ...
