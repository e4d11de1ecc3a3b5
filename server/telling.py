"""What a document tells of: the things in the graphs that were read from it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graph.terms import Iri
from server.tabulating import tables_of
from server.views import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from server.describing import Describer

#: Things in a document's graph that only serve other things there.
_SERVING: Final = (
    "oa:SpecificResource",
    "oa:TextPositionSelector",
    "dcterms:PeriodOfTime",
)


def told_by(describer: Describer, document: Iri, bound: int) -> tuple[Fact, ...]:
    """Return what the graphs that were read from a document tell of, by class.

    Of each class `bound` things are shown at the most.
    """
    source = describer.name("prov:hadPrimarySource")
    found = describer.store.statements(None, source, document)
    graphs = {item.subject for item in found if isinstance(item.subject, Iri)}
    by_class: dict[Iri, set[Iri]] = defaultdict(set)
    for thing in (item for graph in graphs for item in _things_in(describer, graph)):
        by_class[describer.classes(thing)[0]].add(thing)
    serving = {describer.name(prefixed) for prefixed in _SERVING}
    facts = [
        _told(describer, cls, sorted(things), graphs, bound)
        for cls, things in by_class.items()
        if cls not in serving
    ]
    return tuple(sorted(facts, key=lambda fact: fact.name.text))


def _things_in(describer: Describer, graph: Iri) -> Iterator[Iri]:
    kind = describer.name("rdf:type")
    for item in describer.store.statements(None, kind, None, graph):
        if isinstance(item.subject, Iri):
            yield item.subject


def _told(
    describer: Describer,
    cls: Iri,
    things: Sequence[Iri],
    graphs: set[Iri],
    bound: int,
) -> Fact:
    shown = things[:bound]
    place = describer.links.href(min(graphs).value)
    return Fact(
        name=describer.link(cls),
        anchor="zegt-" + describer.vocabulary.labels.anchor(cls),
        total=len(things),
        tables=tables_of(describer, shown, within=graphs),
        all=place,
    )
