"""Temporary folders that do not pile up where processes are killed.

What a block removes at its end stays when its process is killed. So each process keeps
a lock on its folder, which the system lets go of however the process ends, and whoever
needs a folder next removes those that nobody holds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX: Final = "regietafel-run-"


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give an empty folder of one's own; it is removed at the end, or by the next."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        _remove_abandoned(path)
    folder, lock = _make()
    within = folder / "files"  # whose own lock is then free for others
    within.mkdir()
    try:
        yield within
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _make() -> tuple[Path, int]:
    """Return a new folder and the lock on it; somebody may remove it in between."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = _lock(folder)
        if lock is not None and folder.exists():
            return folder, lock
        if lock is not None:
            os.close(lock)


def _remove_abandoned(folder: Path) -> None:
    """Remove a folder of ours that no process holds."""
    lock = _lock(folder)
    if lock is None:
        return
    if os.fstat(lock).st_uid == os.getuid():
        shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)


def _lock(folder: Path) -> int | None:
    """Return a lock on a folder; None if it is none, is gone or is held."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened
