"""Reads what a caller asks an example question about: its values, and which page.

A value becomes a term that the query is bound to; what is no such value is refused with
what is allowed. See `graph.parameters`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode

from graph.terms import Iri, Literal
from server.errors import (
    ParameterValueError,
    UnknownParameterError,
    UnknownResourceError,
)
from server.naming import in_query
from server.protocol import parse_pairs, single

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.wrappers import Request

    from graph.parameters import Parameter
    from graph.terms import Term
    from server.protocol import Pairs
    from server.questions import Question
    from server.site import Site

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
PER_PAGE: Final = 100
MOST_PER_PAGE: Final = 10_000
LAST_PAGE: Final = 100_000
#: Characters of a text that is asked about.
LONGEST_TEXT: Final = 200
#: Digits of a number that is asked about.
MOST_DIGITS: Final = 15
#: Choices that a form offers as a list; where there are more, one is typed.
CHOICES_IN_FORM: Final = 400
#: Choices that a refusal names.
CHOICES_NAMED: Final = 5
#: Parameters of every question.
COMMON: Final = ("page", "per_page", "format", "lang")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER: Final = re.compile(rf"-?\d{{1,{MOST_DIGITS}}}", re.ASCII)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:")


@dataclass(frozen=True)
class Paging:
    """Which part of an answer is asked for; pages count from 1."""

    page: int = 1
    per_page: int = PER_PAGE

    @property
    def clause(self) -> str:
        """Return the part as the end of a query."""
        offset = (self.page - 1) * self.per_page
        return f"\nLIMIT {self.per_page} OFFSET {offset}"

    def pages(self, total: int) -> int:
        """Return how many pages a number of rows takes; none takes one."""
        return max(1, -(-total // self.per_page))

    def around(self, total: int) -> dict[str, int]:
        """Return the pages to go to, by relation: RFC 8288."""
        last = self.pages(total)
        found = {"first": 1, "last": last}
        if self.page > 1:
            found["prev"] = min(self.page - 1, last)
        if self.page < last:
            found["next"] = self.page + 1
        return found


class Asked(NamedTuple):
    """A question as it is asked: the values by parameter, as terms and as given."""

    question: Question
    values: dict[str, Term]
    given: dict[str, str]
    paging: Paging
    format: str | None

    @property
    def query(self) -> str:
        """Return the whole query."""
        return self.question.ask(self.values)

    def address(self, path: str, **others: str | int) -> str:
        """Return the address under which the same is asked at a path."""
        pairs = urlencode(self.given | {name: str(x) for name, x in others.items()})
        return path + ("?" + pairs if pairs else "")


class Choices:
    """What may be chosen for a parameter, in a release."""

    def __init__(self, site: Site) -> None:
        """Read from a site's release, each kind once."""
        self._site = site
        self._found: dict[tuple[str, str], tuple[Iri, ...]] = {}

    def of(self, parameter: Parameter) -> tuple[Iri, ...]:
        """Return the things that may be chosen, empty where there is no list."""
        if parameter.within is None:
            return ()
        if parameter.within not in self._found:
            self._found[parameter.within] = tuple(sorted(set(self._look(parameter))))
        return self._found[parameter.within]

    def read(self, parameter: Parameter, text: str) -> Iri:
        """Return the thing that a text names: its IRI, or that without its beginning.

        ParameterValueError if it is none that may be chosen, UnknownResourceError if
        the release says nothing about it.
        """
        start = "" if _SCHEME.match(text) else f"{self._site.base}id/"
        try:
            in_query(start + text)
        except ValueError:
            raise ParameterValueError(parameter.name, self._named(parameter)) from None
        iri = Iri(start + text)
        if parameter.within and iri not in self.of(parameter):
            raise ParameterValueError(parameter.name, self._named(parameter))
        if next(self._site.release.store.statements(iri), None) is None:
            raise UnknownResourceError(iri.value)
        return iri

    def short(self, iri: str) -> str:
        """Return how a thing is given in an address."""
        return iri.removeprefix(f"{self._site.base}id/")

    def _look(self, parameter: Parameter) -> Iterator[Iri]:
        name = self._site.vocabulary.labels.name
        path, value = (name(item) for item in parameter.within or ())
        for item in self._site.release.store.statements(None, path, value, None):
            if isinstance(item.subject, Iri):
                yield item.subject

    def _named(self, parameter: Parameter) -> str:
        found = [self.short(item.value) for item in self.of(parameter)]
        shown = found[:CHOICES_NAMED] or ["organisatie/lrt", "persoon/…"]
        return ", ".join(shown) + (", …" if len(found) > len(shown) else "")


def read_asked(
    request: Request, question: Question, choices: Choices, *, blanks: bool = False
) -> Asked:
    """Return what a request asks of a question; ParameterError if it cannot be.

    With `blanks`, a blank value is one that was left out, as a form sends it.
    """
    pairs = parse_pairs(request.query_string, "address")
    _refuse_unknown(pairs, question)
    given = {
        item.name: text
        for item in question.parameters
        if (text := single(pairs, item.name)) or (text == "" and not blanks)
    }
    values = {
        item.name: read_value(item, given[item.name], choices)
        for item in question.parameters
        if item.name in given
    }
    return Asked(question, values, given, read_paging(pairs), single(pairs, "format"))


def read_value(parameter: Parameter, text: str, choices: Choices) -> Term:
    """Return the term that a text means for a parameter."""
    if parameter.type == "entity":
        return choices.read(parameter, text)
    return _READERS[parameter.type](parameter.name, text)


def read_paging(pairs: Pairs) -> Paging:
    """Return the page that is asked for; ParameterValueError if there is none such."""
    return Paging(
        _whole(pairs, "page", 1, LAST_PAGE),
        _whole(pairs, "per_page", PER_PAGE, MOST_PER_PAGE),
    )


def _whole(pairs: Pairs, name: str, default: int, most: int) -> int:
    text = single(pairs, name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise ParameterValueError(name, f"1 … {most}")
    return int(text)


def _refuse_unknown(pairs: Pairs, question: Question) -> None:
    known = [*(item.name for item in question.parameters), *COMMON]
    for name, _ in pairs:
        if name not in known:
            raise UnknownParameterError(name, known)


def _date(name: str, text: str) -> Literal:
    try:
        day = date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        allowed = "2021-12-20 (YYYY-MM-DD)"
        raise ParameterValueError(name, allowed) from None
    return Literal(day.isoformat(), None, f"{_XSD}date")


def _text(name: str, text: str) -> Literal:
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise ParameterValueError(name, f"1 … {LONGEST_TEXT} × a–z")
    return Literal(text)


def _number(name: str, text: str) -> Literal:
    if not _NUMBER.fullmatch(text):
        most = "9" * MOST_DIGITS
        raise ParameterValueError(name, f"-{most} … {most}")
    return Literal(str(int(text)), None, f"{_XSD}integer")


_READERS: Final[dict[str, Callable[[str, str], Literal]]] = {
    "date": _date,
    "text": _text,
    "number": _number,
}
