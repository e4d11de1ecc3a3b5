"""What changed from release to release: thing by thing, and the statements of one."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import request
from werkzeug.exceptions import NotFound

from graph.indexing import kind_of
from graph.manifest import CHANGES
from graph.namespaces import KINDS
from graph.terms import Iri
from server.parameters import choice, iri_of, part_asked, short
from server.repeating import ask, compare
from server.wording import day_words, linker, moment_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response

    from graph.interfaces import ServedRelease
    from server.parameters import Part
    from server.repeating import Outcome
    from server.site import Site

#: What may become of a thing.
STATES: Final = ("new", "changed", "gone")
#: Things on a page, statements of one thing, and releases that a feed tells.
ON_PAGE: Final = 100
STATEMENTS_ON_PAGE: Final = 200
IN_FEED: Final = 50
#: A thing that may be asked about, as an example.
_EXAMPLE: Final = "organisatie:lrt"


class Changed(NamedTuple):
    """What became of a thing since the release before, and by how many statements."""

    iri: str
    state: str
    added: int
    removed: int


class Summary(NamedTuple):
    """How many things came, changed and went, and how many statements."""

    states: dict[str, int]
    added: int
    removed: int

    def total(self, state: str) -> int:
        """Return how many things there are of a state, or of all."""
        return self.states[state] if state else sum(self.states.values())


class ReleasePages:
    """The pages and the feed of the releases."""

    def __init__(self, site: Site) -> None:
        """Keep the site; what changed in a release is counted once."""
        self._site = site
        self._summaries: dict[str, Summary | None] = {}

    def values(self) -> dict[str, Any]:
        """Return what the list of releases shows, the newest first."""
        return {
            "releases": [
                (item.manifest, self._when(item), self._summary(item))
                for item in reversed(self._site.history.releases())
            ],
            "outer": self._site.root(),
            "signed": _signed,
        }

    def show(self, identity: str) -> Response:
        """Return the page of what changed in a release, or of a thing in it."""
        release = self._site.history.get(identity)
        if release is None:
            raise NotFound
        if thing := request.args.get("thing"):
            iri = iri_of(thing, "thing", self._site.base, _EXAMPLE)
            return self._show_thing(release, Iri(iri))
        state = choice(request.args, "state", STATES)
        summary = self._summary(release)
        part = part_asked(request.args, summary.total(state) if summary else 0, ON_PAGE)
        return self._site.page(
            "release.html",
            shown=release.manifest,
            when=self._when(release),
            summary=summary,
            state=state,
            states=STATES,
            rows=list(self._rows(release, state, part)),
            part=part,
            outer=self._site.root(),
            signed=_signed,
        )

    def feed(self) -> Response:
        """Return the feed of the releases, the newest first."""
        newest = list(reversed(self._site.history.releases()))[:IN_FEED]
        response = self._site.page(
            "releases.xml",
            releases=[(item.manifest, self._summary(item)) for item in newest],
            base=self._site.base,
            outer=self._site.outer_address(),
            states=STATES,
        )
        response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
        return response

    def _rows(
        self, release: ServedRelease, state: str, part: Part
    ) -> Iterator[dict[str, Any]]:
        """Yield the things of a page: with a link, a kind, and a way to the statements.

        A thing that went is named, and led to, in the release that still had it.
        """
        link = linker(self._site)
        found = (item for item in _changes(release) if state in ("", item.state))
        for item in islice(found, part.start, part.end):
            before = item.state == "gone" and release.manifest.parent
            place = before or release.manifest.id
            is_named = not item.iri.startswith("_:")
            yield {
                "change": item,
                "link": link(Iri(item.iri), place),
                "kind": self._kind(item.iri),
                "thing": short(item.iri, self._site.base) if is_named else "",
            }

    def _kind(self, iri: str) -> str:
        """Return the kind of a thing in words; nothing for what has none."""
        kind = kind_of(iri, f"{self._site.base}id/")
        return self._site.describer().text(f"kinds.{kind}") if kind in KINDS else ""

    def _show_thing(self, release: ServedRelease, iri: Iri) -> Response:
        """Return the page of the statements of a thing that came and went."""
        parent = self._site.history.get(release.manifest.parent or "")
        if parent is None:
            raise NotFound
        then, now = (self._said(item, iri) for item in (parent, release))
        if not (then.rows or now.rows):
            raise NotFound
        place = (release if now.rows else parent).manifest.id
        language, link = self._site.language(), linker(self._site)
        return self._site.page(
            "change.html",
            shown=release.manifest,
            when=self._when(release),
            thing=link(iri, place),
            iri=iri.value,
            difference=compare(then, now),
            rows_on_page=STATEMENTS_ON_PAGE,
            column=lambda name: self._site.questions.column(name, language),
            cell=link,
        )

    def _said(self, release: ServedRelease, iri: Iri) -> Outcome:
        return ask(self._site, release, {"iri": iri.value})

    def _when(self, release: ServedRelease) -> str:
        """Return the day and the minute that a release was published, in words."""
        return moment_words(release.manifest.moment, self._site.language())

    def _summary(self, release: ServedRelease) -> Summary | None:
        """Return how much changed in a release; None for one without a parent."""
        identity = release.manifest.id
        if identity not in self._summaries:
            self._summaries[identity] = _summarise(release)
        return self._summaries[identity]


def _changes(release: ServedRelease) -> Iterator[Changed]:
    """Yield what a release says that changed, line by line."""
    path = release.path / CHANGES
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        next(lines, None)
        for line in lines:
            entity, state, added, removed = line.rstrip("\n").split("\t")
            yield Changed(entity.strip("<>"), state, int(added), int(removed))


def _summarise(release: ServedRelease) -> Summary | None:
    if release.manifest.parent is None:
        return None
    states, added, removed = dict.fromkeys(STATES, 0), 0, 0
    for item in _changes(release):
        states[item.state] += 1
        added += item.added
        removed += item.removed
    return Summary(states, added, removed)


def day_of(site: Site, release: ServedRelease) -> str:
    """Return the day that a release was published, in words."""
    return day_words(release.manifest.moment, site.language())


def _signed(added: int, removed: int) -> str:
    return f"+{added} −{removed}"
