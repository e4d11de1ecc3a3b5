"""The command `regietafel`: reads the environment and puts the parts together.

Each option may also be given as an environment variable, `REGIETAFEL_` and its name.
"""

from __future__ import annotations

import gc
import os
import socket
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from graph.ephemeral import temporary_folder
from graph.errors import AddressError
from graph.releasing import current_release
from server.options import base_option
from server.running import run
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.interfaces import ServedRelease

#: Where prometheus-client is told a folder in which processes share their counts.
COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"
#: The commands beside those below, by name: the module of each, and what it is there.
COMMANDS: Final = {
    "build": ("server.build_command", "build_command"),
    "format": ("server.format_command", "format_command"),
    "push": ("server.push_command", "push_command"),
    "query": ("server.query_command", "query_command"),
    "releases": ("server.release_commands", "releases_group"),
    "terms": ("server.versioning", "terms_command"),
    "validate": ("server.validating", "validate_command"),
}


class Commands(click.Group):
    """Commands imported when they are asked for, so that serving starts soon."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name, None if there is none."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, name = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(module), name)
        return found


@click.group(cls=Commands, context_settings={"auto_envvar_prefix": "REGIETAFEL"})
@click.version_option(package_name="regietafel")
def cli() -> None:
    """Build, check, query and serve the knowledge graph of the Regietafel."""


@cli.command("serve")
def serve_command(**chosen: Any) -> None:  # noqa: ANN401  see Settings
    """Serve the current release at http://HOST:PORT/ until interrupted."""
    settings = Settings(**chosen)
    if settings.service:
        _check_services(settings)
    if settings.store is None:
        _serve(current_release(settings.releases), settings)
        return
    from server.progress import progress_bar  # noqa: PLC0415  only here is it needed
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
    from graph.building import preview  # noqa: PLC0415  serving alone builds nothing

    with temporary_folder() as folder:
        settings = Settings(host=host, port=port, releases=folder)
        _serve(preview(files, settings.releases, base), settings)


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
            multiple=isinstance(default, tuple),
            type=_type_of(default, item.metadata),
            help=item.metadata["help"],
        )
        command.params.append(option)


def _check_services(settings: Settings) -> None:
    """End the command unless the endpoints that queries may name can be asked."""
    from graph.endpoint import check_services  # noqa: PLC0415  only then is HTTP needed

    if settings.store:
        raise click.UsageError("--service cannot be used with --store.")
    check_services(settings.service)


def _type_of(
    default: object, metadata: Mapping[str, Any]
) -> click.ParamType[Any] | None:
    """Return what the value of a setting is read as, None for what click guesses."""
    if isinstance(default, Path):
        return click.Path(path_type=Path)
    return click.Choice(metadata["choices"]) if "choices" in metadata else None


_add_settings(serve_command)


def _serve(release: ServedRelease, settings: Settings) -> None:
    """Serve a folder of releases until interrupted; AddressError if it cannot be."""
    port = _free_port(settings.host, settings.port)
    with temporary_folder() as counts:
        os.environ[COUNTS] = str(counts)  # read when what counts is imported
        serve = _imported_serve()
        click.echo(f"release {release.manifest.id} at http://{settings.host}:{port}/")
        serve(settings, port)


def _imported_serve() -> Callable[[Settings, int], None]:
    """Return what serves; looking for cycles among what is imported finds none."""
    gc.disable()
    from server.serving import serve  # noqa: PLC0415  only serving needs Flask

    gc.freeze()
    gc.enable()
    return serve


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
