"""Words what a search found for its page: hits in pieces, and facets to narrow by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graph.faceting import DIMENSIONS
from graph.splitting import marked
from graph.terms import Iri
from server.parameters import short

if TYPE_CHECKING:
    from graph.search import Found, Hit
    from server.describing import Describer
    from server.site import Site
    from server.views import Link

    Chosen = dict[str, list[str]]

#: Values of a facet that are listed, and what a hit belongs to that is shown.
LISTED: Final = 60
BODIES: Final = 2


class Asked(NamedTuple):
    """What is searched for: words, and the values of facets as they are compared."""

    words: str
    chosen: Chosen

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is asked."""
        return not self.words and not any(self.chosen.values())


class Choice(NamedTuple):
    """A value that results can be narrowed by; `href` chooses it, or lets it go."""

    label: Link
    things: int
    chosen: bool
    href: str


class Facet(NamedTuple):
    """A dimension with its values, those first that are shown at once.

    `left_out` tells how many more values there are.
    """

    name: str
    choices: list[Choice]
    left_out: int

    @property
    def is_used(self) -> bool:
        """Tell whether anything of it is chosen."""
        return any(item.chosen for item in self.choices)


class ShownHit(NamedTuple):
    """A hit as a page shows it: its label in pieces, where it belongs, and when.

    `bodies` are those that it belongs to, `left_out` how many more there are; `years`
    are the first and the last that it falls in, as text.
    """

    hit: Hit
    pieces: list[tuple[str, bool]]
    matched: list[tuple[str, bool]]
    bodies: list[Link]
    left_out: int
    years: str


def parameters_of(asked: Asked, base: str) -> dict[str, Any]:
    """Return a search as the parameters of its address."""
    chosen = {
        name: [_in_address(name, value, base) for value in values]
        for name, values in asked.chosen.items()
        if values
    }
    return {"q": asked.words} | chosen if asked.words else chosen


def _in_address(dimension: str, value: str, base: str) -> str:
    return value if dimension in {"kind", "period"} else short(value, base)


def shown(describer: Describer, hit: Hit, found: Found) -> ShownHit:
    """Return a hit as a page shows it."""
    own = [iri for iri in hit.bodies if iri != hit.iri]
    first, last = (hit.years[0], hit.years[-1]) if hit.years else ("", "")
    return ShownHit(
        hit,
        list(marked(hit.label, found.marks)),
        list(marked(hit.matched, found.marks)),
        [describer.link(Iri(iri)) for iri in own[:BODIES]],
        max(0, len(own) - BODIES),
        first if first == last else f"{first}–{last}",
    )


def facets_of(site: Site, asked: Asked, found: Found) -> list[Facet]:
    """Return the dimensions that narrow what was found, or that were used to."""
    describer = site.describer()
    facets = [
        Facet(
            name,
            _choices(site, describer, asked, name, found),
            max(0, len(_values(asked, name, found)) - LISTED - len(asked.chosen[name])),
        )
        for name in DIMENSIONS
    ]
    return [facet for facet in facets if len(facet.choices) > 1 or facet.is_used]


def _values(asked: Asked, name: str, found: Found) -> list[str]:
    """Return all values of a dimension, those chosen first."""
    counted = (value for value, _ in found.facets.get(name, ()))
    return list(dict.fromkeys([*asked.chosen[name], *counted]))


def _choices(
    site: Site, describer: Describer, asked: Asked, name: str, found: Found
) -> list[Choice]:
    """Return the values of a dimension, those chosen first, years the latest first."""
    chosen, counts = asked.chosen[name], dict(found.facets.get(name, ()))
    listed = _values(asked, name, found)[: LISTED + len(chosen)]
    items = [
        Choice(
            _label(describer, name, value),
            counts.get(value, 0),
            value in chosen,
            _toggled(site, asked, name, value),
        )
        for value in listed
    ]
    if name == "period":
        items.sort(key=lambda item: item.label.text, reverse=True)
    return sorted(items, key=lambda item: not item.chosen)


def _label(describer: Describer, dimension: str, value: str) -> Link:
    if dimension == "period":
        return describer.plain(value)
    if dimension == "kind":
        return describer.plain(describer.text(f"kinds.{value}"))
    return describer.link(Iri(value))


def _toggled(site: Site, asked: Asked, dimension: str, value: str) -> str:
    """Return the address of the search with one value more, or without it."""
    before = asked.chosen[dimension]
    after = [v for v in before if v != value] if value in before else [*before, value]
    changed = asked._replace(chosen=asked.chosen | {dimension: after})
    return site.links().page("/search", **parameters_of(changed, site.base))
