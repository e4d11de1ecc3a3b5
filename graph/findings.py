"""What the gate finds: findings with their words and places, and the report of them.

Plain values, which the pages about quality read without any SHACL engine. See
https://www.w3.org/TR/shacl/#validation-report.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graph.terms import as_json

if TYPE_CHECKING:
    from collections.abc import Collection

    from graph.comparing import Difference
    from graph.engines import Result
    from graph.locating import Place
    from graph.terms import Term
    from graph.waiving import Waiver

#: Severities from grave to light; only the first stops a build.
SEVERITIES: Final = ("Violation", "Warning", "Info")
LANGUAGES: Final = ("nl", "en")


class Finding(NamedTuple):
    """What a shape finds wrong with a node, in words and with its place.

    `messages` and `mends` are by language; a mend is empty where the message already
    says how. `place` is None for a node that no file describes, such as a derived one.
    `waiver` is why a warning may stay, by language.
    """

    severity: str
    shape: str
    component: str
    focus: Term
    path: str | None
    value: Term | None
    messages: dict[str, str]
    mends: dict[str, str]
    place: Place | None
    waiver: dict[str, str] | None = None


@dataclass(frozen=True)
class Report:
    """The findings of one validation, gravest first, and the engine that made them.

    `note` says what a reader must know of how they were made, such as a fallback.
    `differences` are those between two engines, `stale` the waivers of nothing.
    """

    findings: tuple[Finding, ...]
    engine: str
    note: str | None = None
    differences: tuple[Difference, ...] = ()
    stale: tuple[Waiver, ...] = ()

    @property
    def conforms(self) -> bool:
        """Tell whether nothing of any severity was found, as SHACL defines it."""
        return not self.findings

    @property
    def violations(self) -> int:
        """Return the number of findings that stop a build."""
        return self.count("Violation")

    @property
    def unwaived(self) -> int:
        """Return the number of warnings for which nobody gave a reason."""
        return sum(
            item.severity == "Warning" and not item.waiver for item in self.findings
        )

    @property
    def passes(self) -> bool:
        """Tell whether nothing is left that somebody must look at."""
        return not (self.violations or self.unwaived or self.differences or self.stale)

    def count(self, severity: str) -> int:
        """Return the number of findings of one severity."""
        return sum(item.severity == severity for item in self.findings)

    def about(self, subjects: Collection[str]) -> Report:
        """Return the report on some nodes only."""
        return replace(
            self,
            findings=tuple(
                item for item in self.findings if item.focus.value in subjects
            ),
            differences=tuple(
                item for item in self.differences if item.result.focus.value in subjects
            ),
            stale=tuple(item for item in self.stale if item.node in subjects),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values; a place names its file without folder."""
        return {
            "conforms": self.conforms,
            "engine": self.engine,
            "note": self.note,
            "counts": {name: self.count(name) for name in SEVERITIES},
            "unwaived": self.unwaived,
            "findings": [_finding_as_json(item) for item in self.findings],
            "differences": [
                {"engine": item.engine} | _result_as_json(item.result)
                for item in self.differences
            ],
            "stale": [item.as_json() for item in self.stale],
        }


def _finding_as_json(item: Finding) -> dict[str, Any]:
    place = (
        {"file": item.place.path.name, "line": item.place.line} if item.place else None
    )
    return _result_as_json(item) | {
        "message": item.messages,
        "mend": item.mends,
        "place": place,
        "waiver": item.waiver,
    }


def _result_as_json(item: Finding | Result) -> dict[str, Any]:
    return {
        "severity": item.severity.rpartition("#")[2],
        "shape": item.shape,
        "component": item.component,
        "focus": as_json(item.focus),
        "path": item.path,
        "value": None if item.value is None else as_json(item.value),
    }
