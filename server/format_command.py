"""The command `regietafel format`: puts Turtle files in canonical form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from graph.paths import GRAPH, ROOT, turtle_files
from graph.turtle import canonicalise, is_canonical
from server.options import files_argument

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@click.command("format")
@files_argument
@click.option("--check", "only_check", is_flag=True, help="Change nothing, only tell.")
def format_command(files: tuple[Path, ...], *, only_check: bool) -> None:
    """Put Turtle FILES, by default the graph's own, in canonical form."""
    others = *GRAPH.glob("*.ttl"), *(ROOT / "tests").rglob("*.ttl")
    chosen = files or sorted({*turtle_files(), *others})
    act: Callable[[Path], bool] = _is_not_canonical if only_check else canonicalise
    changed = [path for path in chosen if act(path)]
    for path in changed:
        click.echo(f"{path}: {'not canonical' if only_check else 'rewritten'}")
    if only_check and changed:
        raise click.ClickException("Mend them with `regietafel format`.")


def _is_not_canonical(path: Path) -> bool:
    return not is_canonical(path)
