"""Tells why a query does not parse, and how to mend it.

A parser names all that it could have taken at the furthest place it came to. What
people get wrong is found here by the tokens of the query: a word, a bracket, a prefix.
`diagnoses.toml` has what they are told. See
https://www.w3.org/TR/sparql11-query/#grammar.
"""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.paths import DIAGNOSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_READ: Final = tomllib.loads(DIAGNOSES.read_text(encoding="utf-8"))
#: What each fault is called to people; `{found}` is what stands there.
WORDS: Final[Mapping[str, Mapping[str, str]]] = _READ["words"]
_KEYWORDS: Final = tuple(_READ["keywords"].split())
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<iri><[^<>"{}|^`\\\s]*>)
    |(?P<spoiled><[a-zA-Z][a-zA-Z0-9+.-]*:[^<>\n]*>)
    |(?P<string>\"{3}(?:[^"\\]|\\.|"{1,2}(?!"))*\"{3}|'{3}(?:[^'\\]|\\.|'{1,2}(?!'))*'{3}
        |"(?!"")(?:[^"\\\n\r]|\\.)*"|'(?!'')(?:[^'\\\n\r]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<name>(?:[^\W\d_][\w.-]*|_)?:(?:(?:[\w:%.-]|\\.)*[\w:%-])?)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<number>[0-9][0-9.eE]*)
    |(?P<word>[^\W\d_]\w*)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
#: How a token is written where only its kind matters.
_SYMBOLS: Final = {
    "iri": "<>",
    "name": "<>",
    "string": '""',
    "variable": "?",
    "number": "0",
    "tag": "@",
}
_PAIRS: Final = {")": "(", "}": "{", "]": "["}
_SELECT: Final = r"SELECT (?:DISTINCT |REDUCED )?"
_AGGREGATES: Final = "COUNT|SUM|MIN|MAX|AVG|SAMPLE|GROUP_CONCAT"
_TERM: Final = r'(?:\?|<>|""|0|A|TRUE|FALSE)(?: @)? '
#: Where a pattern begins; the brackets of VALUES hold none.
_BEGUN: Final = r"(?:(?<![?)] )\{|\.) "
#: Faults by the tokens that show them; the place is that of the group `here`.
_PATTERNS: Final = tuple(
    (fault, re.compile(pattern))
    for fault, pattern in (
        ("comma", rf"{_SELECT}(?:\? )+(?P<here>), "),
        ("aggregate", rf"{_SELECT}(?:\? )*(?P<here>)(?:{_AGGREGATES}) \( "),
        ("as", r" AS (?P<here>)(?!\? )"),
        ("by", r" (?P<here>)(?:ORDER|GROUP) (?!BY )"),
        ("order", r" (?:LIMIT|OFFSET) 0 (?P<here>)(?:ORDER|GROUP|HAVING) "),
        ("filter", r" FILTER (?P<here>)(?:\?|\"\"|0) "),
        ("short", rf"{_BEGUN}{_TERM}(?:{_TERM})?(?P<here>)[.}}] "),
        ("long", rf"{_BEGUN}(?:{_TERM}){{3}}(?P<here>){_TERM}"),
    )
)
#: What the parser says in words, and the fault that it is.
_SAID: Final = {
    "IRI parsing failed": "iri",
    "The SELECT contains a variable that is unbound": "unbound",
}
#: Letters of a query that are told again.
LONGEST: Final = 100
#: Things that can stand at a place which are told; more of them help nobody.
_MOST: Final = 6
#: How alike a misspelt word must be, of 100.
_ALIKE: Final = 70
_EXPECTED: Final = re.compile(r'"([^"]{1,2})"|\b([A-Z]{2,}[A-Z_]*|[a-z]+[A-Z]\w+)\b')


class Diagnosis(NamedTuple):
    """What is wrong with a query: a key of `WORDS`, its blanks, and where it is.

    `offset` counts characters from the beginning.
    """

    fault: str
    offset: int
    found: str = ""
    likely: str = ""

    def words(self, language: str = "en") -> str:
        """Return what is wrong and how to mend it, in a language."""
        return words_of(self.fault, self.found, self.likely, language)


class _Token(NamedTuple):
    kind: str
    text: str
    offset: int

    @property
    def symbol(self) -> str:
        return _SYMBOLS.get(self.kind) or self.text.upper()


_START: Final = _Token("", "", 0)
#: Words behind which a name stands, so that another word there is no slip of the pen.
_NAMING: Final = frozenset(("PREFIX", "AS"))


def words_of(fault: str, found: str, likely: str, language: str) -> str:
    """Return a fault in words of a language, with its blanks filled."""
    return WORDS[fault][language].format(found=found, likely=likely)


def diagnose(query: str, offset: int, reason: str) -> Diagnosis:
    """Return what is wrong with a query that does not parse.

    `offset` is where the parser came to, `reason` what it says it expected there.
    """
    tokens = list(_tokens(query))
    for find in _FINDERS:
        if found := find(tokens):
            return found._replace(
                found=_shown(found.found), likely=_shown(found.likely)
            )
    for said, fault in _SAID.items():
        if said in reason:
            return Diagnosis(fault, max(0, offset - 1))
    return _expected(offset, reason)


