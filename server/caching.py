"""Keeps finished answers of the current release, to give them again without any work.

Only what the application marked as public is kept, under all that it may depend on:
the address, the body of a query, and the headers that answers vary by. The bytes that
are kept are bounded, and another release empties the cache. Several threads may use it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from server.coding import IDENTITY, LEAST, WHOLE, choose_coding, shrinks, varied
from server.negotiation import choose_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Headers = Sequence[tuple[bytes, bytes]]

#: The part of the cache that one answer may fill.
SHARE: Final = 8
#: Bytes that an entry takes beside its body, about.
_OVERHEAD: Final = 2_048
#: What an answer may vary by and still be kept: all of it is in the key.
VARIED: Final = frozenset(("", "accept", "accept-language", "accept-encoding"))
#: Headers that addresses in an answer may be made of.
_SITE: Final = (b"host", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-port")
#: Codings that are kept beside the plain answer.
CODINGS: Final = tuple(WHOLE)
#: Headers without which no answer can be told by its key.
_NEVER: Final = frozenset((b"range", b"authorization", b"x-forwarded-prefix"))
#: Longest value of a header that a key holds.
_LONGEST: Final = 1_024
#: Headers that describe the bytes sent and so have no place in a 304.
_OF_BODY: Final = frozenset((b"content-length", b"content-type", b"content-encoding"))


#: All that an answer of one release depends on: method, path, query, digest of the
#: body, the types and the language that are wanted, and what the site is called.
Key = tuple[str, bytes, bytes, bytes, bytes, str, tuple[bytes | None, ...]]
#: What answers hold for: the id of the release, and when those beside it changed, for
#: pages tell of the releases in the folder.
State = tuple[str, int]


class Form(NamedTuple):
    """An answer in one content coding, ready to be sent."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Entry:
    """A finished answer, and its codings as far as they were asked for."""

    def __init__(self, headers: Headers, body: bytes, route: str | None) -> None:
        """Keep an answer without a coding; `headers` hold its tag, not its length."""
        self.etag = dict(headers)[b"etag"].removeprefix(b"W/")
        self.route = route
        self.stored = time.monotonic()
        self.forms: dict[str, Form] = {}
        self._headers = tuple(headers)
        self.unchanged = Form(tuple(without_body(headers)), b"")
        kind = dict(headers).get(b"content-type", b"").decode("latin-1")
        self.shrinks = len(body) >= LEAST and shrinks(kind)
        self.add(IDENTITY, body)

    @property
    def size(self) -> int:
        """Return the bytes that the entry takes."""
        return _OVERHEAD + sum(len(form.body) for form in self.forms.values())

    @property
    def plain(self) -> bytes:
        """Return the body without a coding."""
        return self.forms[IDENTITY].body

    def add(self, coding: str, body: bytes) -> Form:
        """Make the form of a coding."""
        added = [(b"content-length", str(len(body)).encode())]
        if coding != IDENTITY:
            added.append((b"content-encoding", coding.encode()))
        self.forms[coding] = Form((*self._headers, *added), body)
        return self.forms[coding]

    def coding(self, accept: bytes) -> str:
        """Return the coding in which a client gets the answer."""
        return coding_of(accept) if self.shrinks else IDENTITY

    def reply(self, asked: Mapping[bytes, bytes]) -> tuple[int, Form] | None:
        """Return the status and the form for the headers of a request.

        None if nobody has asked for its coding yet.
        """
        wanted = asked.get(b"if-none-match")
        if wanted and self.matches(wanted):
            return 304, self.unchanged
        form = self.forms.get(self.coding(asked.get(b"accept-encoding", b"")))
        return form and (200, form)

    def matches(self, wanted: bytes) -> bool:
        """Tell whether an `If-None-Match` holds the tag of this answer."""
        tags = (tag.strip().removeprefix(b"W/") for tag in wanted.split(b","))
        return any(tag in {self.etag, b"*"} for tag in tags)

    def age(self) -> int:
        """Return the whole seconds since the answer was made."""
        return int(time.monotonic() - self.stored)


