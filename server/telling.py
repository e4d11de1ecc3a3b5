"""What a document tells of: the things in the graphs that were read from it.

They stand together by kind, as the lists of all things of a kind do.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graph.namespaces import KINDS
from graph.terms import Iri
from server.tabulating import tables_of
from server.views import Fact, Link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from server.describing import Describer

#: Things in a document's graph that only serve other things there.
_SERVING: Final = (
    "oa:SpecificResource",
    "oa:TextPositionSelector",
    "dcterms:PeriodOfTime",
)
#: The kinds that a document is read for; what else it mentions comes after.
_FIRST: Final = (
    "toezegging",
    "afspraak",
    "uitspraak",
    "overleg",
    "waarneming",
    "wijziging",
    "organisatie",
    "persoon",
    "functie",
    "zetel",
)
_ORDER: Final = (*_FIRST, *KINDS)


def told_by(describer: Describer, document: Iri, bound: int) -> tuple[Fact, ...]:
    """Return what the graphs that were read from a document tell of, by kind.

    Of each kind `bound` things are shown at the most.
    """
    source = describer.name("prov:hadPrimarySource")
    found = describer.store.statements(None, source, document)
    graphs = {item.subject for item in found if isinstance(item.subject, Iri)}
    serving = {describer.name(prefixed) for prefixed in _SERVING}
    by_kind: dict[tuple[int, Link], set[Iri]] = defaultdict(set)
    for thing in (item for graph in graphs for item in _things_in(describer, graph)):
        if describer.classes(thing)[0] not in serving:
            by_kind[_kind(describer, thing)].add(thing)
    return tuple(
        _told(describer, name, sorted(by_kind[place, name]), graphs, bound)
        for place, name in sorted(by_kind, key=lambda kind: (kind[0], kind[1].text))
    )


def _things_in(describer: Describer, graph: Iri) -> Iterator[Iri]:
    kind = describer.name("rdf:type")
    for item in describer.store.statements(None, kind, None, graph):
        if isinstance(item.subject, Iri):
            yield item.subject


def _kind(describer: Describer, thing: Iri) -> tuple[int, Link]:
    """Return the place and the name of a kind; of what has none, those of its class."""
    path = thing.value.removeprefix(f"{describer.links.base}id/")
    word = path.partition("/")[0]
    if path != thing.value and word in _ORDER:
        name = Link(describer.text(f"kinds.{word}"), iri=word)
        return _ORDER.index(word), name
    return len(_ORDER), describer.link(describer.classes(thing)[0])


def _told(
    describer: Describer,
    name: Link,
    things: Sequence[Iri],
    graphs: set[Iri],
    bound: int,
) -> Fact:
    shown = things[:bound]
    place = describer.links.href(min(graphs).value)
    anchor = describer.vocabulary.labels.anchor(Iri(name.iri or name.text))
    return Fact(
        name=name,
        anchor=f"zegt-{anchor}",
        total=len(things),
        tables=tables_of(describer, shown, within=graphs),
        all=place,
    )
