"""Writes solutions as RDF, in the vocabulary that W3C's tests of SPARQL write them in.

See https://www.w3.org/2001/sw/DataAccess/tests/result-set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.store import serialise
from graph.terms import BlankNode, Iri, Literal, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.formats import Format
    from graph.terms import Term
    from server.results import Result

SPACE: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_TYPE: Final = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#integer"


def solutions_as_rdf(result: Result, syntax: Format, first: int = 1) -> bytes:
    """Return solutions in an RDF syntax, numbered from `first`."""
    facts = (
        Statement(subject, predicate, value)
        for subject, predicate, value in _facts(result, first)
    )
    return serialise(facts, syntax, {"rs": SPACE})


def _facts(result: Result, first: int) -> Iterator[tuple[Term, Iri, Term]]:
    whole = BlankNode("results")
    yield whole, _TYPE, Iri(f"{SPACE}ResultSet")
    for name in result.variables:
        yield whole, Iri(f"{SPACE}resultVariable"), Literal(name)
    for number, row in enumerate(result.rows, start=first):
        solution = BlankNode(f"solution{number}")
        yield whole, Iri(f"{SPACE}solution"), solution
        yield solution, Iri(f"{SPACE}index"), Literal(str(number), None, _INTEGER)
        for name, term in zip(result.variables, row, strict=True):
            if term is not None:
                binding = BlankNode(f"binding{number}{name}")
                yield solution, Iri(f"{SPACE}binding"), binding
                yield binding, Iri(f"{SPACE}variable"), Literal(name)
                yield binding, Iri(f"{SPACE}value"), term
