"""Chooses what to send: the form of an answer, and the language of a page.

See RFC 9110, section 12: https://www.rfc-editor.org/rfc/rfc9110#section-12.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, TypeVar, Union

from server.errors import NotAcceptableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.formats import Format


@dataclass(frozen=True)
class Markup:
    """A form for people, offered beside the syntaxes of `graph.formats`."""

    name: str
    label: str
    media_type: str
    extension: str
    aliases: tuple[str, ...] = ()


HTML: Final = Markup("html", "HTML", "text/html", "html", ("application/xhtml+xml",))
PROBLEM: Final = Markup(
    "problem", "problem+json", "application/problem+json", "json", ("application/json",)
)
LANGUAGES: Final = ("nl", "en")
#: Characters of a header that are read.
LONGEST: Final = 4_096

Offer: TypeAlias = Union["Format", Markup]
#: What is chosen from offers is one of them.
Offered = TypeVar("Offered", bound=Union["Format", Markup])


_by_quality: Final = attrgetter("quality")


class Range(NamedTuple):
    """One range of an Accept header and how much it is wanted, from 0 to 1."""

    value: str
    quality: float


def choose(accept: str | None, offers: Sequence[Offered]) -> Offered:
    """Return the offer wanted most, the earlier one where two are wanted alike.

    Raises NotAcceptableError, which lists the offers, where none is wanted at all.
    """
    chosen = choose_or_none(accept, offers)
    if chosen is None:
        raise NotAcceptableError([item.media_type for item in offers])
    return chosen


def choose_or_none(accept: str | None, offers: Sequence[Offered]) -> Offered | None:
    """Return the offer wanted most, or None where none is acceptable."""
    wanted = _wanted(parse_accept(accept) or [Range("*/*", 1.0)])
    best = max(offers, key=lambda offer: _quality_of_offer(offer, wanted))
    return best if _quality_of_offer(best, wanted) > 0 else None


def by_word(word: str, offers: Sequence[Offered]) -> Offered:
    """Return the offer that a name, an extension or a media type names.

    Raises NotAcceptableError, which lists the names, where it names none.
    """
    for offer in offers:
        known = (offer.name, offer.extension, offer.media_type, *offer.aliases)
        if word.lower() in known:
            return offer
    raise NotAcceptableError([item.name for item in offers])


def form_of(word: str | None, accept: str | None, offers: Sequence[Offered]) -> Offered:
    """Return the offer that a word names; without a word, the one wanted most.

    Raises NotAcceptableError, which lists the offers, where there is none.
    """
    return choose(accept, offers) if word is None else by_word(word, offers)


def prefers_page(accept: str | None) -> bool:
    """Tell whether a client would rather read a page than JSON."""
    return choose_or_none(accept, (PROBLEM, HTML)) is HTML


def choose_language(asked: str | None, accept: str | None) -> str:
    """Return the language asked for by name, else the one wanted most, else Dutch."""
    if asked in LANGUAGES:
        return asked
    ranges = parse_accept(accept)
    wanted = max(LANGUAGES, key=lambda item: _quality_of_language(item, ranges))
    return wanted if _quality_of_language(wanted, ranges) > 0 else LANGUAGES[0]


def parse_accept(header: str | None) -> list[Range]:
    """Return the ranges of an Accept or Accept-Language header, as written.

    Of a header that nobody in earnest sends the beginning counts.
    """
    parts = (header or "")[:LONGEST].split(",")
    return [_parse_range(part) for part in parts if part.strip(" ;\t")]


def _parse_range(part: str) -> Range:
    value, *parameters = (piece.strip().lower() for piece in part.split(";"))
    qualities = [item[2:] for item in parameters if item.startswith("q=")]
    return Range(value, _parse_quality(qualities[0]) if qualities else 1.0)


def _parse_quality(text: str) -> float:
    """Return a q-value; what is malformed counts as not wanted."""
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0


def _wanted(ranges: Sequence[Range]) -> dict[str, float]:
    """Return how much each range is wanted; the most where one is given twice."""
    return {item.value: item.quality for item in sorted(ranges, key=_by_quality)}


def _quality_of_offer(offer: Offer, wanted: Mapping[str, float]) -> float:
    types = (offer.media_type, *offer.aliases)
    return max(_quality_of_type(name, wanted) for name in types)


def _quality_of_type(name: str, wanted: Mapping[str, float]) -> float:
    """Return the quality that the most specific range gives to a media type."""
    for value in (name, name.partition("/")[0] + "/*", "*/*"):
        if value in wanted:
            return wanted[value]
    return 0.0


def _quality_of_language(language: str, ranges: Sequence[Range]) -> float:
    same = [r.quality for r in ranges if r.value.partition("-")[0] == language]
    anything = [r.quality for r in ranges if r.value == "*"]
    return max(same or anything or [0.0])
