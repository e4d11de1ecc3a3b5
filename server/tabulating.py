"""Shows things as rows of tables: their cells, and once what all rows have alike.

Which classes have which columns stands in `server.folding`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from server.folding import fold_of
from server.marking import in_order
from server.views import Link, Row, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.terms import Iri
    from server.describing import Describer
    from server.folding import Column
    from server.views import Source

    #: What is not sure about things: of each, words that may lead to more of it.
    Notes = Mapping[Iri, tuple[Link, ...]]

_NO_NOTES: Final[Notes] = MappingProxyType({})


class Brief(NamedTuple):
    """One thing on a few lines: its columns with their cells, and its sources."""

    pairs: tuple[tuple[Link, tuple[Value, ...]], ...]
    sources: tuple[Source, ...]


class Scope(NamedTuple):
    """What a table leaves out: the thing it is about, and graphs not looked at.

    `notes` say of things what is not sure about them.
    """

    about: Iri | None
    within: set[Iri] | None
    notes: Notes


def tables_of(
    describer: Describer,
    things: Iterable[Iri],
    about: Iri | None = None,
    within: set[Iri] | None = None,
    notes: Notes = _NO_NOTES,
) -> tuple[Table, ...]:
    """Return things side by side, a table for each class, in the order they come.

    The thing that they are all `about` is left out, and so is what no graph `within`
    says; None is every graph.
    """
    classes: dict[Iri | None, list[Iri]] = defaultdict(list)
    for thing in things:
        classes[next(iter(describer.classes(thing)), None)].append(thing)
    scope = Scope(about, within, notes)
    return tuple(_table(describer, members, scope) for members in classes.values())


def brief_of(describer: Describer, thing: Iri) -> Brief:
    """Return a thing by what a table would have told of it."""
    (table,) = tables_of(describer, [thing])
    (row,) = table.rows
    return Brief(tuple(zip(table.columns, row.cells, strict=True)), row.sources)


def links_of(describer: Describer, thing: Iri, path: str) -> tuple[Link, ...]:
    """Return the values of a property of a thing, without who says so."""
    name = describer.name(path)
    found = describer.values(thing, name, describer.outgoing(thing)[name])
    return tuple(value.link for value in _in_language(found))


def without(
    tables: Iterable[Table], told: Sequence[tuple[Link, ...]]
) -> tuple[Table, ...]:
    """Return tables that do not say again for all rows what was told already."""
    return tuple(
        replace(
            table,
            shared=tuple(
                (name, cell)
                for name, cell in table.shared
                if tuple(value.link for value in cell) not in told
            ),
        )
        for table in tables
    )


def _table(describer: Describer, things: Sequence[Iri], scope: Scope) -> Table:
    fold = fold_of(describer, things[0])
    found = [_cells(describer, thing, fold.columns, scope) for thing in things]
    used = [i for i in range(len(fold.columns)) if any(cells[i] for cells in found)]
    rows = tuple(
        _row(describer, thing, tuple(cells[i] for i in used), scope)
        for thing, cells in zip(things, found, strict=True)
    )
    names = tuple(_heading(describer, things, fold.columns[i]) for i in used)
    kind = next(iter(describer.kinds(things[0])), Link(""))
    return _with_shared(Table(kind, names, rows, fold.named or not used))


def _with_shared(table: Table) -> Table:
    """Return a table in which what all rows have alike stands above them, once.

    The first column stays where it is what a row is called.
    """
    first = 0 if table.named else 1
    alike = [
        n
        for n in range(first, len(table.columns))
        if len(table.rows) > 1
        and len({_words(row.cells[n]) for row in table.rows}) == 1
    ]
    kept = [n for n in range(len(table.columns)) if n not in alike]
    said = {row.sources for row in table.rows}
    return replace(
        table,
        columns=tuple(table.columns[n] for n in kept),
        rows=tuple(
            replace(row, cells=tuple(row.cells[n] for n in kept)) for row in table.rows
        ),
        shared=tuple((table.columns[n], table.rows[0].cells[n]) for n in alike),
        sources=said.pop() if len(said) == 1 and len(table.rows) > 1 else (),
    )


def _words(cell: tuple[Value, ...]) -> tuple[tuple[Link, str], ...]:
    """Return what a cell says, whoever says so."""
    return tuple((value.link, value.note) for value in cell)


def _cells(
    describer: Describer, thing: Iri, columns: Sequence[Column], scope: Scope
) -> list[tuple[Value, ...]]:
    outgoing = describer.outgoing(thing, scope.within)

    def values(path: str) -> tuple[Value, ...]:
        if path.startswith("^"):
            return describer.pointing(thing, describer.name(path[1:]), scope.within)
        name = describer.name(path)
        return describer.values(thing, name, outgoing[name])

    def cell(column: Column) -> tuple[Value, ...]:
        found = [_in_language(values(path)) for path in column.paths]
        counted = [next(filter(None, found), ())] if column.first else found
        about = scope.about.value if scope.about else ""
        return tuple(v for some in counted for v in some if v.link.iri != about)

    return [cell(column) for column in columns]


def _in_language(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return texts in the language of the page alone, where there are any."""
    texts = [value.link for value in values if value.link.iri is None]
    if all(link.language for link in texts):
        return values
    return tuple(v for v in values if v.link.iri or not v.link.language)


def _row(
    describer: Describer,
    thing: Iri,
    cells: tuple[tuple[Value, ...], ...],
    scope: Scope,
) -> Row:
    said = {source for cell in cells for value in cell for source in value.sources}
    sources = said or set(describer.sources_of_thing(thing, scope.within))
    notes = scope.notes.get(thing, ())
    return Row(describer.link(thing), cells, in_order(sources), notes)


def _heading(describer: Describer, things: Sequence[Iri], column: Column) -> Link:
    if column.name:
        return Link(describer.text(f"columns.{column.name}"))
    path = describer.name(column.paths[0])
    return describer.property_link(describer.classes(things[0]), path)
