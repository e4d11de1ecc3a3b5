"""How long it takes from the start of a process to its first answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import building
from benchmarks.measuring import CACHE, measure_python, show

SECONDS: Final = 1.0
ANSWER: Final = """
import sys
from pathlib import Path
from server.__main__ import load_application
from server.settings import Settings
from graph.releasing import current_release
from werkzeug.test import Client
if __name__ == "__main__":
    releases = Path(sys.argv[1])
    release = current_release(releases)
    application = load_application(release.path, Settings(releases=releases))
    answer = Client(application).get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.status
"""


@click.command()
@click.option("--quads", default=100_000, show_default=True)
def main(quads: int) -> None:
    """Measure the start on a release of a generated graph."""
    out = CACHE / f"{quads}-releases"
    if not (out / "current").exists():
        building.compare(quads, peer=False)
    compare(out, quads)


def compare(out: Path, quads: int) -> None:
    """Print how long a new process takes to open a release and answer a page."""
    cost = measure_python(ANSWER, out)
    rows: list[tuple[str, object]] = [
        ("start to first page", cost),
        (f"seconds, at most {SECONDS:g}", f"{cost.wall:.2f}"),
    ]
    show(f"start, {quads:,} quads", rows)


if __name__ == "__main__":
    main()
