"""What the page of the data's quality shows: what the gate found, and since when."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graph.findings import SEVERITIES
from graph.terms import Iri, from_json
from server.naming import Text
from server.views import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.describing import Describer
    from server.site import Site

#: No more releases than this are compared.
RELEASES: Final = 12


class Rule(NamedTuple):
    """A shape that found something: how often, and how severe it is."""

    severity: str
    shape: Link
    short: str
    found: int
    waived: int


class Finding(NamedTuple):
    """One finding of the gate, in the words of the page."""

    severity: str
    focus: Link
    path: Link | None
    value: Link | None
    message: list[Link]
    mend: list[Link]
    shape: Link
    waiver: Text
    place: str


class Past(NamedTuple):
    """A release and how much of each severity the gate found in it."""

    release: str
    published: str
    counts: dict[str, int]


def rules_of(describer: Describer, report: Mapping[str, Any]) -> list[Rule]:
    """Return the shapes that found something, the most severe first."""
    findings = report.get("findings", [])
    found = Counter((item["severity"], item["shape"]) for item in findings)
    waived = Counter(item["shape"] for item in findings if item["waiver"])
    rules = [
        Rule(
            severity,
            describer.link(Iri(shape)),
            describer.vocabulary.labels.short(Iri(shape)).partition(":")[2],
            count,
            waived[shape],
        )
        for (severity, shape), count in found.items()
    ]
    order = list(SEVERITIES)
    return sorted(rules, key=lambda r: (order.index(r.severity), -r.found, r.short))


def finding_of(describer: Describer, item: Mapping[str, Any]) -> Finding:
    """Return a finding as the page shows it."""
    path, place, focus = item["path"], item["place"], item["focus"]
    value = item["value"] if item["value"] != focus else None
    speak = describer.language
    mend = item["mend"].get(speak)
    return Finding(
        severity=item["severity"],
        focus=describer.link(from_json(focus)),
        path=_path(describer, path),
        value=describer.link(from_json(value)) if value else None,
        message=describer.with_names(item["message"].get(speak, "")),
        mend=describer.with_names(mend) if mend else [],
        shape=describer.link(Iri(item["shape"])),
        waiver=_said(item["waiver"] or "", speak),
        place=f"{place['file']}:{place['line']}" if place else "",
    )


def past_of(site: Site) -> list[Past]:
    """Return what the gate found in the latest releases, the newest first."""
    releases = [r for r in site.history.releases() if r.manifest.validated]
    return [
        Past(
            item.manifest.id,
            item.manifest.published[:10],
            {name: item.report["counts"].get(name, 0) for name in SEVERITIES},
        )
        for item in reversed(releases[-RELEASES:])
    ]


def _said(words: Mapping[str, str] | str, language: str) -> Text:
    """Return words in a language; reports of the first releases have English ones."""
    return Text(words, "en") if isinstance(words, str) else Text(words[language])


def _path(describer: Describer, path: str | None) -> Link | None:
    """Return a property by its name; a longer path as it is written."""
    if not path:
        return None
    if " " in path or not path.startswith("http"):
        return Link(path)
    return describer.term_link(Iri(path))
