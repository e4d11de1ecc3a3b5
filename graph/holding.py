"""Holds the merged graph of a release in memory, and asks on disk what names graphs.

A query without `GRAPH` or `FROM` sees the default graph alone. In memory, Oxigraph
finds quads by lists that run through all graphs, so the statements that each source
makes would lie between those of the merged graph: it is faster without them. It is
faster still where what is said of a thing lies together: see docs/decisions/0082.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from graph.bulk import BulkStore
from graph.merging import merge_lines
from graph.paths import NOT_MERGED
from graph.releasing import Release
from graph.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from graph.formats import Format
    from graph.store import BegunAnswer

#: What a query may name graphs by, wherever it stands: in an IRI it costs only time.
_NAMING: Final = re.compile("graph|from", re.IGNORECASE)


class HeldStore:
    """The store of a release in a folder, with its default graph in memory as well."""

    def __init__(self, path: Path, pause: Callable[[], object] = lambda: None) -> None:
        """Open the store of a release and read its default graph.

        `pause` is called now and then while it is read. OSError if the folder is no
        store, UnreadableReleaseError if it is in no release.
        """
        self._whole = Store.read_only(path)
        self._merged = _merged(Release(path.parent), self._whole, pause)

    def answer(
        self,
        query: str,
        syntaxes: Mapping[str, Format | None],
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> BegunAnswer:
        """Begin a query as `Store.answer` does, on disk if it may name graphs."""
        names = default_graphs or named_graphs or _NAMING.search(query)
        store = self._whole if names else self._merged
        return store.answer(query, syntaxes, default_graphs, named_graphs)


def _merged(release: Release, whole: Store, pause: Callable[[], object]) -> Store:
    """Return the default graph of a release in memory, thing by thing.

    It is what the graphs of the sorted dataset merge to. Where it is not, as in a
    preview, it is copied from the store as it lies there.
    """
    left_out = [release.manifest.base + name for name in NOT_MERGED]
    store = BulkStore(None)
    with release.dataset.open("rb") as lines:
        store.take_lines(merge_lines(lines, left_out), pause)
    expected = len(whole) - sum(release.graph_sizes.values())
    return store if len(store) == expected else whole.merged(pause)
