"""Words terms and questions in a language, for pages and for what is kept."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from babel.dates import format_date

from graph.terms import Iri, Literal
from server.links import Links
from server.naming import Labels
from server.texts import number
from server.views import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.terms import Term
    from server.questions import Question
    from server.site import Site

_BLANK: Final = re.compile(r"\{(\w+)\}")
#: English as it is written in Europe: the day before the month.
_LOCALES: Final = {"en": "en_GB"}
_WHOLE: Final = frozenset(("integer", "nonNegativeInteger", "positiveInteger"))


def day_words(day: date, language: str) -> str:
    """Return a day as a language writes it, its month in letters."""
    return str(format_date(day, "long", locale=_LOCALES.get(language, language)))


def moment_words(moment: datetime, language: str) -> str:
    """Return a moment to the minute, in UTC if it says how far it is from that."""
    zone = " UTC" if moment.tzinfo else ""
    known = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{day_words(known.date(), language)}, {known:%H:%M}{zone}"


def literal_words(literal: Literal, language: str) -> str:
    """Return a day, a moment or a whole number as a language has it, the rest as is."""
    kind = literal.datatype.rpartition("#")[2]
    try:
        if kind == "date":
            return day_words(date.fromisoformat(literal.value), language)
        if kind == "dateTime":
            return moment_words(datetime.fromisoformat(literal.value), language)
        if kind in _WHOLE:
            return number(int(literal.value), language)
    except ValueError:
        return literal.value
    return literal.value


def word(site: Site, term: Term, language: str) -> str:
    """Return a term in words: a day as a language writes it, a thing by its label."""
    return _worded(term, site.vocabulary.labels.of(term, language).text, language)


def _worded(term: Term, text: str, language: str) -> str:
    """Return a day as a language writes it, and the text of any other term."""
    if isinstance(term, Literal) and term.datatype.endswith("#date"):
        return literal_words(term, language)
    return text


def title_of(
    site: Site, question: Question, values: Mapping[str, Term], language: str
) -> str:
    """Return a question in words, about the values that are asked about."""
    words = question.asked.get(language) if values else None
    if words is None:
        return question.titles.get(language, question.name)
    found = {
        item.name: word(site, values.get(item.name) or item.defaults[0], language)
        for item in question.parameters
        if item.name in values or item.defaults
    }
    return _BLANK.sub(lambda blank: found.get(blank[1], blank[0]), words)


def linker(site: Site) -> Callable[[Term, str], Link]:
    """Return what words a term as a release did, and leads to it there.

    The release is named by its id; of one that is not kept, words are those of now.
    """
    known = {site.release.manifest.id: site.vocabulary.labels}
    language = site.language()

    def labels_of(identity: str) -> Labels:
        if identity not in known:
            release = site.history.get(identity)
            known[identity] = (
                Labels(release.store, site.base) if release else site.vocabulary.labels
            )
        return known[identity]

    def link(term: Term, identity: str) -> Link:
        found = labels_of(identity).of(term, language)
        if not isinstance(term, Iri):
            shown = found.language if found.language != language else None
            return Link(_worded(term, found.text, language), None, shown)
        is_current = identity == site.release.manifest.id and not site.mount()
        place = site.root() + ("" if is_current else f"/release/{identity}")
        href = Links(site.base, place).href(term.value)
        return Link(found.text, href, None, term.value)

    return link
