"""What changed between two releases, entity by entity.

Both datasets are sorted N-Quads, so one pass over the two finds every difference in
memory that does not grow with them. Blank nodes are compared by the names that RDFC-1.0
gives them, which may shift when others come or go.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.namespaces import shorten
from graph.store import parse_quads
from graph.terms import Iri, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from graph.terms import Statement

    Label = Callable[[str], str | None]

#: What became of an entity, by whether each release describes it.
STATES: Final = {(False, True): "new", (True, True): "changed", (True, False): "gone"}
_BOTH, _ADDED, _REMOVED = "=", "A", "D"


class Change(NamedTuple):
    """What changed of an entity: its quads as lines of N-Quads, without the line end.

    `entity` is a subject as N-Quads write it; `state` is `new`, `changed` or `gone`.
    """

    entity: str
    state: str
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def iri(self) -> str:
        """Return the entity without the brackets of an IRI."""
        return self.entity.strip("<>")


def diff(old: Path, new: Path) -> Iterator[Change]:
    """Yield what changed between two files of sorted N-Quads, in their order."""
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("rb")) for path in (old, new)]
        pairs = _merge(iter(files[0]), iter(files[1]))
        for entity, group in groupby(pairs, key=_subject):
            found: dict[str, list[bytes]] = {_BOTH: [], _ADDED: [], _REMOVED: []}
            for sign, line in group:
                found[sign].append(line)
            if found[_ADDED] or found[_REMOVED]:
                yield _change(entity, found)


def _subject(pair: tuple[str, bytes]) -> bytes:
    return pair[1].partition(b" ")[0]


def _change(entity: bytes, found: dict[str, list[bytes]]) -> Change:
    before = bool(found[_BOTH] or found[_REMOVED])
    after = bool(found[_BOTH] or found[_ADDED])
    added, removed = (
        tuple(line.decode().rstrip("\n") for line in found[sign])
        for sign in (_ADDED, _REMOVED)
    )
    return Change(entity.decode(), STATES[before, after], added, removed)


def _merge(old: Iterator[bytes], new: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield every line of two sorted files once, with the files that it stands in."""
    left, right = next(old, None), next(new, None)
    while left is not None and right is not None:
        if left == right:
            yield _BOTH, left
            left, right = next(old, None), next(new, None)
        elif left < right:
            yield _REMOVED, left
            left = next(old, None)
        else:
            yield _ADDED, right
            right = next(new, None)
    if left is not None:
        yield _REMOVED, left
    if right is not None:
        yield _ADDED, right
    yield from ((_REMOVED, line) for line in old)
    yield from ((_ADDED, line) for line in new)


def as_patch(changes: Iterable[Change], old: str, new: str) -> Iterator[str]:
    """Yield the lines of an RDF patch that turns one release into the other.

    `old` and `new` are the IRIs of the releases. See
    https://afs.github.io/rdf-delta/rdf-patch.html.
    """
    yield f"H id <{new}> ."
    yield f"H prev <{old}> ."
    yield "TX ."
    for change in changes:
        yield from (f"{_REMOVED} {line}" for line in change.removed)
        yield from (f"{_ADDED} {line}" for line in change.added)
    yield "TC ."


def as_json(changes: Iterable[Change], old: str, new: str) -> Iterator[str]:
    """Yield the changes as the pieces of one JSON document; ids as in the manifests."""
    yield f'{{\n"from": {json.dumps(old)},\n"to": {json.dumps(new)},\n"entities": ['
    mark = "\n"
    for change in changes:
        values = {
            "iri": change.iri,
            "state": change.state,
            "added": change.added,
            "removed": change.removed,
        }
        yield mark + json.dumps(values, ensure_ascii=False)
        mark = ",\n"
    yield "\n]}"


def as_text(changes: Iterable[Change], label: Label, base: str) -> Iterator[str]:
    """Yield the changes as paragraphs for people; `label` names what has a name."""
    for change in changes:
        yield f"{change.state}  {_named(change.iri, label, base)}"
        signed = [
            *(("-", q) for q in change.removed),
            *(("+", q) for q in change.added),
        ]
        for sign, line in signed:
            yield f"  {sign} {_sentence(line, label, base)}"
        yield ""


def _sentence(line: str, label: Label, base: str) -> str:
    quad: Statement = next(parse_quads(line.encode()))
    value = quad.object
    words = (
        _named(value.value, label, base)
        if isinstance(value, Iri)
        else _quoted(value)
        if isinstance(value, Literal)
        else str(value)
    )
    graph = f"  [{shorten(quad.graph.value, base)}]" if quad.graph else ""
    return f"{shorten(quad.predicate.value, base)} {words}{graph}"


def _quoted(value: Literal) -> str:
    return f'"{value.value}"' + (f"@{value.language}" if value.language else "")


def _named(iri: str, label: Label, base: str) -> str:
    name, short = label(iri), shorten(iri, base)
    return f"{name} ({short})" if name else short
