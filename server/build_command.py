"""The command `regietafel build`: makes a release and shows how far it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final, NoReturn

import click

from graph.allocating import with_large_pages
from graph.building import build
from graph.findings import SEVERITIES
from server.options import base_option, engine_option
from server.progress import progress_bar
from server.settings import Settings

#: What a shell sees of a command that Ctrl-C ended: 128 and the signal's number.
INTERRUPTED: Final = 130


@click.command("build")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Settings().releases,
    show_default=True,
    help="Folder in which the release is made.",
)
@click.option(
    "--from",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="RDF file that takes the place of the sources; N-Quads may be of any size, "
    "also as .nq.gz or .nq.zst.",
)
@base_option
@engine_option
def build_command(
    out: Path, files: tuple[Path, ...], base: str, engine: str | None
) -> None:
    """Read, derive, gate and release the graph; ends with the release's id."""
    use_allocator()
    try:
        with progress_bar() as step:
            release, report = build(out, base, engine, step, files)
    except KeyboardInterrupt:
        _stop(out)
    counts = release.manifest.counts
    found = ", ".join(f"{report.count(name)} {name}" for name in SEVERITIES)
    click.echo(
        f"{counts['statements']} statements in {counts['graphs']} graphs "
        f"from {counts['sources']} sources\n"
        f"{found} by {report.engine}; `regietafel validate` shows them"
    )
    click.echo(f"release {release.manifest.id}")


def use_allocator() -> None:
    """Begin this process anew with an allocator that suits a build."""
    environment = with_large_pages(os.environ)
    if environment != os.environ:
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606  this very command


def _stop(out: Path) -> NoReturn:
    """End the process where an interrupt found it; nothing waits for the rest."""
    stopped = click.style("stopped", bold=True)
    click.echo(f"\n{stopped}  nothing was released; {out} is as it was", err=True)
    sys.stdout.flush()
    os._exit(INTERRUPTED)
