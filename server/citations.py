"""Keeps citations in SQLite: what was asked, of which release, and what came out.

A citation is called by the hash of what it says, so citing the same twice gives one.
The file is opened when something is asked of it and is bounded in size; if it cannot
be written, nothing but citing is affected.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from server.errors import (
    CitationsClosedError,
    CitationsFullError,
    TooManyCitationsError,
)

if TYPE_CHECKING:
    from pathlib import Path

_PAGE: Final = 4_096
#: Seconds to wait for another process that writes.
_PATIENCE: Final = 5.0
_LETTERS: Final = 12
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS citation (
  id TEXT PRIMARY KEY, subject TEXT NOT NULL, titles TEXT NOT NULL,
  release TEXT NOT NULL, published TEXT NOT NULL, digest TEXT NOT NULL,
  size INTEGER NOT NULL, created TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS citation_created ON citation (created);
"""
_FULL: Final = "full"


@dataclass(frozen=True)
class Citation:
    """An answer that can be asked for again.

    `subject` is what was asked, as JSON; `digest` the SHA-256 of the answer and `size`
    its rows. `published` is when the release was, `created` when it was cited.
    """

    id: str
    subject: str
    titles: str
    release: str
    published: str
    digest: str
    size: int
    created: str

    @property
    def asked(self) -> dict[str, Any]:
        """Return what was asked, as plain values."""
        found: dict[str, Any] = json.loads(self.subject)
        return found

    def title(self, language: str) -> str:
        """Return what was asked, in words."""
        titles: dict[str, str] = json.loads(self.titles)
        return titles[language]

    @property
    def day(self) -> datetime:
        """Return when the release was published."""
        return datetime.fromisoformat(self.published)

    @property
    def moment(self) -> datetime:
        """Return when it was cited."""
        return datetime.fromisoformat(self.created)


def identity_of(subject: str, release: str) -> str:
    """Return the short id of a citation."""
    digest = hashlib.sha256(f"{release}\n{subject}".encode()).digest()
    return base64.b32encode(digest).decode().lower()[:_LETTERS]


class Citations:
    """The citations in a file; `size` is the most bytes that it may take."""

    def __init__(self, path: Path, size: int, per_hour: int) -> None:
        """Name the file; it is made when the first citation comes."""
        self._path = path
        self._pages = max(8, size // _PAGE)
        self._per_hour = per_hour

    def get(self, identity: str) -> Citation | None:
        """Return a citation, None if there is none of that id."""
        if not self._path.exists():
            return None
        try:
            with closing(self._connect()) as connection:
                return _read(connection, identity)
        except sqlite3.Error as error:
            raise CitationsClosedError from error

    def add(self, citation: Citation) -> Citation:
        """Keep a citation, and return it as it was first kept.

        Raises TooManyCitationsError, CitationsFullError or CitationsClosedError.
        """
        try:
            with closing(self._connect()) as connection, connection:
                connection.executescript(_SCHEMA)
                known = _read(connection, citation.id)
                if known is None:
                    self._admit(connection)
                    blanks = ", ".join("?" * len(astuple(citation)))
                    connection.execute(
                        f"INSERT OR IGNORE INTO citation VALUES ({blanks})",  # noqa: S608  blanks alone
                        astuple(citation),
                    )
                return known or citation
        except sqlite3.Error as error:
            if _FULL in str(error):
                raise CitationsFullError from error
            raise CitationsClosedError from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_PATIENCE)
        connection.execute(f"PRAGMA page_size = {_PAGE}")
        connection.execute(f"PRAGMA max_page_count = {self._pages}")
        return connection

    def _admit(self, connection: sqlite3.Connection) -> None:
        """Refuse a citation where too many came in the last hour."""
        since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        query = "SELECT COUNT(*) FROM citation WHERE created > ?"
        if connection.execute(query, (since,)).fetchone()[0] >= self._per_hour:
            raise TooManyCitationsError(self._per_hour)


def _read(connection: sqlite3.Connection, identity: str) -> Citation | None:
    query = "SELECT * FROM citation WHERE id = ?"
    row = connection.execute(query, (identity,)).fetchone()
    return Citation(*row) if row else None
