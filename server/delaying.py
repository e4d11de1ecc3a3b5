"""Tells how long after the term of what was agreed or promised a document came.

Only where both days are known exactly: `dcterms:date` is derived for such days alone.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from graph.terms import Term
    from server.naming import Labels

_EXACTLY: Final = "precisie-dag"


def days_late(labels: Labels, thing: Term, document: Term) -> int:
    """Return how many days after a thing's term a document came; 0 if not known."""
    due = {_end(labels, period) for period in _values(labels, thing, "ovl:due")}
    came = {day.value for day in _values(labels, document, "dcterms:date")}
    if len(due) != 1 or len(came) != 1:
        return 0
    return max(0, _days(due.pop(), came.pop()))


def _end(labels: Labels, period: Term) -> str:
    """Return the last day of a period, nothing where it is not known to the day."""
    precision = _values(labels, period, "ovl:endPrecision")
    exact = all(item.value.endswith(_EXACTLY) for item in precision)
    days = sorted(day.value for day in _values(labels, period, "dcat:endDate"))
    return days[0] if exact and days else ""


def _days(start: str, end: str) -> int:
    try:
        return (date.fromisoformat(end) - date.fromisoformat(start)).days
    except ValueError:
        return 0


def _values(labels: Labels, subject: Term, path: str) -> set[Term]:
    found = labels.store.statements(subject, labels.name(path), None, None)
    return {item.object for item in found}
