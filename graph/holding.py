"""Holds the merged graph of a release in memory, and asks on disk what names graphs.

A query without `GRAPH` or `FROM` sees the default graph alone. In memory, Oxigraph
finds quads by lists that run through all graphs, so the statements that each source
makes would lie between those of the merged graph: it is faster without them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

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
        """Open the folder and read its default graph; OSError if it is no store.

        `pause` is called now and then while it is read.
        """
        self._whole = Store.read_only(path)
        self._merged = self._whole.merged(pause)

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
