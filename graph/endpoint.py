"""Speaks HTTP with a store elsewhere: pooled, streamed, and bounded in every way.

Whatever answers is not trusted: redirects are not followed, an answer must be of the
type that was asked for, say how long it is, and end within the time and the size.
"""

from __future__ import annotations

import io
import netrc
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, SSLError
from urllib3.exceptions import TimeoutError as SlowError

from graph.errors import (
    ServiceAddressError,
    StoreAddressError,
    StoreAnswerError,
    StoreRefusalError,
    StoreSlowError,
    StoreUnreachableError,
)
from graph.quirks import ACCEPTED, cut

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import IO

    from urllib3.response import BaseHTTPResponse

AGENT: Final = "regietafel"
FORM: Final = "application/x-www-form-urlencoded"
_PIECE: Final = 65_536
#: Bytes of a store's own words about an error that are read, and letters repeated.
_EXCERPT: Final = 4_096
_TOLD: Final = 200
_OK: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)
_UNAUTHORIZED: Final = 401
_SECRET: Final = (401, 403)
T = TypeVar("T")
_MARKUP: Final = re.compile(rb"<[^>]*>|[^\x20-\x7e]+|\s+")


@dataclass(frozen=True)
class Bounds:
    """What one exchange may take: seconds in all, seconds to connect, bytes of answer.

    `connections` is how many are kept open for later exchanges.
    """

    seconds: float = 30.0
    connect: float = 5.0
    size: int = 1 << 30
    connections: int = 16


class Pinned(NamedTuple):
    """The IP address to connect to, whatever a name leads to, and what checks TLS."""

    address: str
    tls: ssl.SSLContext | None


class Endpoint:
    """An address that is asked by HTTP; a name and password come from `.netrc`."""

    def __init__(
        self, address: str, bounds: Bounds | None = None, pinned: Pinned | None = None
    ) -> None:
        """Check an address; nothing is sent yet. Raises StoreAddressError.

        Whoever is `pinned` to an IP address is asked without a name and a password.
        """
        self.address = check_address(address)
        self.bounds = bounds or Bounds()
        parts = urlsplit(address)
        self._secret = None if pinned else _secret(parts.hostname or "")
        self._pool = _pool(address, self.bounds, pinned)
        self._path = parts.path or "/"
        self._host = {"Host": parts.netloc} if pinned else {}

    def ask(self, fields: Sequence[tuple[str, str]], accept: str) -> Body:
        """Post a form and return the answer, of the type that is accepted."""
        body = urlencode(fields).encode()
        headers = {"Content-Type": FORM, "Accept": accept}
        return self.exchange("POST", headers=headers, body=body, accept=accept)

    def exchange(
        self,
        method: str,
        *,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        accept: str | None = None,
    ) -> Body:
        """Send a request and return its answer; raises the StoreErrors.

        `fields` go into the address. An answer with a status other than 2xx raises
        StoreRefusalError, except 404, whose body is empty for the caller.
        """
        ends = time.monotonic() + self.bounds.seconds
        path = self._path + (f"?{urlencode(fields)}" if fields else "")
        given = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
        given |= self._host | dict(headers or {})
        if accept:
            given["Accept"] = accept
        response = self._send(method, path, given, body)
        if response.status == _UNAUTHORIZED and self._secret:
            challenge = response.headers.get("WWW-Authenticate", "")
            response.drain_conn()
            given["Authorization"] = self._proof(method, path, challenge)
            response = self._send(method, path, given, body)
        found = Body(response, self.bounds, ends)
        try:
            _check_status(found, is_known=not self._host)
            if accept and response.status in _OK:
                _check_head(found, accept)
        except BaseException:
            found.close()
            raise
        return found

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> BaseHTTPResponse:
        """Send once, and once more if a connection kept open turns out to be closed."""
        for last in (False, True):
            try:
                found: BaseHTTPResponse = self._pool.urlopen(
                    method,
                    path,
                    body=body,
                    headers=dict(headers),
                    preload_content=False,
                    redirect=False,
                    assert_same_host=False,
                )
            except ProtocolError as error:
                if last:
                    raise _failure(error) from None
            except (HTTPError, OSError) as error:
                raise _failure(error) from None
            else:
                return found
        raise AssertionError

    def _proof(self, method: str, path: str, challenge: str) -> str:
        """Return the header that proves who asks, in the scheme the store wants."""
        name, password = self._secret or ("", "")
        scheme, _, rest = challenge.partition(" ")
        if scheme.lower() != "digest":
            basic = urllib3.make_headers(basic_auth=f"{name}:{password}")
            return str(basic["authorization"])
        known = HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, self.address, name, password)
        parts = urlsplit(self.address)
        request = Request(f"{parts.scheme}://{parts.netloc}{path}", method=method)  # noqa: S310  checked to be http(s)
        values = parse_keqv_list(parse_http_list(rest))
        handler = AbstractDigestAuthHandler(known)
        return f"Digest {handler.get_authorization(request, values)}"


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
            raise _failure(error) from None
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


def check_address(address: str) -> str:
    """Return an address that is fit to be asked; StoreAddressError if it is not."""
    if fault := fault_of(address):
        raise StoreAddressError(fault)
    return address


def fault_of(address: str) -> str | None:
    """Return why an address is not fit to be asked, None if it is."""
    try:
        parts = urlsplit(address)
        fit = parts.scheme in {"http", "https"} and bool(parts.hostname)
        fit = fit and (parts.port is None or parts.port > 0)
    except ValueError:
        fit = False
    if not fit:
        return "does not begin with https:// or http:// and a host"
    if parts.username or parts.password:
        return "holds a name or a password, which logs would keep"
    return "has a query or a fragment" if parts.query or parts.fragment else None


def check_services(addresses: Iterable[str]) -> None:
    """Raise ServiceAddressError unless queries could have each of these asked."""
    for address in addresses:
        if fault := fault_of(address):
            raise ServiceAddressError(address, fault)


def _pool(address: str, bounds: Bounds, pinned: Pinned | None) -> Any:  # noqa: ANN401  urllib3's own
    """Return what connects to an address, or where it is pinned to."""
    options: dict[str, Any] = {
        "maxsize": bounds.connections,
        "retries": False,
        "timeout": urllib3.Timeout(connect=bounds.connect, read=bounds.seconds),
    }
    if pinned is None:
        return urllib3.connection_from_url(address, **options)
    parts = urlsplit(address)
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(pinned.address, parts.port, **options)
    return urllib3.HTTPSConnectionPool(
        pinned.address,
        parts.port,
        ssl_context=pinned.tls,
        server_hostname=parts.hostname,
        **options,
    )


def _secret(host: str) -> tuple[str, str] | None:
    """Return the name and password that the user's `.netrc` has for a host."""
    try:
        found = netrc.netrc().authenticators(host)
    except (OSError, netrc.NetrcParseError):
        return None
    return (found[0], found[2] or "") if found else None


def _check_status(body: Body, *, is_known: bool) -> None:
    """Raise unless the answer is a good one, or says that there is nothing.

    `is_known` tells whether a name and a password may be given at all.
    """
    if body.status in _OK or body.status == 404:  # noqa: PLR2004  Not Found
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


def _check_head(body: Body, accept: str) -> None:
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


def _failure(error: Exception) -> StoreSlowError | StoreUnreachableError:
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
