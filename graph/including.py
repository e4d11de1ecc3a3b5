"""Reusable parts of queries: `# include: holder-at` becomes the patterns it names.

A fragment is a file of patterns whose head lists the variables it is given and those
it gives. A query includes it on a line of its own and may bind these variables to its
own: `# include: period-at ?period=?since ?holds=?known`. Every other variable of the
fragment gets a name of its own, so that a query may include one twice. To anyone who
does not include, the line is a comment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from graph.errors import DateNotAskedError, UnknownFragmentError
from graph.namespaces import DEFAULT_BASE, rebase
from graph.parameters import asks_about, bind
from graph.paths import FRAGMENTS
from graph.reading import read_text
from graph.terms import Literal

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

#: Fragments may include fragments, but not so deep that one could include itself.
DEPTH: Final = 4
_INCLUDE: Final = re.compile(
    r"^(?P<indent>[ \t]*)# include: (?P<name>[a-z]+(?:-[a-z]+)*)"
    r"(?P<bound>(?:[ \t]+\?\w+=\?\w+)*)[ \t]*$",
    re.MULTILINE,
)
_HEAD: Final = re.compile(r"^# (given|gives):(.*)$", re.MULTILINE)
_COMMENT: Final = re.compile(r"^[ \t]*#(?! include: ).*\n?", re.MULTILINE)
_PREFIX: Final = re.compile(
    r"^PREFIX[ \t]+([\w-]*:)[ \t]*(<[^>]*>)[ \t]*\n", re.MULTILINE
)
_VARIABLE: Final = re.compile(r"[?$](\w+)")
_XSD_DATE: Final = "http://www.w3.org/2001/XMLSchema#date"


def fragments() -> list[Path]:
    """Return the files of the fragments."""
    return sorted(FRAGMENTS.glob("*.rq"))


def head_comment(text: str) -> dict[str, str]:
    """Return the `# nl: …` and `# en: …` lines at the head of a query, by language."""
    titles: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        language, mark, title = line.lstrip("# ").partition(":")
        if mark and language in {"nl", "en"}:
            titles[language] = title.strip()
    return titles


def include(query: str, base: str = DEFAULT_BASE, *, in_lines: bool = False) -> str:
    """Return a query with each fragment it includes written out in its place.

    A fragment takes one line, so that places in the query keep their line; `in_lines`
    keeps its own lines and indents, for who reads the query. Raises
    UnknownFragmentError for a name that no fragment has.
    """
    count = 0
    needed: dict[str, str] = {}

    def write(found: re.Match[str], depth: int = 0) -> str:
        nonlocal count
        count += 1
        text = _fragment(found["name"], base, depth)
        needed.update(_PREFIX.findall(text))
        public = {name for _, names in _HEAD.findall(text) for name in names.split()}
        names = {name: name for name in public}
        names |= dict(pair.split("=") for pair in found["bound"].split())
        number = count

        def rename(variable: re.Match[str]) -> str:
            own = f"?{variable[1]}"
            return str(names.get(own, f"{own}_{number}"))

        patterns = _COMMENT.sub("", _PREFIX.sub("", text))
        whole = _INCLUDE.sub(lambda inner: write(inner, depth + 1), patterns)
        whole = _VARIABLE.sub(rename, whole)
        return _laid_out(whole, found["indent"] if in_lines else None)

    written = _INCLUDE.sub(write, query)
    declared = dict(_PREFIX.findall(query))
    missing = {name: iri for name, iri in needed.items() if name not in declared}
    end = "\n" if in_lines else " "
    head = "".join(f"PREFIX {name} {iri}{end}" for name, iri in sorted(missing.items()))
    comment = re.match(r"(?:[ \t]*(?:#.*)?\n)*", written)
    start = comment.end() if comment else 0
    return written[:start] + head + written[start:]


def ask_on(query: str, day: date, base: str = DEFAULT_BASE) -> str:
    """Return a query in which `?at` is a day, whatever days it was written with.

    Raises DateNotAskedError if the query has no `?at`.
    """
    if not asks_about(query, "at"):
        raise DateNotAskedError
    return bind(query, {"at": Literal(day.isoformat(), None, _XSD_DATE)}, base)


def _laid_out(patterns: str, indent: str | None) -> str:
    """Return patterns as lines with an indent before each; without one as one line."""
    lines = [line for line in patterns.splitlines() if line.strip()]
    if indent is None:
        return " ".join(line.strip() for line in lines)
    return "\n".join(indent + line for line in lines)


def _fragment(name: str, base: str, depth: int) -> str:
    path = FRAGMENTS / f"{name}.rq"
    if depth >= DEPTH or path not in fragments():
        raise UnknownFragmentError(name, [item.stem for item in fragments()])
    return rebase(read_text(path), base)
