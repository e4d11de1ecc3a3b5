"""Writes a valid graph of this domain of any size, as N-Quads.

The graph is a row of tables of consultation, each with its organisations, offices,
persons, memberships, seats, meetings, agreements, commitments, statements and
documents. Each document is a source graph with its entry in the register, and repeats
part of what others state. Nothing is kept but one table, so any size fits in memory;
the same size, error rate and seed give the same bytes.
"""

from __future__ import annotations

import random
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.defects import break_some
from benchmarks.sources import Document, Thing, iri, labels, term
from benchmarks.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

REGISTER: Final = term("graph:")[:-1] + "register>"


def lines(quads: int, errors: float = 0, seed: int = 1) -> Iterator[str]:
    """Yield lines of N-Quads, in whole documents: `quads` less a document at most."""
    left = quads
    for block in _blocks(errors, seed):
        left -= len(block)
        if left < 0:
            return
        yield from block


def _blocks(errors: float, seed: int) -> Iterator[list[str]]:
    """Yield the lines of the register's head, then those of each table."""
    yield [line for thing in _head() for line in _quads(thing, REGISTER)]
    for number in count(1):
        chance = random.Random(f"{seed}/{number}/errors")  # noqa: S311  no secret
        for document in Table(number, seed).documents():
            yield _document(document, errors, chance)


def _document(document: Document, errors: float, chance: random.Random) -> list[str]:
    graph = iri("bron", document.name)
    entry = list(_quads(document.register(), REGISTER))
    for thing in break_some(document.things, errors, chance):
        entry += _quads(thing, graph)
    return entry


def _quads(thing: Thing, graph: str) -> list[str]:
    node = thing.node
    return [f"{node} {name} {value} {graph} .\n" for name, value in thing.facts]


def _head() -> list[Thing]:
    """Return who generated the graph, and when."""
    actor, run = iri("actor", "generator"), iri("bewerking", "gegenereerd")
    facts = {
        actor: (
            ("rdf:type", term("prov:SoftwareAgent")),
            *labels("Generator", "Generator"),
        ),
        run: (
            ("rdf:type", term("prov:Activity")),
            *labels("Gegenereerd", "Generated"),
            ("prov:wasAssociatedWith", actor),
        ),
    }
    return [
        Thing(node, [(term(name), value) for name, value in stated])
        for node, stated in facts.items()
    ]


def write(out: TextIO, quads: int, errors: float = 0, seed: int = 1) -> None:
    """Write a graph to an open file."""
    out.writelines(lines(quads, errors, seed))


@click.command()
@click.option("--quads", type=click.IntRange(min=1000), required=True)
@click.option(
    "--errors",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Share of the things that have a defect.",
)
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def main(quads: int, errors: float, seed: int, out: Path) -> None:
    """Write a graph of this domain with at most that many quads."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        write(file, quads, errors, seed)


if __name__ == "__main__":
    main()
