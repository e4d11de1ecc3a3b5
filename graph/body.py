"""Takes the answer of a store elsewhere as it comes: whole, in time, and bounded.

It is not trusted: redirects are not followed, an answer must be of the type that was
asked for, say how long it is, and end within the time and the size.
"""

from __future__ import annotations

import io
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, SSLError
from urllib3.exceptions import TimeoutError as SlowError

from graph.errors import (
    StoreAnswerError,
    StoreRefusalError,
    StoreSlowError,
    StoreUnreachableError,
)
from graph.quirks import ACCEPTED, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import IO

    from urllib3.response import BaseHTTPResponse

OK: Final = range(200, 300)
_PIECE: Final = 65_536
#: Bytes of a store's own words about an error that are read, and letters repeated.
_EXCERPT: Final = 4_096
_TOLD: Final = 200
_REDIRECT: Final = range(300, 400)
_SECRET: Final = (401, 403)
_MARKUP: Final = re.compile(rb"<[^>]*>|[^\x20-\x7e]+|\s+")
T = TypeVar("T")


@dataclass(frozen=True)
class Bounds:
    """What one exchange may take: seconds in all, seconds to connect, bytes of answer.

    `connections` is how many are kept open for later exchanges.
    """

    seconds: float = 30.0
    connect: float = 5.0
    size: int = 1 << 30
    connections: int = 16


class Body(io.RawIOBase):
    """The body of an answer as it comes in: a file that ends in time, or raises.

    `failure` is what it raised, for parsers that hide what a file raises.
    """

    def __init__(self, response: BaseHTTPResponse, bounds: Bounds, ends: float) -> None:
        """Read from a response until a moment of the monotonic clock."""
        self._response = response
        self._bounds = bounds
        self._ends = ends
        self._taken = 0
        self._ended = False
        self.failure: Exception | None = None

    @property
    def status(self) -> int:
        """Return the status of the answer."""
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers of the answer."""
        return self._response.headers

    @property
    def taken(self) -> int:
        """Return how many bytes have come."""
        return self._taken

    def stop(self) -> None:
        """Let whoever waits for the next bytes, in another thread, wait no more."""
        with suppress(HTTPError, OSError, ValueError):
            self._response.shutdown()

    def telling(self, take: Callable[[IO[bytes]], T]) -> T:
        """Run what reads this file; raise what it raised, which parsers may hide."""
        try:
            return take(self)  # type: ignore[arg-type]  # a raw file will do
        except Exception:
            if self.failure:
                raise self.failure from None
            raise

    def readable(self) -> bool:
        """Tell that this is a file for reading."""
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401  any buffer, as in io
        """Fill a buffer with the next bytes, none at the end."""
        try:
            piece = self._next(min(len(buffer), _PIECE))
        except Exception as error:
            self.failure = self.failure or error
            raise
        buffer[: len(piece)] = piece
        return len(piece)

    def _next(self, size: int) -> bytes:
        if time.monotonic() > self._ends:
            raise StoreSlowError(f"more than {self._bounds.seconds:g} seconds")
        try:
            piece: bytes = self._response.read1(size)
        except (HTTPError, OSError) as error:
            raise failure_of(error) from None
        self._taken += len(piece)
        self._ended = not piece
        if self._taken > self._bounds.size:
            raise StoreAnswerError(f"it is larger than {self._bounds.size:,} bytes")
        return piece

    def close(self) -> None:
        """Give the connection back if all was read, else end it."""
        if not self.closed:
            with suppress(HTTPError, OSError):
                if not self._ended and self._response.length_remaining != 0:
                    self._response.close()
                self._response.release_conn()
        super().close()


def check_status(body: Body, *, is_known: bool) -> None:
    """Raise unless the answer is a good one, or says that there is nothing.

    `is_known` tells whether a name and a password may be given at all.
    """
    if body.status in OK or body.status == 404:  # noqa: PLR2004  Not Found
        return
    if body.status in _REDIRECT:
        raise StoreAnswerError("it leads to another address, which is not followed")
    if body.status in _SECRET and is_known:
        raise StoreRefusalError(
            f"status {body.status}: it wants another name and password for its host, "
            "which are read from the file .netrc"
        )
    words = _MARKUP.sub(b" ", _excerpt(body)).decode("ascii")
    told = " ".join(words.split())[:_TOLD]
    raise StoreRefusalError(f"status {body.status}" + (f" ({told})" if told else ""))


def _excerpt(body: Body) -> bytes:
    with suppress(StoreAnswerError, StoreSlowError, StoreUnreachableError):
        return body.read(_EXCERPT) or b""
    return b""


def check_head(body: Body, accept: str) -> None:
    """Raise unless an answer is of the type asked for, whole, and says how long."""
    kind = body.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in ACCEPTED.get(accept, {accept}):
        shown = re.sub(r"[^\w/+.-]", "", kind)[:80]
        raise StoreAnswerError(f"it is of type {shown or '(none)'}, asked was {accept}")
    if body.headers.get("Content-Encoding", "identity") != "identity":
        raise StoreAnswerError("it is compressed, which was not asked")
    if why := cut(body.headers):
        raise StoreAnswerError(why)
    chunked = "chunked" in body.headers.get("Transfer-Encoding", "").lower()
    if not body.headers.get("Content-Length", "").isdigit() and not chunked:
        raise StoreAnswerError("it does not say where it ends")


def failure_of(error: Exception) -> StoreSlowError | StoreUnreachableError:
    """Return what a failed exchange is to the service, without its address."""
    if isinstance(error, NewConnectionError):
        return StoreUnreachableError("no connection")
    if isinstance(error, SlowError | TimeoutError):
        return StoreSlowError("it does not answer in time")
    if isinstance(error, ProtocolError):
        return StoreUnreachableError("it breaks off the connection")
    if isinstance(error, SSLError):
        return StoreUnreachableError("its certificate is not to be trusted")
    return StoreUnreachableError("no connection")