class Cache:
    """Answers by key; the ones asked longest ago leave when the bytes are too many."""

    def __init__(self, capacity: int) -> None:
        """Start empty; `capacity` is in bytes, and 0 keeps nothing."""
        self.capacity = capacity
        self.state: State = ("", 0)
        self.bytes = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return the number of answers kept."""
        return len(self._entries)

    def find(self, key: Key, state: State) -> Entry | None:
        """Return the answer under a key, None if there is none that holds for a state.

        Answers that hold for another one are forgotten.
        """
        with self._lock:
            if state != self.state:
                self._entries.clear()
                self.state, self.bytes = state, 0
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def takes(self, size: int) -> bool:
        """Tell whether an answer of so many bytes may be kept."""
        return size + _OVERHEAD <= self.capacity // SHARE

    def keep(self, key: Key, entry: Entry, state: State) -> None:
        """Keep an answer, in place of those asked longest ago.

        Nothing happens to one for a state that has passed since it was asked.
        """
        with self._lock:
            if state == self.state:
                self._forget(key)
                self._entries[key] = entry
                self.bytes += entry.size
                self._shrink()

    def add_form(self, key: Key, entry: Entry, coding: str, body: bytes) -> Form:
        """Add a coding to an answer, which is kept along if the answer still is."""
        with self._lock:
            kept = self._entries.get(key) is entry and coding not in entry.forms
            form = entry.add(coding, body)
            if kept:
                self.bytes += len(body)
                self._shrink()
        return form

    def _forget(self, key: Key) -> None:
        old = self._entries.pop(key, None)
        self.bytes -= old.size if old else 0

    def _shrink(self) -> None:
        while self.bytes > self.capacity:
            self._forget(next(iter(self._entries)))


def key_of(
    method: str, path: bytes, query: bytes, headers: Mapping[bytes, bytes], body: bytes
) -> Key | None:
    """Return the key of a request, None if its answer is not to be kept."""
    accept = headers.get(b"accept", b"")
    language = headers.get(b"accept-language", b"")
    if (
        len(accept) > _LONGEST
        or len(language) > _LONGEST
        or not _NEVER.isdisjoint(headers)
    ):
        return None
    return (
        "GET" if method == "HEAD" else method,
        path,
        query,
        body and _digest(headers.get(b"content-type", b""), body),
        accept,
        language_of(language),
        tuple(map(headers.get, _SITE)),
    )


def _digest(kind: bytes, body: bytes) -> bytes:
    return hashlib.sha256(kind + b"\0" + body).digest()


@lru_cache(maxsize=256)
def coding_of(accept: bytes) -> str:
    """Return the coding of a kept answer for an `Accept-Encoding` header."""
    return choose_coding(accept.decode("latin-1"), CODINGS)


@lru_cache(maxsize=256)
def language_of(header: bytes) -> str:
    """Return the language of a page for an `Accept-Language` header."""
    return choose_language(None, header.decode("latin-1"))


def may_keep(headers: Headers) -> bool:
    """Tell whether an answer may be kept, by its headers."""
    found = dict(headers)
    varied = found.get(b"vary", b"").decode("latin-1").lower().split(",")
    return (
        b"public" in found.get(b"cache-control", b"")
        and found.keys().isdisjoint((b"set-cookie", b"content-encoding"))
        and {item.strip() for item in varied} <= VARIED
    )


def entry_of(headers: Headers, body: bytes, route: str | None) -> Entry:
    """Return an answer to be kept; one without a tag gets that of its bytes."""
    found = dict(headers)
    digest = hashlib.sha256(body).hexdigest()[:32].encode()
    tag = found.get(b"etag", b'"' + digest + b'"')
    kept = [item for item in headers if item[0] not in {b"etag", b"content-length"}]
    return Entry(varied([*kept, (b"etag", tag)]), body, route)


def without_body(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Return the headers of a 304."""
    return [item for item in headers if item[0] not in _OF_BODY]
