"""Compares what two engines find, so that a disagreement is seen and looked into.

What is compared is the set of results: severity, shape, component, focus node, path and
value. Language tags are compared in lower case, and blank nodes by their being blank,
because each engine names them for itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.terms import BlankNode, Literal, Term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.engines import Result

_BLANK: Final = BlankNode("")


class Difference(NamedTuple):
    """A result that only one of two engines gives, with that engine's name."""

    engine: str
    result: Result


def differences(
    one: tuple[str, Iterable[Result]], other: tuple[str, Iterable[Result]]
) -> tuple[Difference, ...]:
    """Return the results that only one of two named engines gives, sorted."""
    first, second = (set(map(alike, results)) for _, results in (one, other))
    only = [(one[0], first - second), (other[0], second - first)]
    return tuple(
        Difference(name, result)
        for name, results in only
        for result in sorted(results, key=str)
    )


def alike(result: Result) -> Result:
    """Return a result in the form in which it equals that of another engine."""
    value = None if result.value is None else _alike(result.value)
    return result._replace(focus=_alike(result.focus), value=value)


def _alike(term: Term) -> Term:
    if isinstance(term, BlankNode):
        return _BLANK
    if isinstance(term, Literal) and term.language:
        return replace(term, language=term.language.lower())
    return term
