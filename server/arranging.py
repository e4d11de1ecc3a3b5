"""Arranges the rows of a result for its page: words for each term, and an order."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from graph.terms import Literal
from server.errors import ParameterValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.terms import Term
    from server.results import Result
    from server.views import Link


@dataclass(frozen=True)
class Cell:
    """A term of a row and its words; both None where nothing is bound."""

    term: Term | None
    link: Link | None

    @property
    def number(self) -> float | None:
        """Return the number that the term is, None if it is none."""
        if not isinstance(self.term, Literal) or not is_number(self.term):
            return None
        return float(self.term.value)


@dataclass(frozen=True)
class Arrangement:
    """Rows in the order asked for: by `column`, downwards if `descending`."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    column: str | None = None
    descending: bool = False

    def turned(self, variable: str) -> str:
        """Return what sorts by a column, the other way round if it is that already."""
        ascending = self.column == variable and not self.descending
        return f"-{variable}" if ascending else variable

    def is_numeric(self, variable: str) -> bool:
        """Tell whether a column holds numbers, and nothing else."""
        place = self.variables.index(variable)
        cells = [row[place] for row in self.rows if row[place].term is not None]
        return bool(cells) and all(cell.number is not None for cell in cells)

    def state(self, variable: str) -> str | None:
        """Return how a column is sorted, in the words of ARIA."""
        if self.column != variable:
            return None
        return "descending" if self.descending else "ascending"


def arrange(
    result: Result, word: Callable[[Term], Link], sort: str | None
) -> Arrangement:
    """Return the rows of a result, sorted by a variable if one is named.

    `word` words a term and leads to it. A `-` before the variable turns the order
    round; what is not bound comes last.
    """
    rows = tuple(
        tuple(Cell(term, word(term) if term else None) for term in row)
        for row in result.rows
    )
    if not sort:
        return Arrangement(result.variables, rows)
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    if column not in result.variables:
        raise ParameterValueError("sort", ", ".join(result.variables) or "–")
    place = result.variables.index(column)
    ordered = _sorted(rows, place, descending=descending)
    return Arrangement(result.variables, ordered, column, descending)


def is_number(term: Literal) -> bool:
    """Tell whether a literal is a number that can be compared with others."""
    if not term.datatype.endswith(("#integer", "#decimal", "#double", "#float")):
        return False
    try:
        return not isnan(float(term.value))
    except ValueError:
        return False


def _sorted(
    rows: Sequence[tuple[Cell, ...]], place: int, *, descending: bool
) -> tuple[tuple[Cell, ...], ...]:
    bound = [row for row in rows if row[place].term is not None]
    unbound = [row for row in rows if row[place].term is None]
    bound.sort(key=lambda row: _key(row[place]), reverse=descending)
    return (*bound, *unbound)


def _key(cell: Cell) -> tuple[bool, float, str]:
    """Return numbers before words, each by its own order: dates by time."""
    number = cell.number
    words = cell.link.text if cell.link else ""
    if isinstance(cell.term, Literal):
        words = cell.term.value
    return number is None, number or 0.0, words.casefold()
