"""The example questions: each a query file whose head says in words what it asks."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from graph.including import head_comment, include
from graph.namespaces import rebase
from graph.parameters import Parameter, bind, read_parameters
from graph.paths import QUERIES
from graph.reading import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graph.terms import Term

WORDS: Final = "words.toml"
_HEAD: Final = re.compile(r"\A(?:#.*\n)*")
_ASKED: Final = re.compile(r"^# asked-(nl|en): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A question in words, by language, and the query that answers it.

    `asked` are the words for values of its parameters, which stand there in braces.
    """

    name: str
    titles: dict[str, str]
    query: str
    base: str
    asked: dict[str, str]
    parameters: tuple[Parameter, ...]

    def ask(self, values: Mapping[str, Term]) -> str:
        """Return the query about these values of its parameters."""
        return bind(self.query, values, self.base) if values else self.query


@dataclass(frozen=True)
class Group:
    """Questions on one subject, and what it is called in each language."""

    titles: Mapping[str, str]
    questions: tuple[Question, ...]


class Questions:
    """The questions of a folder, and the words around them."""

    def __init__(self, base: str, folder: Path = QUERIES) -> None:
        """Read the queries, whose own IRIs start with `base`, and their words."""
        found = [_read(path, base) for path in sorted(folder.glob("*.rq"))]
        self.by_name = {item.name: item for item in found}
        words = folder / WORDS
        self._words = tomllib.loads(read_text(words)) if words.exists() else {}

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Return the questions by subject; what is in no group comes last."""
        groups, left = [], dict(self.by_name)
        for item in self._words.get("groups", ()):
            names = [name for name in item["queries"] if name in left]
            groups.append(Group(item, tuple(left.pop(name) for name in names)))
        other = Group({"nl": "Overige", "en": "Other"}, tuple(left.values()))
        return tuple(group for group in (*groups, other) if group.questions)

    def column(self, variable: str, language: str) -> str:
        """Return what a column is called; its variable where nothing else is known."""
        words: Mapping[str, str] = self._words.get("columns", {}).get(variable, {})
        return words.get(language, variable)


def read_questions(base: str, folder: Path = QUERIES) -> Sequence[Question]:
    """Return the questions of a folder in the order of their names."""
    return list(Questions(base, folder).by_name.values())


def headed(query: str, title: str) -> str:
    """Return a query for who reads it: its head says what it answers, and no more."""
    return f"# {' '.join(title.split())}\n{_HEAD.sub('', query)}"


def _read(path: Path, base: str) -> Question:
    text = rebase(read_text(path), base)
    query = include(text, base, in_lines=True)
    return Question(
        name=path.stem,
        titles=head_comment(text),
        query=query,
        base=base,
        asked={found[1]: found[2] for found in _ASKED.finditer(text)},
        parameters=read_parameters(query, base),
    )
