"""The words of the pages, read from `texts.toml`: every text in every language."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATH: Final = Path(__file__).parent / "texts.toml"


class Texts:
    """Texts by a dotted key such as `home.title`, each in every language."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        """Keep the texts by key and language."""
        self._texts = texts

    @classmethod
    def read(cls, path: Path = PATH) -> Texts:
        """Read the texts of a TOML file."""
        return cls(dict(_flatten(tomllib.loads(path.read_text(encoding="utf-8")))))

    def __iter__(self) -> Iterator[str]:
        """Yield the keys in the order of the file."""
        return iter(self._texts)

    def __contains__(self, key: str) -> bool:
        """Tell whether there is a text of that key."""
        return key in self._texts

    def languages(self, key: str) -> Mapping[str, str]:
        """Return a text in each of its languages."""
        return self._texts[key]

    def text(self, key: str, language: str, **values: object) -> str:
        """Return a text with its blanks filled in; KeyError if there is none."""
        found = {name: _written(value, language) for name, value in values.items()}
        return self._texts[key][language].format(**found)

    def counted(self, key: str, language: str, count: int) -> str:
        """Return the text for one or for several, with the count filled in."""
        form = "one" if count == 1 else "many"
        return self.text(f"{key}.{form}", language, count=number(count, language))


def number(value: int, language: str) -> str:
    """Return a whole number with the thousands marked as a language does."""
    mark = {"nl": ".", "en": ","}[language]
    return f"{value:,}".replace(",", mark)


def _written(value: object, language: str) -> object:
    """Return a broken number with the point or comma of a language."""
    if isinstance(value, float):
        return format_decimal(value, "0.###", locale=language)
    return value


def _flatten(
    table: Mapping[str, Any], start: str = ""
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every table that holds texts, with its dotted key."""
    if table and all(isinstance(value, str) for value in table.values()):
        yield start, dict(table)
        return
    for name, inner in table.items():
        yield from _flatten(inner, f"{start}.{name}" if start else name)
