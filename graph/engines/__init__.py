"""The SHACL engines behind one interface, and the choice of the one to use.

An engine takes the data and the shapes as text and returns bare results, without any
words of its own: messages are taken from the shapes, so engines can be exchanged
without changing a sentence. See https://www.w3.org/TR/shacl/#results-validation-result.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from graph.terms import Term


class Result(NamedTuple):
    """One validation result as an engine gives it; IRIs without angle brackets."""

    focus: Term
    path: str | None
    value: Term | None
    severity: str
    shape: str
    component: str


class Engine(Protocol):
    """A SHACL engine; both methods raise EngineRefusalError where it gives up."""

    name: str

    def validate(self, ntriples: bytes | Path, shapes: str) -> list[Result]:
        """Return the results for data in N-Triples, or a file of it, and shapes."""

    def report(self, ntriples: bytes | Path, shapes: str) -> bytes:
        """Return the engine's own `sh:ValidationReport`, in N-Triples."""


#: Engine by name, with the package it needs and the module that adapts it.
ENGINES: Final = {
    "shacl": ("shacl", "graph.engines.rust"),
    "pyshacl": ("pyshacl", "graph.engines.reference"),
}
#: The name that stands for every engine, compared.
BOTH: Final = "both"


def default_engine() -> str:
    """Return `shacl`, or `pyshacl` where there is no `shacl` for this machine."""
    return next(name for name, (package, _) in ENGINES.items() if find_spec(package))


def fallback_note() -> str | None:
    """Return what a report says where the default engine is not the first choice."""
    first, used = next(iter(ENGINES)), default_engine()
    if used == first:
        return None
    return (
        f"`{first}` has no wheel for this machine, so `{used}` validated: "
        "the same findings, more slowly."
    )


def load_engine(name: str) -> Engine:
    """Return the engine of that name; KeyError if there is none."""
    engine: Engine = import_module(ENGINES[name][1]).ENGINE
    return engine
