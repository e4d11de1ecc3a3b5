"""Writes a citation for reference managers: CSL-JSON, BibTeX and RIS.

See https://docs.citationstyles.org/en/stable/specification.html,
https://ctan.org/pkg/bibtex and https://en.wikipedia.org/wiki/RIS_(file_format).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from server.negotiation import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.citations import Citation

NAME: Final = "Regietafel"
CSL: Final = Markup(
    "csl",
    "CSL-JSON",
    "application/vnd.citationstyles.csl+json",
    "json",
    ("application/json",),
)
BIBTEX: Final = Markup("bibtex", "BibTeX", "application/x-bibtex", "bib")
RIS: Final = Markup("ris", "RIS", "application/x-research-info-systems", "ris")
#: What BibTeX takes for a command, and how it is written to be itself.
_ESCAPED: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {mark: f"\\{mark}" for mark in "{}%$&#_"}


def as_csl(citation: Citation, title: str, address: str) -> str:
    """Return a citation as CSL-JSON."""
    item: dict[str, Any] = {
        "id": f"regietafel-{citation.id}",
        "type": "dataset",
        "title": title,
        "author": [{"literal": NAME}],
        "publisher": NAME,
        "issued": {"date-parts": [_parts(citation.day)]},
        "accessed": {"date-parts": [_parts(citation.moment)]},
        "version": citation.release,
        "URL": address,
        "note": _note(citation),
    }
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


def as_bibtex(citation: Citation, title: str, address: str) -> str:
    """Return a citation as an entry of BibTeX."""
    fields = {
        "title": f"{{{_escaped(title)}}}",
        "author": f"{{{NAME}}}",
        "year": str(citation.day.year),
        "version": citation.release,
        "url": address,
        "urldate": f"{citation.moment:%Y-%m-%d}",
        "note": _escaped(_note(citation)),
    }
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{regietafel-{citation.id},\n" + ",\n".join(lines) + "\n}\n"


def as_ris(citation: Citation, title: str, address: str) -> str:
    """Return a citation as a record of RIS."""
    fields = (
        ("TY", "DATA"),
        ("TI", " ".join(title.split())),
        ("AU", NAME),
        ("PB", NAME),
        ("PY", str(citation.day.year)),
        ("DA", f"{citation.day:%Y/%m/%d}"),
        ("Y2", f"{citation.moment:%Y/%m/%d}"),
        ("ET", citation.release),
        ("UR", address),
        ("N1", _note(citation)),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {text}\r\n" for tag, text in fields)


WRITERS: Final[dict[Markup, Callable[[Citation, str, str], str]]] = {
    CSL: as_csl,
    BIBTEX: as_bibtex,
    RIS: as_ris,
}


def _parts(moment: Any) -> list[int]:  # noqa: ANN401  a date or a datetime
    return [moment.year, moment.month, moment.day]


def _note(citation: Citation) -> str:
    return f"SHA-256 of the answer: {citation.digest}"


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(mark, mark) for mark in " ".join(text.split()))
