"""Reads the parameters of a page from its address, or says what is allowed.

What is wrong is a ParameterValueError, which names what is allowed.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from flask import request

from graph.namespaces import prefixes
from graph.terms import Iri
from server.errors import EncodingError, HostError, ParameterValueError
from server.naming import in_query, shortener
from server.negotiation import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection

    from werkzeug.datastructures import MultiDict

    Arguments = MultiDict[str, str]

#: The first and the last day that can be asked for; what is recorded lies between.
DAYS: Final = (date(1900, 1, 1), date(2199, 12, 31))
#: Longest text to search for, in characters.
LONGEST: Final = 200
#: Most values of one facet.
MOST: Final = 20
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Part(NamedTuple):
    """The part of a list that a page shows: which page of how many, and its ends."""

    page: int
    pages: int
    start: int
    end: int


def page_number(arguments: Arguments, pages: int) -> int:
    """Return the page asked for, from 1; an error if there is no such page."""
    text = arguments.get("page", "1")
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= number <= max(1, pages):
        raise ParameterValueError("page", f"1–{max(1, pages)}")
    return number


def part_asked(arguments: Arguments, total: int, size: int) -> Part:
    """Return which part of a list is asked for; an error if there is no such page."""
    pages = max(1, -(-total // size))
    page = page_number(arguments, pages)
    return Part(page, pages, (page - 1) * size, page * size)


def day_asked(arguments: Arguments, name: str = "peildatum") -> date | None:
    """Return the day asked for, None if none is; an error if it is not a day."""
    text = arguments.get(name, "").strip()
    if not text:
        return None
    first, last = DAYS
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not first <= day <= last:
        raise ParameterValueError(name, f"{first} – {last}")
    return day


def words_asked(arguments: Arguments) -> str:
    """Return the words to search for; an error if there are too many."""
    text = arguments.get("q", "").strip()
    if len(text) > LONGEST:
        raise ParameterValueError("q", f"≤ {LONGEST}")
    return text


def choices(
    arguments: Arguments, name: str, allowed: Collection[str] | None = None
) -> list[str]:
    """Return the values of a parameter that may be given more than once."""
    found = list(dict.fromkeys(filter(None, arguments.getlist(name))))
    if len(found) > MOST:
        raise ParameterValueError(name, f"≤ {MOST}×")
    for value in found:
        if allowed is not None and value not in allowed:
            raise ParameterValueError(name, ", ".join(allowed))
    return found


def choice(arguments: Arguments, name: str, allowed: Collection[str]) -> str:
    """Return the value of a parameter that may be given once, or nothing."""
    value = arguments.get(name, "").strip()
    if value and value not in allowed:
        some = [*list(allowed)[:MOST], *(["…"] if len(allowed) > MOST else [])]
        raise ParameterValueError(name, ", ".join(some))
    return value


def years(arguments: Arguments, name: str) -> list[str]:
    """Return the years that are asked for; an error if one is not a year."""
    found = choices(arguments, name)
    first, last = (day.year for day in DAYS)
    for value in found:
        if not (re.fullmatch("[0-9]{4}", value) and first <= int(value) <= last):
            raise ParameterValueError(name, f"{first}–{last}")
    return found


def things(arguments: Arguments, name: str, base: str, example: str) -> list[str]:
    """Return IRIs that are given whole or as prefixed names, such as `example`."""
    return [iri_of(value, name, base, example) for value in choices(arguments, name)]


def iri_of(value: str, name: str, base: str, example: str) -> str:
    """Return the IRI of a prefixed name or of itself; an error if it is neither."""
    prefix, colon, local = value.partition(":")
    iri = value if local.startswith("//") else prefixes(base).get(prefix, "") + local
    try:
        in_query(iri)
    except ValueError:
        iri = ""
    if not colon or not iri or iri == local:
        raise ParameterValueError(name, example)
    return iri


def short(iri: str, base: str) -> str:
    """Return an IRI as it stands in an address: its prefixed name."""
    return shortener(base)(Iri(iri).value)


def check_host() -> None:
    """Refuse a request to a host that could not be, as links are made of its name."""
    if not request.host:
        raise HostError


def check_encoding() -> None:
    """Refuse an address that is not UTF-8: replaced, it would be another address."""
    try:
        request.environ["PATH_INFO"].encode("latin-1").decode()
        unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError:
        raise EncodingError("address") from None


def check_language() -> None:
    """Refuse a request in a language that there is not."""
    if b"lang" not in request.query_string:
        return
    asked = request.args.get("lang")
    if asked is not None and asked not in LANGUAGES:
        raise ParameterValueError("lang", ", ".join(LANGUAGES))
