"""Finds faults in the queries of targets, which engines pass over in silence.

An engine refuses such a query, or answers it with nothing: the shape then finds nothing
wrong in anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib.namespace import SH

from graph.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph

#: Words that a target may not use: the engines take a query without them only.
_REFUSED: Final = re.compile(
    r"(?<!\?)\b(GRAPH|VALUES|MINUS|SERVICE|FROM)\b", re.IGNORECASE
)
_STRING: Final = re.compile(r'"[^"]*"')
_PREFIX: Final = re.compile(r"(?<![\w<:/-])([a-z][\w-]*):(?=[\w])")
_DATE: Final = re.compile(r"dcat:(?:start|end)Date \?(\w+)")


def bad_targets(shapes: Graph) -> Iterator[Fault]:
    """Find target queries that an engine refuses or answers wrongly."""
    for target, text in shapes.subject_objects(SH.select):
        query = _STRING.sub("", str(text))
        if found := _REFUSED.search(query):
            yield Fault(
                str(target),
                f"Its query uses {found[0]}, and engines see one graph without it.",
                "Write the query with patterns, OPTIONAL and FILTER only.",
            )
        for name in sorted(set(_DATE.findall(query))):
            if re.search(rf"\?{name} *[<>]|[<>]=? *\?{name}\b", query):
                yield Fault(
                    str(target),
                    f"It compares the date ?{name}, which not every engine can.",
                    f"Compare STR(?{name}).",
                )


def undeclared_prefixes(shapes: Graph) -> Iterator[Fault]:
    """Find prefixes of queries that are not declared: an engine then finds nothing."""
    for target, text in shapes.subject_objects(SH.select):
        declared = {
            str(shapes.value(item, SH.prefix))
            for source in shapes.objects(target, SH.prefixes)
            for item in shapes.objects(source, SH.declare)
        }
        used = set(_PREFIX.findall(_STRING.sub("", str(text))))
        for prefix in sorted(used - declared):
            yield Fault(
                str(target),
                f"Its query uses the prefix {prefix}, which is not declared.",
                "Declare it with sh:declare where sh:prefixes points to.",
            )
