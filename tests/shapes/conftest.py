"""What the tests of the shapes share: the shapes, the ontology, and many small cases.

An engine takes about as long for one small case as for hundreds. So cases are given
hosts of their own and validated together, each as if it stood alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from rdflib import Graph

from graph.engines import load_engine
from graph.namespaces import DEFAULT_BASE
from graph.paths import ONTOLOGY
from graph.validation import shapes_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.engines import Result

_OWN: Final = re.compile(rf"<{re.escape(DEFAULT_BASE)}([^>]*)>")
_DESCRIBED: Final = re.compile(rf"^{_OWN.pattern}", re.MULTILINE)
_HOST: Final = re.compile(r"https://case-(\d+)\.example/")


class Outcome(NamedTuple):
    """What a result says, apart from the value: IRIs, and `path` empty for none."""

    focus: str
    path: str
    shape: str
    severity: str


@pytest.fixture(scope="session")
def shapes() -> Graph:
    """Return the shapes graph."""
    return Graph().parse(data=shapes_text(), format="turtle")


@pytest.fixture(scope="session")
def background() -> str:
    """Return the ontology and the concept schemes, which every case may lean on."""
    files = [*ONTOLOGY.glob("*.ttl"), *(ONTOLOGY / "schemes").glob("*.ttl")]
    merged = Graph()
    for path in sorted(files):
        merged.parse(path)
    return merged.serialize(format="nt")


@pytest.fixture(scope="session")
def validate_apart(
    background: str,
) -> Callable[[str, Mapping[str, str]], dict[str, set[Outcome]]]:
    """Return a function that validates N-Triples texts, each as if it stood alone."""
    known = set(_DESCRIBED.findall(background))

    def validate(engine: str, cases: Mapping[str, str]) -> dict[str, set[Outcome]]:
        names = list(cases)
        data = [_apart(str(i), cases[name], known) for i, name in enumerate(names)]
        text = background + "".join(data)
        found: dict[str, set[Outcome]] = {name: set() for name in names}
        for result in load_engine(engine).validate(text.encode(), shapes_text()):
            host = _HOST.match(result.focus.value)
            if host is None:
                pytest.fail(f"the ontology itself breaks {result.shape}")
            found[names[int(host[1])]].add(_outcome(result))
        return found

    return validate


def _apart(number: str, triples: str, known: set[str]) -> str:
    """Give a case's own IRIs a host, and its names a number, that no other case has."""

    def move(found: re.Match[str]) -> str:
        host = f"https://case-{number}.example/"
        return found[0] if found[1] in known else f"<{host}{found[1]}>"

    return _OWN.sub(move, triples).replace('"@', f' {number}"@')


def _outcome(result: Result) -> Outcome:
    focus = _HOST.sub(DEFAULT_BASE, result.focus.value)
    return Outcome(focus, result.path or "", result.shape, result.severity)
