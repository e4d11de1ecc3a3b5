"""Words terms and questions in a language, for pages and for what is kept."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from babel.dates import format_date

from graph.terms import Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.terms import Term
    from server.questions import Question
    from server.site import Site

_BLANK: Final = re.compile(r"\{(\w+)\}")


def word(site: Site, term: Term, language: str) -> str:
    """Return a term in words: a day as a language writes it, a thing by its label."""
    if isinstance(term, Literal) and term.datatype.endswith("#date"):
        day = date.fromisoformat(term.value)
        return str(format_date(day, "long", locale=language))
    return site.vocabulary.labels.of(term, language).text


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
