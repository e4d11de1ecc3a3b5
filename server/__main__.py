"""The command `regietafel`: reads the environment and puts the parts together.

Each option may also be given as an environment variable, `REGIETAFEL_` and its name.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph.building import build, preview
from graph.errors import AddressError
from graph.formats import CSV, JSON, TURTLE
from graph.guarding import guard
from graph.including import ask_on, include
from graph.namespaces import shorten
from graph.paths import ROOT, turtle_files
from graph.releasing import current_release
from graph.turtle import canonicalise, is_canonical
from graph.validation import SEVERITIES
from server.options import base_option, engine_option, files_argument, releases_option
from server.progress import progress_bar
from server.push_command import push_command
from server.release_commands import releases_group
from server.running import ERR, run
from server.settings import Settings
from server.validating import validate_command
from server.versioning import terms_command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from graph.formats import Format
    from graph.interfaces import ServedRelease
    from graph.terms import Term

OUT: Final = Console()
#: Where prometheus-client is told a folder in which processes share their counts.
COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"
#: What a shell sees of a command that Ctrl-C ended: 128 and the signal's number.
INTERRUPTED: Final = 130


@click.group(context_settings={"auto_envvar_prefix": "REGIETAFEL"})
@click.version_option(package_name="regietafel")
def cli() -> None:
    """Build, check, query and serve the knowledge graph of the Regietafel."""


cli.add_command(releases_group)
cli.add_command(push_command)
cli.add_command(validate_command)
cli.add_command(terms_command)


@cli.command("build")
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


@cli.command("query")
@click.argument("query")
@click.option(
    "--format",
    "syntax",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How the answer is printed; triples are always Turtle.",
)
@click.option(
    "--at",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day that ?at stands for in the query, as yyyy-mm-dd.",
)
@releases_option
def query_command(
    query: str, syntax: str, day: datetime | None, releases: Path
) -> None:
    """Answer a SPARQL QUERY on the current release; `-` reads standard input.

    A line `# include: holder-at` in it stands for the patterns of that fragment, see
    graph/fragments.
    """
    release = current_release(releases)
    text = sys.stdin.read() if query == "-" else query
    text = include(text, release.manifest.base)
    text = ask_on(text, day.date(), release.manifest.base) if day else text
    guard(text)
    solutions = CSV if syntax == "csv" else JSON
    syntaxes: dict[str, Format | None] = {"solutions": solutions, "graph": TURTLE}
    begun = release.store.answer(text, syntaxes)
    if syntax == "table" and begun.kind == "solutions":
        _print_table(release.store.select(text), release.manifest.base)
        return
    out = sys.stdout.buffer
    begun.write(out)
    out.write(b"\n")


@cli.command("serve")
def serve_command(**chosen: Any) -> None:  # noqa: ANN401  see Settings
    """Serve the current release at http://HOST:PORT/ until interrupted."""
    settings = Settings(**chosen)
    if settings.store is None:
        _serve(current_release(settings.releases), settings)
        return
    from server.remoting import release_of  # noqa: PLC0415  only then is HTTP needed

    release = release_of(settings)
    with progress_bar() as step:
        release.prepare(step, anew=not release.is_known)
    _serve(release, settings)


@cli.command("preview")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
)
@click.option("--host", default=Settings().host, show_default=True)
@click.option("--port", default=Settings().port, show_default=True)
@base_option
def preview_command(files: tuple[Path, ...], host: str, port: int, base: str) -> None:
    """Serve any RDF FILES without the gate, with a banner that says so."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(host=host, port=port, releases=Path(folder))
        _serve(preview(files, settings.releases, base), settings)


@cli.command("format")
@files_argument
@click.option("--check", "only_check", is_flag=True, help="Change nothing, only tell.")
def format_command(files: tuple[Path, ...], *, only_check: bool) -> None:
    """Put Turtle FILES, by default the graph's own, in canonical form."""
    chosen = files or (*turtle_files(), *sorted((ROOT / "tests").rglob("*.ttl")))
    act: Callable[[Path], bool] = _is_not_canonical if only_check else canonicalise
    changed = [path for path in chosen if act(path)]
    for path in changed:
        click.echo(f"{path}: {'not canonical' if only_check else 'rewritten'}")
    if only_check and changed:
        raise click.ClickException("Mend them with `regietafel format`.")


def _is_not_canonical(path: Path) -> bool:
    return not is_canonical(path)


def _add_settings(command: click.Command) -> None:
    """Give a command an option for each setting, from the one table."""
    defaults = Settings()
    for item in fields(Settings):
        default = getattr(defaults, item.name)
        option = click.Option(
            [f"--{item.name.replace('_', '-')}"],
            default=default,
            show_default=True,
            is_flag=isinstance(default, bool),
            type=_type_of(default, item.metadata),
            help=item.metadata["help"],
        )
        command.params.append(option)


def _type_of(
    default: object, metadata: Mapping[str, Any]
) -> click.ParamType[Any] | None:
    """Return what the value of a setting is read as, None for what click guesses."""
    if isinstance(default, Path):
        return click.Path(path_type=Path)
    return click.Choice(metadata["choices"]) if "choices" in metadata else None


_add_settings(serve_command)


def _stop(out: Path) -> NoReturn:
    """End the process where an interrupt found it; nothing waits for the rest."""
    ERR.print(f"\n[bold]stopped[/]  nothing was released; {out} is as it was")
    sys.stdout.flush()
    os._exit(INTERRUPTED)


def _print_table(solutions: Sequence[dict[str, Term]], base: str) -> None:
    names = list(dict.fromkeys(name for row in solutions for name in row))
    table = Table(*names, caption=f"{len(solutions)} solution(s)")
    for row in solutions:
        cells = [shorten(row[n].value, base) if n in row else "" for n in names]
        table.add_row(*map(escape, cells))
    OUT.print(table)


def _serve(release: ServedRelease, settings: Settings) -> None:
    """Serve a folder of releases until interrupted; AddressError if it cannot be."""
    port = _free_port(settings.host, settings.port)
    with tempfile.TemporaryDirectory(prefix="regietafel-") as counts:
        os.environ[COUNTS] = counts  # read when what counts is imported
        from server.serving import serve  # noqa: PLC0415  only serving needs Flask

        click.echo(f"release {release.manifest.id} at http://{settings.host}:{port}/")
        serve(settings, port)


def _free_port(host: str, port: int) -> int:
    """Return the port to listen on, a free one for 0; AddressError if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise AddressError(host, port, str(error)) from None
        found: int = probe.getsockname()[1]
        return found


def main() -> None:
    """Run the command; an error of the project ends it with a remedy."""
    run(cli)


if __name__ == "__main__":
    main()
