"""Which release of a folder is the current one: a link, set in one step."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

CURRENT: Final = "current"


def current_id(releases: Path) -> str | None:
    """Return the id of the current release, None if there is none."""
    try:
        return (releases / CURRENT).readlink().name
    except OSError:
        return None


def point(releases: Path, identity: str) -> None:
    """Make a release the current one in one step."""
    link = releases / f".{CURRENT}-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(identity, target_is_directory=True)
    link.replace(releases / CURRENT)
    sync(releases)


def sync(path: Path) -> None:
    """Have the system write a file or a folder to disk now."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
