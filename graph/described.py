"""A release in a store elsewhere: what the store says of it, and its index here.

`regietafel push` writes beside the data a small graph that holds the manifest and the
named graphs. A store without it is served as it is, and its release is called unknown.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from graph import quirks
from graph.body import Bounds
from graph.endpoint import Endpoint
from graph.errors import StoreAnswerError, StoreLoadingError, StoreRefusalError
from graph.indexing import build_index, fits
from graph.manifest import ID_LENGTH, Manifest
from graph.namespaces import expand
from graph.paths import VERSION
from graph.remote import RemoteStore
from graph.search import SearchIndex
from graph.terms import Iri, Literal, Statement
from graph.transcoding import read_solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from graph.formats import Format
    from graph.gathering import Advance, Step
    from graph.search import Hit
    from graph.store import BegunAnswer

#: When a push began that has not ended; the store holds no release whole.
BEGAN: Final = Iri(expand("prov:startedAtTime"))
#: Marks a push, so that the next can tell whether it was the last to change the store.
MARK: Final = Iri(expand("dcterms:identifier"))
MANIFEST: Final = Iri(expand("rdf:value"))
GRAPH: Final = Iri(expand("sd:namedGraph"))
#: Nobody knows when an unknown release was published, so it is as old as can be.
_LONG_AGO: Final = "1970-01-01T00:00:00+00:00"
INDEX: Final = "search.db"
UNKNOWN: Final = "unknown"
#: What the making of an index may take; it reads the names of everything.
PATIENT: Final = Bounds(seconds=3_600, size=16 << 30)
T = TypeVar("T")


@dataclass(frozen=True)
class Description:
    """What a store says of the release in it.

    `pragmas` tells how the store is asked for a dataset, see `graph.quirks`.
    """

    manifest: Manifest
    graphs: tuple[str, ...]
    pragmas: bool

    def store(self, endpoint: Endpoint) -> RemoteStore:
        """Return the store, as it is to be asked."""
        return RemoteStore(endpoint, self.graphs, pragmas=self.pragmas)


def describe(manifest: Manifest, graphs: Iterable[str], mark: str) -> list[Statement]:
    """Return what a push says of a release once it is there whole."""
    release = Iri(f"{manifest.base}release/{manifest.id}")
    return [
        Statement(release, MANIFEST, Literal(manifest.text())),
        Statement(release, MARK, Literal(mark)),
        *(Statement(release, GRAPH, Iri(name)) for name in graphs),
    ]


def read_description(endpoint: Endpoint) -> Description | None:
    """Return what a store says of its release, None if it says nothing.

    StoreLoadingError while a push is under way, StoreAnswerError if it makes no sense.
    """
    query = "SELECT ?p ?o WHERE { ?s ?p ?o }"
    fields = (("query", query), ("default-graph-uri", quirks.DESCRIPTION))
    with endpoint.ask(fields, quirks.SOLUTIONS) as body:
        if body.status == HTTPStatus.NOT_FOUND:
            raise StoreRefusalError("status 404: there is no SPARQL endpoint")
        rows = body.telling(lambda file: list(read_solutions(file)))
        pragmas = quirks.repeats_graphs(body.headers)
    if not rows:
        return None
    if any(row["p"] == BEGAN for row in rows):
        raise StoreLoadingError("a release is being put into it")
    texts = [row["o"].value for row in rows if row["p"] == MANIFEST]
    graphs = sorted(row["o"].value for row in rows if row["p"] == GRAPH)
    return Description(_manifest(texts), tuple(graphs), pragmas)


class Elsewhere:
    """The store behind an address, opened by the first query that it is asked."""

    def __init__(self, address: str) -> None:
        """Keep the address; a worker starts whether or not the store does."""
        self._endpoint = Endpoint(address)

    @cached_property
    def _store(self) -> RemoteStore:
        described = read_description(self._endpoint)
        return _store(self._endpoint, described)

    def answer(
        self,
        query: str,
        syntaxes: Mapping[str, Format | None],
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> BegunAnswer:
        """Begin an untrusted query: its kind, and what writes the answer to a file."""
        return self._store.answer(query, syntaxes, default_graphs, named_graphs)


def _store(endpoint: Endpoint, described: Description | None) -> RemoteStore:
    return described.store(endpoint) if described else RemoteStore(endpoint)


def _manifest(texts: list[str]) -> Manifest:
    try:
        (text,) = texts
        manifest = Manifest(**json.loads(text))
        whole = manifest.sealed().text() == text and bool(manifest.moment.tzinfo)
    except (ValueError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise StoreAnswerError("what it says of the release in it does not hold")
    return manifest


class RemoteRelease:
    """A release in a store elsewhere, with a folder of its own here."""

    def __init__(
        self, endpoint: Endpoint, described: Description | None, cache: Path, base: str
    ) -> None:
        """Keep what is known; `base` is for a store that does not describe itself."""
        self.store_path = address = endpoint.address
        self.store = _store(endpoint, described)
        self._described = described
        self.is_known = described is not None
        self.manifest = (
            described.manifest if described else _unknown(self.store, base, address)
        )
        self.path = cache / self.manifest.id
        self.dataset = self.path / "dataset.nq"

    @cached_property
    def report(self) -> dict[str, Any]:
        """Return nothing: the gate's report stays with the files of the release."""
        return {}

    @cached_property
    def graph_sizes(self) -> dict[str, int]:
        """Return how many statements each named graph holds, sorted by name."""
        rows = self.store.select(
            "SELECT ?graph (COUNT(*) AS ?size) WHERE { GRAPH ?graph { ?s ?p ?o } } "
            "GROUP BY ?graph ORDER BY ?graph"
        )
        return {row["graph"].value: int(row["size"].value) for row in rows}

    def describes(self, iri: str) -> bool:
        """Tell whether the release says anything of a thing or holds a named graph."""
        known = next(self.store.statements(Iri(iri)), None)
        return known is not None or iri in self.store.graphs()

    @property
    def names_all(self) -> bool:
        """Tell whether no blank node has a statement, which is not known of a store."""
        return False

    @cached_property
    def index(self) -> SearchIndex:
        """Return the search index, which `prepare` made."""
        return SearchIndex(self.path / INDEX)

    def search(self, text: str, limit: int, language: str = "nl") -> list[Hit]:
        """Return what is found by name, best first."""
        return self.index.search(text, limit, language)

    def prepare(self, step: Step, *, anew: bool = False) -> None:
        """Make the search index here, unless there is one of this release already."""
        index = self.path / INDEX
        if not anew and fits(index):
            return
        self.path.mkdir(parents=True, exist_ok=True)
        patient = Endpoint(self.store_path, PATIENT)
        store = _store(patient, self._described)
        beside = self.path / f".search-{os.getpid()}.db"
        beside.unlink(missing_ok=True)
        with step("index") as advance:
            named = _Named(store, self.manifest.base, advance)
            build_index(beside, named, self.manifest.base)
        beside.replace(index)


