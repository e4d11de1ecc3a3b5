"""Applies the numbered rules: each CONSTRUCT fills a derived graph of its own.

A rule sees what every named graph read so far states, each triple once, and every
earlier rule's result, so the numbers give the order. Of a named graph alone it may ask
the types of things, and anything of the register. The build describes each derived
graph itself, with the `# nl:` and `# en:` lines at the head of its rule.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import SourceSyntaxError
from graph.formats import NQUADS, NTRIPLES
from graph.namespaces import DEFAULT_BASE, expand, rebase
from graph.paths import RULES
from graph.reading import Source, read_text
from graph.store import serialise
from graph.terms import Iri, Literal, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graph.bulk import BulkStore
    from graph.sorting import Runs
    from graph.store import Store
    from graph.terms import Term

LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
_PIECE: Final = 1 << 20
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
    store.fill_default()
    for rule in rules(base):
        graph = expand(f"afgeleid:{rule.name}", base)
        with _explained(rule.path):
            derived = store.construct(rule.text, graph)
        for statements in (derived, _description(rule, graph, base)):
            store.add(statements)
            store.add(item._replace(graph=None) for item in statements)
    store.clear_default()


def derive_lines(
    store: BulkStore,
    base: str,
    folder: Path,
    out: Runs,
    advance: Callable[[int, int, str], object],
) -> None:
    """Write every rule's derived graph, and its description, to `out` as N-Quads.

    The merged graph is the store's default graph; what each rule derives is added to it
    for the next. `advance` is told how many of all rules have been applied.
    """
    chosen = rules(base)
    for number, rule in enumerate(chosen, start=1):
        graph = expand(f"afgeleid:{rule.name}", base)
        found = folder / f"{rule.name}.nt"
        with found.open("wb") as file, _explained(rule.path):
            store.construct_to(rule.text, file)
        with Source(found) as source:
            store.take(source, NTRIPLES)
        with found.open("rb") as file:
            mark = f" <{graph}> .\n".encode()
            while lines := file.readlines(_PIECE):
                out.write(b"".join(lines).replace(b" .\n", mark))
        found.unlink()
        description = _description(rule, graph, base)
        store.add(item._replace(graph=None) for item in description)
        out.write(serialise(description, NQUADS))
        advance(number, len(chosen), "rules")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn a syntax error of a rule into one that names its file."""
    try:
        yield
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        raise SourceSyntaxError(path, line, column, str(error)) from None


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
