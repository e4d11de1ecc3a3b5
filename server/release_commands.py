"""The commands `regietafel releases …`: what an operator does with releases."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph import keeping
from graph.current import CURRENT, current_id
from graph.diffing import as_json, as_patch, as_text, diff
from graph.errors import NoReleaseError
from graph.history import History
from graph.manifest import CHANGES
from graph.verifying import verify
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.diffing import Change
    from graph.releasing import Release

OUT: Final = Console()
#: Releases that `prune` leaves when it is not told otherwise.
KEEP: Final = 10

releases_option = click.option(
    "--releases",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Settings().releases,
    show_default=True,
    help="Folder that holds the releases.",
)
json_option = click.option("--json", "as_data", is_flag=True, help="Print JSON.")


@click.group("releases")
def releases_group() -> None:
    """List, show, compare, verify, go back to and clear away releases."""


@releases_group.command("list")
@releases_option
@json_option
def list_command(folder: Path, *, as_data: bool) -> None:
    """List the releases, the newest first; an arrow marks the current one."""
    current = current_id(folder)
    found = [*reversed(History(folder).releases())]
    if not found:
        raise NoReleaseError(folder)
    if as_data:
        rows = [_facts(item) | {"current": item.path.name == current} for item in found]
        _print_json(rows)
        return
    table = Table()
    for name in ("", "release", "published", "parent", "statements", "sources", "gate"):
        table.add_column(name, no_wrap=name in {"", "release", "parent"})
    for item in found:
        arrow = "→" if item.path.name == current else ""
        table.add_row(arrow, *_row(item))
    OUT.print(table)


@releases_group.command("show")
@click.argument("release", default=CURRENT)
@releases_option
@json_option
def show_command(release: str, folder: Path, *, as_data: bool) -> None:
    """Show one RELEASE, by default the current one: its manifest and its changelog."""
    chosen = keeping.choose(folder, release)
    if as_data:
        _print_json(asdict(chosen.manifest) | {"changes": _changelog(chosen)})
        return
    table = Table(show_header=False)
    for name, value in _sheet(chosen):
        table.add_row(name, escape(str(value)))
    OUT.print(table)


@releases_group.command("diff")
@click.argument("old")
@click.argument("new")
@releases_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "patch"]),
    default="text",
    show_default=True,
    help="For people, as JSON, or as an RDF patch.",
)
def diff_command(old: str, new: str, folder: Path, form: str) -> None:
    """Show what was added and removed between the releases OLD and NEW, by entity."""
    before, after = keeping.choose(folder, old), keeping.choose(folder, new)
    changes = diff(before.dataset, after.dataset)
    for line in _lines(changes, before, after, form):
        click.echo(line, nl=form != "json")


@releases_group.command("rollback")
@click.argument("release", required=False)
@releases_option
def rollback_command(release: str | None, folder: Path) -> None:
    """Make an earlier RELEASE the current one, by default this one's parent."""
    chosen = keeping.rollback(folder, release)
    click.echo(f"release {chosen.manifest.id}")


@releases_group.command("verify")
@click.argument("releases", nargs=-1)
@releases_option
@json_option
def verify_command(releases: tuple[str, ...], folder: Path, *, as_data: bool) -> None:
    """Check every byte of RELEASES, by default of all; exit 1 if one is damaged."""
    places = _places(folder, releases)
    found = [(path, damage) for path in places for damage in verify(path)]
    if as_data:
        _print_json([{"release": path.name} | item._asdict() for path, item in found])
    elif found:
        table = Table("release", "file", "what is wrong")
        for path, damage in found:
            table.add_row(path.name, escape(damage.file), escape(damage.reason))
        OUT.print(table)
        click.echo("Build the release again, or roll back; the sources are unharmed.")
    else:
        click.echo(f"{len(places)} release(s) are as they were published")
    sys.exit(1 if found else 0)


@releases_group.command("prune")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=KEEP,
    show_default=True,
    help="How many of the newest releases stay; the current one always does.",
)
@releases_option
def prune_command(keep: int, folder: Path) -> None:
    """Remove old releases; what only they held goes on answering 410."""
    removed = keeping.prune(folder, keep)
    for item in removed:
        click.echo(f"removed {item.manifest.id}")
    click.echo(f"{len(removed)} release(s) removed")


def _places(folder: Path, words: tuple[str, ...]) -> list[Path]:
    """Return the folders of some releases, or of all, those that are damaged too."""
    if words:
        named = (folder / word for word in words)
        return [p if p.is_dir() else keeping.choose(folder, p.name).path for p in named]
    hidden = (path for path in folder.glob("*") if path.is_dir())
    found = [p for p in hidden if not p.is_symlink() and not p.name.startswith(".")]
    if not found:
        raise NoReleaseError(folder)
    return sorted(found)


def _lines(
    changes: Iterable[Change], old: Release, new: Release, form: str
) -> Iterator[str]:
    base = new.manifest.base
    ids = (old.manifest.id, new.manifest.id)
    if form == "patch":
        return as_patch(changes, *(f"{base}release/{item}" for item in ids))
    if form == "json":
        return as_json(changes, *ids)

    def label(iri: str) -> str | None:
        return new.label(iri, "nl") or old.label(iri, "nl")

    return as_text(changes, label, base)


def _changelog(release: Release) -> dict[str, int]:
    """Return how many entities are new, changed or gone since the parent."""
    path = release.path / CHANGES
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as lines:
        next(lines)
        return dict(Counter(line.split("\t")[1] for line in lines))


def _facts(release: Release) -> dict[str, Any]:
    names = ("id", "published", "parent", "validated", "ontology", "counts")
    return {name: getattr(release.manifest, name) for name in names}


def _row(release: Release) -> tuple[str, ...]:
    told, counts = release.manifest, release.manifest.counts
    return (
        told.id,
        f"{told.moment:%Y-%m-%d %H:%M}",
        told.parent or "",
        f"{counts['statements']:,}",
        f"{counts['sources']:,}",
        "passed" if told.validated else "not run",
    )


def _sheet(release: Release) -> Iterator[tuple[str, object]]:
    """Yield what is shown of a release, as names and values."""
    told = release.manifest
    yield from (("release", told.id), ("RDFC-1.0", told.rdfc10))
    yield from (("published", told.published), ("parent", told.parent or "(none)"))
    yield from (("gate", told.engine or "not run"), ("ontology", told.ontology))
    yield from ((name, f"{value:,}") for name, value in sorted(told.counts.items()))
    yield from sorted(told.tools.items())
    for state, number in sorted(_changelog(release).items()):
        yield f"{state} since parent", f"{number:,} entities"
    yield "files", ", ".join(sorted(told.files))


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))
