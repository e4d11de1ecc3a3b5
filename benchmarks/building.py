"""The whole build against `oxigraph load` of the same file: CPU time and memory."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import CACHE, generated, measure, peers, show

TIMES: Final = 6


def compare(quads: int, *, peer: bool = True) -> Path:
    """Print the cost of the build, and how often the peer's fits; return its folder."""
    data, out = generated(quads), CACHE / f"{quads}-releases"
    shutil.rmtree(out, ignore_errors=True)
    command = (sys.executable, "-m", "server", "build")
    ours = measure(*command, "--from", data, "--out", out)
    rows: list[tuple[str, object]] = [("regietafel build", ours)]
    if peer:
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            load = ("load", "--location", folder, "--file", data)
            theirs = measure(peers() / "oxigraph", *load)
        ratio = f"{ours.cpu / theirs.cpu:.1f}"
        rows += [
            ("oxigraph load", theirs),
            (f"build ÷ load, at most {TIMES} at 1,000,000", ratio),
        ]
    show(f"build, {quads:,} quads", rows)
    return out


@click.command()
@click.option("--quads", default=100_000, show_default=True)
@click.option("--peer/--no-peer", default=True, help="Measure `oxigraph load` too.")
def main(quads: int, *, peer: bool) -> None:
    """Measure the build."""
    compare(quads, peer=peer)


if __name__ == "__main__":
    main()
