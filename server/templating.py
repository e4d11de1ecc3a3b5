"""Keeps compiled templates beside their sources, as Python keeps compiled modules.

Compiling those of one page takes longer than anything else that its first visitor waits
for. Where the folder cannot be written they are compiled at each start.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Final

from jinja2 import FileSystemBytecodeCache

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

COMPILED: Final = Path(__file__).parent / "templates" / "__pycache__"


class CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates in a folder, each with a digest of what it was made from."""

    def __init__(self, folder: Path = COMPILED) -> None:
        """Keep them in a folder, which is made when there is something to keep."""
        super().__init__(str(folder), "%s.jinja")
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template; one that is damaged counts as none."""
        with suppress(OSError, EOFError, UnpicklingError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template if the folder can take it."""
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
