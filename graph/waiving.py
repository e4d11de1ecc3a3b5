"""Waivers: why a warning may stay, who looked at it being the history of the file.

A warning is a gap that somebody must look at. Once looked at, `graph/waivers.toml` says
why it stays. A waiver without its warning is stale, and is told, so the file only holds
what is so.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.errors import WaiversError
from graph.findings import LANGUAGES
from graph.namespaces import DEFAULT_BASE, expand
from graph.paths import WAIVERS
from graph.reading import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graph.findings import Finding, Report


class Waiver(NamedTuple):
    """Why the warning of a shape about a node may stay, by language, and since when."""

    shape: str
    node: str
    reason: dict[str, str]
    date: date

    def as_json(self) -> dict[str, object]:
        """Return the waiver as plain values."""
        return self._asdict() | {"date": self.date.isoformat()}


def read_waivers(base: str = DEFAULT_BASE, path: Path = WAIVERS) -> list[Waiver]:
    """Return the waivers of a file; WaiversError if it is not as it must be."""
    try:
        tables = tomllib.loads(read_text(path))["waiver"]
        return [_waiver(table, base) for table in tables]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise WaiversError(path, f"{type(error).__name__}: {error}") from None


def _waiver(table: dict[str, Any], base: str) -> Waiver:
    reasons = table["reason"]
    if not isinstance(table["date"], date) or not all(
        reasons[tag].strip() for tag in LANGUAGES
    ):
        raise ValueError(f"{table['node']} has no date or no reason")
    waiver = Waiver(**table)
    return waiver._replace(
        shape=expand(waiver.shape, base), node=expand(waiver.node, base)
    )


def waive(report: Report, waivers: Iterable[Waiver], *, whole: bool = True) -> Report:
    """Give warnings their waivers, and tell which waivers are stale.

    Where the report is not on the `whole` graph of the checkout, none can be told.
    """
    known = {(item.shape, item.node): item for item in waivers}
    findings = tuple(_waived(item, known) for item in report.findings)
    used = {(item.shape, item.focus.value) for item in findings if item.waiver}
    stale = tuple(item for key, item in known.items() if key not in used)
    return replace(report, findings=findings, stale=stale if whole else ())


def _waived(item: Finding, known: dict[tuple[str, str], Waiver]) -> Finding:
    waiver = known.get((item.shape, item.focus.value))
    if item.severity != "Warning" or waiver is None:
        return item
    return item._replace(waiver=waiver.reason)
