"""The example questions: each a query file whose head says in words what it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graph.deriving import head_comment
from graph.including import include
from graph.namespaces import rebase
from graph.paths import QUERIES
from graph.reading import read_text

if TYPE_CHECKING:
    from pathlib import Path


class Question(NamedTuple):
    """A question in words, by language, and the query that answers it."""

    name: str
    titles: dict[str, str]
    query: str


def read_questions(base: str, folder: Path = QUERIES) -> list[Question]:
    """Return the questions of a folder in the order of their names."""
    return [_read(path, base) for path in sorted(folder.glob("*.rq"))]


def _read(path: Path, base: str) -> Question:
    text = rebase(read_text(path), base)
    return Question(path.stem, head_comment(text), include(text, base))
