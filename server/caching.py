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
from server.negotiation import LONGEST, choose_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from server.calls import Call

    Headers = Sequence[tuple[bytes, bytes]]

#: The part of the cache that one answer may fill.
SHARE: Final = 8
#: Bytes that an entry takes beside its body, about.
_OVERHEAD: Final = 2_048
#: What an answer may vary by and still be kept: all of it is in the key.
VARIED: Final = frozenset(("", "accept", "accept-language", "accept-encoding"))
#: Headers that addresses in an answer may be made of, beside `Host`.
_FORWARDED: Final = (b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-port")
#: Codings that are kept beside the plain answer.
CODINGS: Final = tuple(WHOLE)
#: Headers without which no answer can be told by its key.
_NEVER: Final = frozenset((b"range", b"authorization", b"x-forwarded-prefix"))
#: Headers that most requests have none of, but for those that come through a proxy.
_RARE: Final = _NEVER.union(_FORWARDED)
#: Where releases are that are not current.
_OTHERS: Final = b"/release/"
#: Headers that describe the bytes sent and so have no place in a 304.
_OF_BODY: Final = frozenset((b"content-length", b"content-type", b"content-encoding"))


#: All that an answer of one release depends on: path, query, the types and the language
#: that are wanted, what the site is called, and the digest of a body.
Key = tuple[
    bytes, bytes, bytes, str, bytes | None, tuple[bytes | None, ...] | None, bytes
]
#: What answers hold for: the id of the release, and when those beside it changed, for
#: pages tell of the releases in the folder.
State = tuple[str, int]


class Form(NamedTuple):
    """An answer in one content coding, ready to be sent."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Entry:
    """A finished answer, and its codings as far as they were asked for.

    From when it is kept, `state` is what it holds for and `keyed` the bytes of its key;
    `asked` tells whether it was asked since room was last looked for.
    """

    state: State | None = None
    asked = False
    keyed = 0

    def __init__(self, headers: Headers, body: bytes, route: str | None) -> None:
        """Keep an answer without a coding; `headers` hold its tag, not its length."""
        self.etag = dict(headers)[b"etag"].removeprefix(b"W/")
        self.route = route
        self.stored = time.perf_counter()
        self.forms: dict[str, Form] = {}
        self._headers = tuple(headers)
        self.unchanged = Form(304, tuple(without_body(headers)), b"")
        kind = dict(headers).get(b"content-type", b"").decode("latin-1")
        self.shrinks = len(body) >= LEAST and shrinks(kind)
        self.add(IDENTITY, body)

    @property
    def size(self) -> int:
        """Return the bytes that the entry takes."""
        bodies = sum(len(form.body) for form in self.forms.values())
        return _OVERHEAD + self.keyed + bodies

    @property
    def plain(self) -> bytes:
        """Return the body without a coding."""
        return self.forms[IDENTITY].body

    def add(self, coding: str, body: bytes) -> Form:
        """Make the form of a coding."""
        added = [(b"content-length", str(len(body)).encode())]
        if coding != IDENTITY:
            added.append((b"content-encoding", coding.encode()))
        self.forms[coding] = Form(200, (*self._headers, *added), body)
        return self.forms[coding]

    def coding(self, accept: bytes) -> str:
        """Return the coding in which a client gets the answer."""
        return coding_of(accept[:LONGEST]) if self.shrinks else IDENTITY

    def form(self, asked: Mapping[bytes, bytes]) -> Form | None:
        """Return the form for the headers of a request.

        None if nobody has asked for its coding yet.
        """
        wanted = asked.get(b"if-none-match")
        if wanted and self.matches(wanted):
            return self.unchanged
        return self.forms.get(self.coding(asked.get(b"accept-encoding", b"")))

    def matches(self, wanted: bytes) -> bool:
        """Tell whether an `If-None-Match` holds the tag of this answer."""
        tags = (tag.strip().removeprefix(b"W/") for tag in wanted.split(b","))
        return any(tag in {self.etag, b"*"} for tag in tags)

    def age(self) -> int:
        """Return the whole seconds since the answer was made."""
        return int(time.perf_counter() - self.stored)


class Cache:
    """Answers by key; those nobody asked again leave when the bytes are too many.

    Finding takes no lock, and only marks an answer as asked. Whoever makes room passes
    once over what is marked: the algorithm known as second chance.
    """

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
        if state != self.state:
            self._empty(state)
        entry = self._entries.get(key)
        if entry is None or entry.state != state:
            return None
        entry.asked = True
        return entry

    def takes(self, size: int) -> bool:
        """Tell whether an answer of so many bytes may be kept."""
        return size + _OVERHEAD <= self.capacity // SHARE

    def keep(self, key: Key, entry: Entry, state: State) -> None:
        """Keep an answer, in place of those that nobody asked again.

        Nothing happens to one for a state that has passed since it was asked.
        """
        with self._lock:
            if state == self.state:
                self._forget(key)
                entry.state, entry.keyed = state, _length(key)
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

    def _empty(self, state: State) -> None:
        with self._lock:
            if state != self.state:
                self._entries.clear()
                self.state, self.bytes = state, 0

    def _forget(self, key: Key) -> None:
        old = self._entries.pop(key, None)
        self.bytes -= old.size if old else 0

    def _shrink(self) -> None:
        while self.bytes > self.capacity:
            key, entry = next(iter(self._entries.items()))
            if entry.asked:
                entry.asked = False
                self._entries.move_to_end(key)
            else:
                self._forget(key)


def key_of(call: Call) -> Key | None:
    """Return the key of a request, None if its answer is not to be kept."""
    scope, headers = call.scope, call.headers
    path = scope["raw_path"]
    if len(headers) != len(scope["headers"]) or path.startswith(_OTHERS):
        return None
    is_plain = _RARE.isdisjoint(headers)
    if not (is_plain or _NEVER.isdisjoint(headers)):
        return None
    get = headers.get
    return (
        path,
        scope["query_string"],
        get(b"accept", b"")[:LONGEST],
        language_of(get(b"accept-language", b"")[:LONGEST]),
        get(b"host"),
        None if is_plain else tuple(map(get, _FORWARDED)),
        _digest(call) if call.method == "POST" else b"",
    )


def _length(key: Key) -> int:
    """Return the bytes of all that a client wrote in a key."""
    path, query, accept, _, host, forwarded, _ = key
    parts = (path, query, accept, host, *(forwarded or ()))
    return sum(len(part) for part in parts if part)


def _digest(call: Call) -> bytes:
    kind = call.headers.get(b"content-type", b"")
    return hashlib.sha256(kind + b"\0" + call.body).digest()


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
