"""The canonical form of the project's Turtle files, so that a diff shows only change.

The form is rdflib's `longturtle` with the project's table of prefixes: one term a line,
sorted. It keeps no comments, which is why explanations are written as triples.
"""

from pathlib import Path

from rdflib import Graph

from graph.namespaces import prefixes


def canonical_turtle(text: str) -> str:
    """Return the Turtle `text` in canonical form; rdflib's errors if malformed."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in prefixes().items():
        graph.bind(prefix, namespace, override=True, replace=True)
    graph += Graph(bind_namespaces="none").parse(data=text, format="turtle")
    lines = graph.serialize(format="longturtle").splitlines()
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def is_canonical(path: Path) -> bool:
    """Tell whether a Turtle file equals its own canonical form."""
    text = path.read_text(encoding="utf-8")
    return canonical_turtle(text) == text


def canonicalise(path: Path) -> bool:
    """Rewrite a Turtle file in canonical form; tell whether that changed it."""
    text = path.read_text(encoding="utf-8")
    form = canonical_turtle(text)
    if form != text:
        path.write_text(form, encoding="utf-8", newline="\n")
    return form != text
