"""The tables of a release: CSV files for those who ask no queries.

Each is a file in `graph/tables/`: a SELECT whose variables are the columns, with the
source of each row among them. A new table needs no Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.formats import CSV
from graph.namespaces import rebase
from graph.paths import TABLES
from graph.reading import read_text

if TYPE_CHECKING:
    from pathlib import Path

    from graph.store import Store


def write_tables(store: Store, folder: Path, base: str) -> None:
    """Write every table into a folder, each under the name of its query."""
    for query in sorted(TABLES.glob("*.rq")):
        text = rebase(read_text(query), base)
        answer = store.answer(text, {"solutions": CSV, "graph": None})
        with (folder / f"{query.stem}.csv").open("wb") as out:
            answer.write(out)
