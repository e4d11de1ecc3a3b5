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
from graph.examples import describe_examples
from graph.formats import NQUADS, NTRIPLES
from graph.including import head_comment
from graph.namespaces import DEFAULT_BASE, expand, rebase
from graph.origins import NAMED, Uses, terms_read
from graph.paths import NOT_MERGED, RULES
from graph.reading import read_text
from graph.store import serialise
from graph.terms import Iri, Literal, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from graph.bulk import BulkStore
    from graph.sorting import Runs
    from graph.store import Store
    from graph.terms import Term

LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
_PIECE: Final = 1 << 20
_NAME: Final = re.compile(r"\d+-(.+)")
_QUESTIONS: Final = {"nl": "Voorbeeldvragen", "en": "Example questions"}
_MADE: Final = {
    "nl": "Grafen die bij het samenstellen zijn gemaakt",
    "en": "Graphs made when the release is built",
}
_MANY: Final = {
    "nl": "Gelezen uit {} grafen; te veel om te noemen.",
    "en": "Read from {} graphs, too many to name.",
}


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
    uses = _uses(store.canonical_nquads().splitlines(keepends=True), base)
    store.fill_default()
    for rule in rules(base):
        graph = expand(f"afgeleid:{rule.name}", base)
        with _explained(rule.path):
            derived = store.construct(rule.text, graph)
        described = _description(rule, graph, base, uses)
        for statements in (derived, described):
            store.add(statements)
            store.add(item._replace(graph=None) for item in statements)
        uses.add(graph, serialise(derived, NTRIPLES).splitlines())
    store.add(_examples(base))
    store.clear_default()


def _uses(lines: Iterable[bytes], base: str) -> Uses:
    """Return what the graphs that rules may read use, by their N-Quads."""
    return Uses.of(lines, [base + name for name in NOT_MERGED])


def derive_lines(
    store: BulkStore,
    base: str,
    folder: Path,
    out: Runs,
    advance: Callable[[int, int, str], object],
) -> None:
    """Write every rule's derived graph, and its description, to `out` as N-Quads.

    The folder holds what is stated, `stated.nq`, and so does the store, with the merged
    graph as its default graph; what each rule derives is added to it
    for the next. `advance` is told how many of all rules have been applied.
    """
    chosen = rules(base)
    with (folder / "stated.nq").open("rb") as stated:
        uses = _uses(stated, base)
    for number, rule in enumerate(chosen, start=1):
        graph = expand(f"afgeleid:{rule.name}", base)
        found = folder / f"{rule.name}.nt"
        description = _description(rule, graph, base, uses)
        with found.open("wb") as file, _explained(rule.path):
            store.construct_to(rule.text, file)
        store.take(found, NTRIPLES)
        with found.open("rb") as file:
            mark = f" <{graph}> .\n".encode()
            while lines := file.readlines(_PIECE):
                uses.add(graph, lines)
                out.write(b"".join(lines).replace(b" .\n", mark))
        found.unlink()
        store.add(item._replace(graph=None) for item in description)
        out.write(serialise(description, NQUADS))
        advance(number, len(chosen), "rules")
    examples = _examples(base)
    store.add(item._replace(graph=None) for item in examples)
    out.write(serialise(examples, NQUADS))


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


def _description(rule: Rule, graph: str, base: str, uses: Uses) -> list[Statement]:
    read = uses.graphs(terms_read(rule.text, base))
    return [*_bundle(graph, rule.titles, base), *_origins(graph, read, base)]


def _examples(base: str) -> list[Statement]:
    """Return the example questions, and what describes their graph and the others."""
    graph = expand("graph:vragen", base)
    asked = describe_examples(base, f"{base}sparql", graph)
    register = expand("graph:afgeleid", base)
    described = (*_bundle(graph, _QUESTIONS, base), *_bundle(register, _MADE, base))
    return [*described, *asked]


def _bundle(graph: str, titles: dict[str, str], base: str) -> Iterator[Statement]:
    """Yield what every graph that the build makes says of itself."""
    facts: list[tuple[str, Term]] = [
        ("rdf:type", Iri(expand("prov:Bundle"))),
        ("rdf:type", Iri(expand("prov:Entity"))),
        ("rdf:type", Iri(expand("void:Dataset"))),
        ("prov:wasAttributedTo", Iri(expand("actor:regietafel", base))),
        ("dcterms:license", Iri(LICENCE)),
        *(("skos:prefLabel", Literal(t, tag)) for tag, t in titles.items()),
    ]
    return (_fact(graph, path, value, base) for path, value in facts)


def _origins(graph: str, read: Sequence[str], base: str) -> Iterator[Statement]:
    """Yield the graphs that a rule read, or in words how many where they are many."""
    if len(read) <= NAMED:
        for name in read:
            yield _fact(graph, "prov:wasDerivedFrom", Iri(name), base)
        return
    for tag, words in _MANY.items():
        note = Literal(words.format(len(read)), tag)
        yield _fact(graph, "skos:scopeNote", note, base)


def _fact(graph: str, path: str, value: Term, base: str) -> Statement:
    register = Iri(expand("graph:afgeleid", base))
    return Statement(Iri(graph), Iri(expand(path)), value, register)