class _Named:
    """The names in a store and how often each thing is pointed at, asked at once."""

    def __init__(self, store: RemoteStore, base: str, advance: Advance) -> None:
        self._store = store
        self._base = base
        self._advance = advance
        self._done = 0

    @cached_property
    def _counts(self) -> dict[str, int]:
        return self._store.counts(f"{self._base}id/")

    def count(self, object: Iri) -> int:  # noqa: A002  RDF's own word for it
        """Return how often an IRI is pointed at in the default graph."""
        return self._counts.get(object.value, 0)

    def texts(self, predicate: str) -> Iterator[tuple[str, str, str | None]]:
        """Yield a property's literals in the default graph, and tell how many came."""
        return self._told(self._store.texts(predicate))

    def links(self, predicate: str) -> Iterator[tuple[str, str]]:
        """Yield a property's values that are IRIs, and tell how many came."""
        return self._told(self._store.links(predicate))

    def _told(self, items: Iterator[T]) -> Iterator[T]:
        for item in items:
            self._done += 1
            self._advance(self._done, 0, "facts")
            yield item


def _unknown(store: RemoteStore, base: str, address: str) -> Manifest:
    """Return the manifest of a store that has none: it claims only what was counted."""
    rows = store.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    digest = hashlib.sha256(address.encode()).hexdigest()
    return Manifest(
        id=f"{UNKNOWN}-{digest[:ID_LENGTH]}",
        rdfc10="",
        base=base,
        validated=False,
        engine=None,
        ontology=VERSION,
        counts={"statements": int(rows[0]["n"].value)},
        tools={},
        files={},
        parts={},
        published=_LONG_AGO,
        parent=None,
    ).sealed()
