"""Parameters of queries: values that a query asks about and that its caller may choose.

The head of a query declares each on a line of its own, with what it is called:
`# parameter: ?body entity rdf:type ovl:ConsultationBody; nl: Tafel; en: Table`. The
values that the query is written with stand in a VALUES block, so that it is whole as it
stands; a chosen value takes their place there. A variable without such a block is free
until a value is chosen. Values are terms, written by the store, and never text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.guarding import without_data
from graph.namespaces import prefixes
from graph.store import Store, term_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.terms import Term

#: What a value may be: a day, a thing of the graph, words, or a whole number.
TYPES: Final = ("date", "entity", "text", "number")
_DECLARED: Final = re.compile(
    r"^# parameter: \?(?P<name>\w+) (?P<type>[a-z]+)"
    r"(?: (?P<property>[\w-]+:\S+) (?P<value>[\w-]+:[^\s;]+))?"
    r"; nl: (?P<nl>[^;\n]+); en: (?P<en>[^;\n]+)$",
    re.MULTILINE,
)
_BLOCK: Final = re.compile(
    r"\bVALUES\s*([?$]\w+|\([^)]*\))\s*\{[^{}]*\}", re.IGNORECASE
)
_FORM: Final = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_WHERE: Final = re.compile(r"\bWHERE\b", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"[?$](\w+)")


@dataclass(frozen=True)
class Parameter:
    """A value that a query asks about.

    `within` are the property and the value that each choice has, as prefixed names;
    `defaults` what the query itself asks about, empty where it asks about anything.
    """

    name: str
    type: str
    labels: Mapping[str, str]
    within: tuple[str, str] | None
    defaults: tuple[Term, ...]


class Block(NamedTuple):
    """A VALUES block: where it stands in a query, and its variables."""

    start: int
    end: int
    names: tuple[str, ...]


def read_parameters(query: str, base: str) -> tuple[Parameter, ...]:
    """Return the parameters that the head of a query declares, in its order."""
    return tuple(
        Parameter(
            name=found["name"],
            type=found["type"],
            labels={"nl": found["nl"].strip(), "en": found["en"].strip()},
            within=(found["property"], found["value"]) if found["property"] else None,
            defaults=_defaults(query, found["name"], base),
        )
        for found in _DECLARED.finditer(query)
    )


def bind(query: str, values: Mapping[str, Term], base: str) -> str:
    """Return a query that asks about these values of its variables.

    A value takes the place of those in the VALUES block of its variable; where there is
    none, it is bound where the patterns of the query begin.
    """
    for block in reversed(_blocks(query)):
        if values.keys() & set(block.names):
            rows = [row | dict(values) for row in _rows(query, block, base)]
            written = _written(block.names, rows)
            query = query[: block.start] + written + query[block.end :]
    known = {name for block in _blocks(query) for name in block.names}
    free = {name: term for name, term in values.items() if name not in known}
    start = _start_of_patterns(query)
    bound = "".join(" " + _written((name,), [free]) for name in free)
    return query[:start] + bound + query[start:]


def counting(query: str) -> str:
    """Return a query that counts the solutions of another, as `?total`."""
    start = _start_of_form(query)
    return (
        f"{query[:start]}SELECT (COUNT(*) AS ?total) WHERE {{ {{ {query[start:]}\n}} }}"
    )


def asks_about(query: str, name: str) -> bool:
    """Tell whether a query has a variable of that name."""
    return re.search(rf"[?$]{name}\b", without_data(query)) is not None


def _blocks(query: str) -> list[Block]:
    return [
        Block(found.start(), found.end(), tuple(_VARIABLE.findall(found[1])))
        for found in _BLOCK.finditer(without_data(query))
    ]


def _rows(query: str, block: Block, base: str) -> list[dict[str, Term]]:
    """Return the rows of a block, read by the engine that will read the query."""
    head = "".join(f"PREFIX {name}: <{iri}> " for name, iri in prefixes(base).items())
    text = f"{head}SELECT * {{ {query[block.start : block.end]} }}"
    return Store.in_memory().select(text)


def _written(names: tuple[str, ...], rows: Iterable[Mapping[str, Term]]) -> str:
    """Return a VALUES block, each of its rows once."""
    lines = (
        " ".join(term_text(row[name]) if name in row else "UNDEF" for name in names)
        for row in rows
    )
    head = " ".join(f"?{name}" for name in names)
    return f"VALUES ({head}) {{ {' '.join(f'({x})' for x in dict.fromkeys(lines))} }}"


def _defaults(query: str, name: str, base: str) -> tuple[Term, ...]:
    rows = (
        row
        for block in _blocks(query)
        if name in block.names
        for row in _rows(query, block, base)
    )
    return tuple(dict.fromkeys(row[name] for row in rows if name in row))


def _start_of_form(query: str) -> int:
    found = _FORM.search(without_data(query))
    return found.start() if found else 0


def _start_of_patterns(query: str) -> int:
    bare = without_data(query)
    where = _WHERE.search(bare)
    return bare.find("{", where.start() if where else 0) + 1
