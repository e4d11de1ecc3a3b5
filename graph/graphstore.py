"""A client of the SPARQL 1.1 Graph Store HTTP Protocol that is patient and checks.

See https://www.w3.org/TR/sparql11-http-rdf-update/. A digest of a graph is the same in
whatever order a store gives its triples and whatever it calls its blank nodes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from graph import quirks
from graph.body import Bounds
from graph.endpoint import Endpoint
from graph.errors import StoreRefusalError, StoreSlowError, StoreUnreachableError
from graph.transcoding import canonical_triples, read_triples

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from graph.terms import Statement

TRIES: Final = 5
#: Seconds before the second try; twice as many before each after it.
PAUSE: Final = 1.0
#: Seconds that one exchange may take; a store may index what it is sent first.
SECONDS: Final = 600.0
#: What a store says of itself when asking again may help.
_PASSING: Final = ("status 429", "status 502", "status 503", "status 504")
_NOT_FOUND: Final = 404
_MODULUS: Final = 1 << 256

T = TypeVar("T")


class Digest(NamedTuple):
    """How many triples a graph has, and the sum of their hashes, in hexadecimal."""

    size: int
    total: str


class GraphStore:
    """A Graph Store, asked again where asking again can help."""

    def __init__(self, address: str, wait: Callable[[float], object]) -> None:
        """Speak to an address; `wait` is called with the seconds between two tries."""
        self._endpoint = Endpoint(address, Bounds(seconds=SECONDS))
        self._wait = wait

    def digest(self, name: str, *, blank: bool) -> Digest:
        """Return the digest of a graph; `blank` tells whether it has blank nodes."""
        return self._read(name, lambda file: digest_of(file, blank=blank), _NOTHING)

    def triples(self, name: str) -> list[Statement]:
        """Return the triples of a small graph."""
        return self._read(name, lambda file: list(read_triples(file)), [])

    def put(self, name: str, ntriples: bytes) -> None:
        """Replace a graph."""
        self._write("PUT", name, ntriples)

    def add(self, name: str, ntriples: bytes) -> None:
        """Add triples to a graph."""
        self._write("POST", name, ntriples)

    def delete(self, name: str) -> None:
        """Take a graph away; it need not be there."""
        self._patiently(
            lambda: self._endpoint.exchange("DELETE", fields={"graph": name}).close()
        )

    def close(self) -> None:
        """Close all connections."""
        self._endpoint.close()

    def _read(self, name: str, take: Callable[[IO[bytes]], T], nothing: T) -> T:
        def read() -> T:
            with self._endpoint.exchange(
                "GET", fields={"graph": name}, accept=quirks.TRIPLES
            ) as body:
                if body.status == _NOT_FOUND:
                    return nothing
                return body.telling(take)

        return self._patiently(read)

    def _write(self, method: str, name: str, ntriples: bytes) -> None:
        headers = {"Content-Type": quirks.TRIPLES}

        def send() -> None:
            with self._endpoint.exchange(
                method, fields={"graph": name}, headers=headers, body=ntriples
            ) as body:
                if body.status == _NOT_FOUND:
                    raise StoreRefusalError("status 404: there is no Graph Store")

        self._patiently(send)

    def _patiently(self, act: Callable[[], T]) -> T:
        """Try, and try again a little later where the store may recover."""
        for number in range(TRIES - 1):
            try:
                return act()
            except (StoreUnreachableError, StoreSlowError):
                pass
            except StoreRefusalError as error:
                if not error.reason.startswith(_PASSING):
                    raise
            self._wait(PAUSE * 2**number)
        return act()


def digest_of(file: IO[bytes], *, blank: bool) -> Digest:
    """Return the digest of N-Triples; those with blank nodes are held in memory."""
    count = total = 0
    for item in canonical_triples(file) if blank else read_triples(file):
        text = quirks.comparable(item[:3]).encode()
        total += int.from_bytes(hashlib.sha256(text).digest())
        count += 1
    return Digest(count, f"{total % _MODULUS:064x}")


_NOTHING: Final = Digest(0, f"{0:064x}")
