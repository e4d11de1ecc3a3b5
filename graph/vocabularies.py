"""Finds terms that no vocabulary has, so that a slip of the pen is not a new term.

A misspelt class would take a thing out of the reach of every shape. The lists of the
terms that exist lie in `ontology/vocabularies/`; those of the project's own ontology
are the ones it describes.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final

from graph.errors import UnknownTermError
from graph.formats import NQUADS, NTRIPLES
from graph.namespaces import DEFAULT_BASE, FOREIGN, OWN
from graph.paths import ONTOLOGY, VOCABULARIES
from graph.reading import format_of, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_OWN: Final = DEFAULT_BASE + OWN["ovl"]
#: What is no term: comments and the text of literals. IRIs stay.
_TEXT: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|(?P<iri><[^<>\s]*>)"
    r"|#[^\n]*",
    re.DOTALL,
)
_PREFIX: Final = re.compile(r"prefix\s+([\w-]*):\s*<([^<>\s]*)>", re.IGNORECASE)
_NAMED: Final = re.compile(r"<([^<>\s]*)>|(?<![\w.-])([\w-]*):(\w(?:[\w.-]*[\w-])?)")
#: Syntaxes of one statement a line, whose files may be of any size.
_ENDLESS: Final = (NQUADS, NTRIPLES)


@cache
def known_terms() -> dict[str, frozenset[str]]:
    """Return the terms that exist, by their namespace."""
    lines = [
        line
        for path in sorted(VOCABULARIES.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    found = {
        space: frozenset(line for line in lines if line.startswith(space))
        for space in FOREIGN.values()
    }
    ontology = (ONTOLOGY / "overleg.ttl").read_text(encoding="utf-8")
    own = re.findall(r"^ovl:([\w-]+)$", ontology, re.MULTILINE)
    return found | {_OWN: frozenset(_OWN + name for name in own)}


def check_terms(paths: Iterable[Path]) -> None:
    """Raise UnknownTermError at the first term of these files that does not exist.

    Files of one statement a line are passed over: they come from programs, and may be
    larger than memory.
    """
    for path in paths:
        if format_of(path) in _ENDLESS:
            continue
        for line, iri in unknown_terms(read_text(path)):
            space = _space_of(iri) or ""
            near = get_close_matches(iri, known_terms()[space], 1)
            raise UnknownTermError(path, line, iri, near[0] if near else None)


def unknown_terms(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the IRI of what lies in a known namespace and is no term."""
    bare = _TEXT.sub(lambda m: m["iri"] or "\n" * m[0].count("\n"), text)
    spaces = dict(_PREFIX.findall(bare))
    for found in _NAMED.finditer(bare):
        iri = found[1] or spaces.get(found[2], "") + (found[3] or "")
        space = _space_of(iri)
        if space and iri != space and iri not in known_terms()[space]:
            yield bare.count("\n", 0, found.start()) + 1, iri


def _space_of(iri: str) -> str | None:
    """Return the namespace of which an IRI would have to be a term, None if of none."""
    return next((space for space in known_terms() if iri.startswith(space)), None)
