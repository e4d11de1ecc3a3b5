"""The gate against pySHACL: CPU time on the same triples, and memory of the gate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import CACHE, generated, measure_python, peers, show
from graph.validation import shapes_text

#: What the budget asks: how many times faster, by size, and megabytes at most.
FASTER: Final = {100_000: 100, 1_000_000: 50}
MEGABYTES: Final = 200
#: CPU seconds after which pySHACL is ended, and the ratio is a lower bound.
PATIENCE: Final = 3600
GATHER: Final = """
import sys
from pathlib import Path
from graph.gathering import gather, instead
from graph.namespaces import DEFAULT_BASE
data = instead([Path(sys.argv[2])], DEFAULT_BASE)
gather(Path(sys.argv[1]), data, DEFAULT_BASE)
"""
OURS: Final = """
import sys
from pathlib import Path
from graph.engines import load_engine
load_engine("shacl").validate(Path(sys.argv[1]), Path(sys.argv[2]).read_text())
"""
THEIRS: Final = """
import sys
import rdflib
from pyshacl import validate
data = rdflib.Graph().parse(sys.argv[1], format="nt")
shapes = rdflib.Graph().parse(sys.argv[2], format="turtle")
print(validate(data, shacl_graph=shapes, advanced=True)[0])
"""


def merged(quads: int) -> Path:
    """Return the merged triples of a generated graph, as the gate reads them."""
    folder = CACHE / f"{quads}-gathered"
    if not (folder / "merged.nt").exists():
        folder.mkdir(parents=True, exist_ok=True)
        measure_python(GATHER, folder, generated(quads))
    return folder / "merged.nt"


def compare(quads: int, *, peer: bool = True, most: int = PATIENCE) -> None:
    """Print the gate's cost at a size, and how often it fits into pySHACL's."""
    data, shapes = merged(quads), CACHE / "shapes.ttl"
    shapes.write_text(shapes_text(), encoding="utf-8")
    ours = measure_python(OURS, data, shapes)
    within = "" if ours.peak <= MEGABYTES else "  over the budget"
    rows: list[tuple[str, object]] = [
        ("shacl", ours),
        ("memory, at most 200 MB", f"{ours.peak:.0f} MB{within}"),
    ]
    if peer:
        python = str(peers() / "python")
        theirs = measure_python(THEIRS, data, shapes, python=python, most=most)
        least = FASTER.get(quads, min(FASTER.values()))
        ratio = f"{'more than ' if theirs.cut else ''}{theirs.cpu / ours.cpu:.0f}"
        rows += [
            ("pyshacl", theirs),
            (f"pyshacl ÷ shacl, at least {least}", ratio),
        ]
    show(f"gate, {quads:,} quads", rows)


@click.command()
@click.option("--quads", default=100_000, show_default=True)
@click.option("--peer/--no-peer", default=True, help="Measure pySHACL as well.")
@click.option(
    "--most",
    default=PATIENCE,
    show_default=True,
    help="CPU seconds after which pySHACL is ended.",
)
def main(quads: int, *, peer: bool, most: int) -> None:
    """Measure the gate."""
    compare(quads, peer=peer, most=most)


if __name__ == "__main__":
    main()
