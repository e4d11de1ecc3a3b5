"""Names things of the release: prefixed names as IRIs, and labels for people."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup

from graph.namespaces import prefixes
from graph.store import term_text
from graph.terms import Iri, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graph.interfaces import ReadableStore
    from graph.terms import Term

#: Properties that hold a label, the first that is there counts.
LABELS: Final = (
    "skos:prefLabel",
    "foaf:name",
    "rdfs:label",
    "sh:name",
    "dcterms:title",
)
#: Labels that are kept; a release never changes, so they stay true.
_KEPT: Final = 1 << 15
_PREFIXED: Final = re.compile(r"[a-z][\w-]*:[A-Za-z0-9_](?:[\w.-]*[\w-])?")
#: Characters of the longest name that is never broken where there is room.
_LONGEST_NAME: Final = 24
_SPACE: Final = re.compile(r"\s")
_ENDS_PART: Final = re.compile(r"(?<=[:/#])(?![:/#]|$)")
_NO_ANCHOR: Final = re.compile(r"[^A-Za-z0-9_-]+")
_PLAIN: Final = re.compile(r"[^\x00-\x20<>\"{}|^`\\]+")


class Text(NamedTuple):
    """Words in a language; None where the language is not known."""

    text: str
    language: str | None = None


def names_under(base: str) -> Callable[[str], Iri]:
    """Return what turns a prefixed name such as `org:Post` into its IRI."""
    spaces = prefixes(base)

    @cache
    def name(prefixed: str) -> Iri:
        prefix, _, local = prefixed.partition(":")
        return Iri(spaces[prefix] + local)

    return name


@cache
def shortener(base: str) -> Callable[[str], str]:
    """Return what turns an IRI into its prefixed name, or leaves it as it is."""
    spaces = sorted(prefixes(base).items(), key=lambda item: -len(item[1]))

    def shorten(iri: str) -> str:
        for prefix, space in spaces:
            if iri.startswith(space) and len(iri) > len(space):
                return f"{prefix}:{iri[len(space) :]}"
        return iri

    return shorten


def writer(base: str) -> Callable[[Term], str]:
    """Return what writes a term as SPARQL does, by a prefixed name where it can be."""
    shorten = shortener(base)

    def write(term: Term) -> str:
        if isinstance(term, Iri):
            short = shorten(term.value)
            return short if _PREFIXED.fullmatch(short) else f"<{term.value}>"
        text = term_text(term)
        start, mark, datatype = text.rpartition("^^<")
        if mark and isinstance(term, Literal) and not term.language:
            return f"{start}^^{write(Iri(datatype.removesuffix('>')))}"
        return text

    return write


class Labels:
    """Labels of things: in the language asked for, else in another, else their IRI."""

    def __init__(self, store: ReadableStore, base: str) -> None:
        """Read labels from a store whose own IRIs start with `base`."""
        self.store = store
        self.name = names_under(base)
        self._base = base
        self._short = shortener(base)
        self.found = lru_cache(maxsize=_KEPT)(self._find)

    def of(self, term: Term, language: str) -> Text:
        """Return the words for a term; a literal is its own."""
        if isinstance(term, Literal):
            return Text(term.value, term.language)
        if not isinstance(term, Iri):
            return Text(str(term))
        return self.found(term, language) or Text(self.short(term))

    def short(self, iri: Iri) -> str:
        """Return the prefixed name of an IRI, or the IRI where no prefix fits."""
        return self._short(iri.value)

    def anchor(self, iri: Iri) -> str:
        """Return where a term stands on the page of the ontology."""
        own, _, local = iri.value.partition("#")
        name = local if own.startswith(self._base) and local else self.short(iri)
        return _NO_ANCHOR.sub("-", name)

    def parted(self, words: str) -> list[str | Iri]:
        """Return words in pieces: IRIs for the prefixed names of what has a label."""
        pieces: list[str | Iri] = []
        end = 0
        for found in _PREFIXED.finditer(words):
            iri = self._named(found[0])
            if iri and self.found(iri, ""):
                pieces += [words[end : found.start()], iri]
                end = found.end()
        return [*pieces, words[end:]]

    def _named(self, prefixed: str) -> Iri | None:
        """Return the IRI of a prefixed name, None where the prefix is not known."""
        try:
            return self.name(prefixed)
        except KeyError:
            return None

    def _find(self, iri: Iri, language: str) -> Text | None:
        """Return the label of an IRI, or None if it has none."""
        for prefixed in LABELS:
            found = self.store.statements(iri, self.name(prefixed))
            literals = [s.object for s in found if isinstance(s.object, Literal)]
            if literals:
                return best(literals, language)
        return None

    def all(self, iri: Iri, prefixed: str, language: str) -> Text | None:
        """Return a text property of an IRI in the best language, or None."""
        found = self.store.statements(iri, self.name(prefixed))
        literals = [s.object for s in found if isinstance(s.object, Literal)]
        return best(literals, language) if literals else None


def best(literals: Iterable[Literal], language: str) -> Text:
    """Return the literal that suits a language best; the same one every time."""
    order = sorted(
        literals, key=lambda x: (x.language != language, x.language != "nl", x.value)
    )
    return Text(order[0].value, order[0].language)


def in_query(iri: str) -> str:
    """Return an IRI as it stands in a query; ValueError if it could end there."""
    if not _PLAIN.fullmatch(iri):
        message = f"{iri!r} is not an IRI"
        raise ValueError(message)
    return f"<{iri}>"


def is_name(text: str) -> bool:
    """Tell whether a text is a short word or name, which is read best in one piece."""
    return len(text) <= _LONGEST_NAME and not _SPACE.search(text)


def breakable(text: str) -> Markup:
    """Return an IRI or a name as markup that is broken only between its parts."""
    parts = [text] if _SPACE.search(text) else _ENDS_PART.split(text)
    return Markup("<wbr>").join(parts)
