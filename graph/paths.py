"""Where the files of the graph lie, and which named graph each becomes.

Works from a checkout and from an installed wheel alike, because both hold the same
folders side by side.
"""

from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
ONTOLOGY: Final = ROOT / "ontology"
RELEASED: Final = ONTOLOGY / "releases"
VOCABULARIES: Final = ONTOLOGY / "vocabularies"
SHAPES: Final = ROOT / "shapes"
GRAPH: Final = ROOT / "graph"
SOURCES: Final = GRAPH / "sources"
REFERENCE: Final = GRAPH / "reference"
RULES: Final = GRAPH / "rules"
QUERIES: Final = GRAPH / "queries"
DIAGNOSES: Final = GRAPH / "diagnoses.toml"
WAIVERS: Final = GRAPH / "waivers.toml"
TABLES: Final = GRAPH / "tables"
CATALOGUE: Final = GRAPH / "catalogue.ttl"
FRAGMENTS: Final = GRAPH / "fragments"
VIEWS: Final = GRAPH / "views"
VERSION: Final = "1.2.0"


class Family(NamedTuple):
    """Files that become named graphs: `graph` is a path under the base."""

    folder: Path
    pattern: str
    graph: str


#: `{stem}` in a graph's path is the file's name without its extension.
FAMILIES: Final = (
    Family(SOURCES, "*.ttl", "graph/bron/{stem}"),
    Family(REFERENCE, "*.ttl", "graph/referentie/{stem}"),
    Family(GRAPH, "register.ttl", "graph/register"),
    Family(ONTOLOGY / "schemes", "*.ttl", "graph/begrippen/{stem}"),
    Family(ONTOLOGY, "overleg.ttl", f"def/overleg/{VERSION}"),
    Family(ONTOLOGY, "reused.ttl", f"def/overleg/{VERSION}"),
    Family(ONTOLOGY, "alignments.ttl", "graph/uitlijningen"),
    Family(SHAPES, "*.ttl", f"def/overleg-shapes/{VERSION}"),
)

#: Named graphs that the merged default graph leaves out: they hold rules, not facts.
NOT_MERGED: Final = (f"def/overleg-shapes/{VERSION}",)


def source_files() -> list[tuple[Path, str]]:
    """Return every file of the graph with the path of its named graph, in order."""
    return [
        (path, family.graph.format(stem=path.stem))
        for family in FAMILIES
        for path in sorted(family.folder.glob(family.pattern))
    ]


def turtle_files() -> list[Path]:
    """Return every Turtle file that the graph is made of."""
    return [path for path, _ in source_files()]


def released_versions(folder: Path = RELEASED) -> list[Path]:
    """Return the released versions of the ontology, oldest first."""
    return sorted(
        folder.glob("*.ttl"), key=lambda path: [int(n) for n in path.stem.split(".")]
    )
