"""Describes the example questions as data: what editors of SPARQL offer their users.

A release holds them in SHACL's terms for queries, where editors look for
examples: see https://github.com/sib-swiss/sparql-examples.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from graph.including import head_comment, include
from graph.namespaces import expand, prefixes, rebase
from graph.paths import QUERIES
from graph.reading import read_text
from graph.terms import Iri, Literal, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.terms import Term

    Fact = tuple[Iri, str, Term]

#: The class and the property of a query, by the word for its form.
FORMS: Final = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
}
_FORM: Final = re.compile(rf"^\s*({'|'.join(FORMS)})\b", re.MULTILINE)
_ANY_URI: Final = "http://www.w3.org/2001/XMLSchema#anyURI"


def describe_examples(base: str, endpoint: str, graph: str) -> Iterator[Statement]:
    """Yield the example questions as executables, and the prefixes they use."""
    for subject, path, value in [
        *_declared(base, graph),
        *_executables(base, endpoint, graph),
    ]:
        yield Statement(subject, Iri(expand(path, base)), value, Iri(graph))


def _declared(base: str, graph: str) -> Iterator[Fact]:
    for prefix, space in prefixes(base).items():
        declared = Iri(f"{graph}#{prefix}")
        yield Iri(graph), "sh:declare", declared
        yield declared, "rdf:type", Iri(expand("sh:PrefixDeclaration"))
        yield declared, "sh:prefix", Literal(prefix)
        yield declared, "sh:namespace", Literal(space, None, _ANY_URI)


def _executables(base: str, endpoint: str, graph: str) -> Iterator[Fact]:
    for file in sorted(QUERIES.glob("*.rq")):
        text = rebase(read_text(file), base)
        asked = Iri(expand(f"vraag:{file.stem}", base))
        found = _FORM.search(text)
        kind, path = FORMS[found[1]] if found else FORMS["SELECT"]
        yield asked, "rdf:type", Iri(expand("sh:SPARQLExecutable"))
        yield asked, "rdf:type", Iri(expand(kind))
        for language, title in head_comment(text).items():
            yield asked, "rdfs:comment", Literal(title, language)
            yield asked, "skos:prefLabel", Literal(title, language)
        yield asked, path, Literal(include(text, base))
        yield asked, "sh:prefixes", Iri(graph)
        yield asked, "schema:target", Iri(endpoint)
