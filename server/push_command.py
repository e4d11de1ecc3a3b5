"""The command `regietafel push`: puts a release into a store elsewhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from graph.endpoint import check_address
from graph.pushing import State, push
from graph.releasing import current_release
from server.options import releases_option
from server.progress import progress_bar


@click.command("push")
@click.argument("address", metavar="GRAPH-STORE-URL")
@releases_option
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that remembers what is in the store; beside the releases by default.",
)
def push_command(address: str, releases: Path, state: Path | None) -> None:
    """Put the current release into the store behind a GRAPH-STORE-URL.

    The store must speak the SPARQL 1.1 Graph Store HTTP Protocol. A name and a password
    are read from the file .netrc. If it is interrupted, run it again: it goes on.
    """
    check_address(address)
    release = current_release(releases)
    place = state or releases / _state_name(address)
    with progress_bar() as step:
        done = push(release, address, State(place), step)
    click.echo(
        f"release {release.manifest.id}: {done.sent} graphs sent and read back alike, "
        f"{done.equal} were there, {done.removed} taken away"
    )


def _state_name(address: str) -> str:
    return f".push-{hashlib.sha256(address.encode()).hexdigest()[:16]}.jsonl"
