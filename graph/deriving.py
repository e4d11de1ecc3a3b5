"""Applies the numbered rules: each CONSTRUCT fills a derived graph of its own.

A rule sees every named graph read so far and every earlier rule's result, so the
numbers give the order. The build describes each derived graph itself, with the `# nl:`
and `# en:` lines at the head of its rule.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import SourceSyntaxError
from graph.namespaces import DEFAULT_BASE, expand, rebase
from graph.paths import RULES
from graph.reading import read_text
from graph.terms import Iri, Literal, Statement

if TYPE_CHECKING:
    from pathlib import Path

    from graph.store import Store
    from graph.terms import Term

LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
_NAME: Final = re.compile(r"\d+-(.+)")


class Rule(NamedTuple):
    """A CONSTRUCT query, the derived graph it fills, and what it says of itself."""

    path: Path
    name: str
    text: str
    titles: dict[str, str]


def rules(base: str = DEFAULT_BASE) -> list[Rule]:
    """Return the rules in the order in which they are applied."""
    return [_rule(path, base) for path in sorted(RULES.glob("*.rq"))]


def derive(store: Store, base: str = DEFAULT_BASE) -> None:
    """Add every rule's derived graph, and its description, to the store."""
    for rule in rules(base):
        graph = expand(f"afgeleid:{rule.name}", base)
        try:
            derived = store.construct(rule.text, graph)
        except SyntaxError as error:
            line, column = error.lineno or 1, error.offset or 1
            raise SourceSyntaxError(rule.path, line, column, str(error)) from None
        store.add(derived)
        store.add(_description(rule, graph, base))


def _rule(path: Path, base: str) -> Rule:
    text = rebase(read_text(path), base)
    found = _NAME.fullmatch(path.stem)
    return Rule(path, found[1] if found else path.stem, text, head_comment(text))


def head_comment(text: str) -> dict[str, str]:
    """Return the `# nl: …` and `# en: …` lines at the head of a query, by language."""
    titles: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        language, mark, title = line.lstrip("# ").partition(":")
        if mark and language in {"nl", "en"}:
            titles[language] = title.strip()
    return titles


def _description(rule: Rule, graph: str, base: str) -> list[Statement]:
    node, register = Iri(graph), Iri(expand("graph:afgeleid", base))
    facts: list[tuple[str, Term]] = [
        ("rdf:type", Iri(expand("prov:Bundle"))),
        ("rdf:type", Iri(expand("prov:Entity"))),
        ("rdf:type", Iri(expand("void:Dataset"))),
        ("prov:wasAttributedTo", Iri(expand("actor:regietafel", base))),
        ("dcterms:license", Iri(LICENCE)),
        *(("skos:prefLabel", Literal(t, tag)) for tag, t in rule.titles.items()),
    ]
    return [Statement(node, Iri(expand(p)), value, register) for p, value in facts]
