"""Writes RDF in parts, so that no memory holds an answer of any length.

Oxigraph writes whole documents. Those of the parts are joined to one: what begins and
what ends a document is kept once.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from graph.formats import JSONLD, RDFXML
from graph.store import serialise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graph.formats import Format
    from graph.terms import Statement

#: Statements of one part, which take some megabytes.
PART: Final = 5_000
_HEAD: Final = re.compile(
    rb"\A(?:(?:@prefix [^\n]*\n)+|<\?xml[^>]*>\s*<rdf:RDF[^>]*>\n|\[)"
)
_BETWEEN: Final = {JSONLD: b","}
_TAIL: Final = {JSONLD: b"]", RDFXML: b"</rdf:RDF>"}


def serialise_in_parts(
    statements: Iterable[Statement],
    syntax: Format,
    prefixes: Mapping[str, str],
    size: int = PART,
) -> Iterator[bytes]:
    """Yield statements in an RDF syntax, `size` of them at a time."""
    left, tail = iter(statements), _TAIL.get(syntax, b"")
    first = list(islice(left, size))
    yield serialise(first, syntax, prefixes).removesuffix(tail)
    while part := list(islice(left, size)):
        text = serialise(part, syntax, prefixes).removesuffix(tail)
        yield _BETWEEN.get(syntax, b"") + _HEAD.sub(b"", text, count=1)
    yield tail