def _shown(text: str) -> str:
    """Return the beginning of what stands in a query, so that it is not told whole."""
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _tokens(query: str) -> Iterator[_Token]:
    """Yield the tokens of a query, up to a text that does not end."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or ""
        if kind != "space":
            yield _Token(kind, match[0], match.start())
        if kind == "mark" and match[0] in "\"'":
            return


def _empty(tokens: Sequence[_Token]) -> Diagnosis | None:
    return None if tokens else Diagnosis("empty", 0)


def _unended(tokens: Sequence[_Token]) -> Diagnosis | None:
    last = tokens[-1]
    is_quote = last.kind == "mark" and last.text in "\"'"
    return Diagnosis("string", last.offset, last.text) if is_quote else None


def _spoiled(tokens: Sequence[_Token]) -> Diagnosis | None:
    """Return the IRI that holds what no IRI may, such as a space."""
    found = (Diagnosis("iri", x.offset) for x in tokens if x.kind == "spoiled")
    return next(found, None)


def _misspelt(tokens: Sequence[_Token]) -> Diagnosis | None:
    from rapidfuzz import fuzz, process  # noqa: PLC0415  only for queries that fail

    for before, token in pairwise([_START, *tokens]):
        if token.kind != "word" or token.text.upper() in _KEYWORDS:
            continue
        if before.symbol in _NAMING:
            continue
        near = process.extractOne(
            token.text.upper(),
            _KEYWORDS,
            scorer=fuzz.ratio,
            score_cutoff=_ALIKE,
        )
        fault, likely = ("keyword", near[0]) if near else ("word", "")
        return Diagnosis(fault, token.offset, token.text, likely)
    return None


def _unnamed(tokens: Sequence[_Token]) -> Diagnosis | None:
    for word, name in pairwise(tokens):
        if word.symbol == "PREFIX" and not name.text.endswith(":"):
            return Diagnosis("colon", name.offset)
    return None


def _undeclared(tokens: Sequence[_Token]) -> Diagnosis | None:
    declared = {name.text for word, name in pairwise(tokens) if word.symbol == "PREFIX"}
    for token in tokens:
        prefix = token.text.partition(":")[0] + ":"
        if token.kind == "name" and prefix not in {*declared, "_:"}:
            return Diagnosis("prefix", token.offset, prefix)
    return None


def _unbalanced(tokens: Sequence[_Token]) -> Diagnosis | None:
    waiting: list[_Token] = []
    for token in tokens:
        if token.text in _PAIRS.values():
            waiting.append(token)
        elif opener := _PAIRS.get(token.text):
            if not waiting:
                return Diagnosis("close", token.offset, token.text)
            if waiting.pop().text != opener:
                return _open_before(token, opener, tokens)
    return Diagnosis("open", waiting[-1].offset, waiting[-1].text) if waiting else None


def _open_before(
    closer: _Token, opener: str, tokens: Sequence[_Token]
) -> Diagnosis | None:
    """Return the bracket that is still open where another kind is closed."""
    waiting: list[_Token] = []
    for token in tokens[: tokens.index(closer)]:
        if token.text in _PAIRS.values():
            waiting.append(token)
        elif token.text in _PAIRS:
            waiting.pop()
    if all(token.text != opener for token in waiting):
        return Diagnosis("close", closer.offset, closer.text)
    return Diagnosis("open", waiting[-1].offset, waiting[-1].text)


def _misplaced(tokens: Sequence[_Token]) -> Diagnosis | None:
    """Return what the order of the tokens shows."""
    line = " " + "".join(f"{token.symbol.replace(' ', '')} " for token in tokens)
    for fault, pattern in _PATTERNS:
        if match := pattern.search(line):
            number = line.count(" ", 1, match.start("here"))
            token = tokens[min(number, len(tokens) - 1)]
            return Diagnosis(fault, token.offset, token.text.upper())
    return None


_FINDERS: Final[tuple[Callable[[Sequence[_Token]], Diagnosis | None], ...]] = (
    _empty,
    _unended,
    _spoiled,
    _misspelt,
    _unnamed,
    _undeclared,
    _unbalanced,
    _misplaced,
)


def _expected(offset: int, reason: str) -> Diagnosis:
    """Return what the parser would have taken, where that is a mark such as a bracket.

    Words that it tried it counts as read, and so a character that it looked at: these
    tell the place, but seldom what is wrong there.
    """
    found = [mark or word for mark, word in _EXPECTED.findall(reason)]
    words = [item for item in found if item.isalpha()]
    if "[_]" in reason or len(words) == len(found):
        back = 1 if "[_]" in reason else max(map(len, words), default=0)
        return Diagnosis("other", max(0, offset - back))
    if len(found) > _MOST:
        return Diagnosis("other", offset)
    return Diagnosis("expected", offset, ", ".join(dict.fromkeys(found)))
