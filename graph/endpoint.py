"""Speaks HTTP with a store elsewhere: addresses fit to be asked, pooled connections.

Only addresses without a secret are asked, at most in two attempts, over connections
that are kept for what comes next.
"""

from __future__ import annotations

import netrc
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)

import urllib3
from urllib3.exceptions import HTTPError, ProtocolError

from graph.body import OK, Body, Bounds, check_head, check_status, failure_of
from graph.errors import ServiceAddressError, StoreAddressError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping, Sequence

    from urllib3.response import BaseHTTPResponse

AGENT: Final = "regietafel"
FORM: Final = "application/x-www-form-urlencoded"
_UNAUTHORIZED: Final = 401


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
            check_status(found, is_known=not self._host)
            if accept and response.status in OK:
                check_head(found, accept)
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
                    raise failure_of(error) from None
            except (HTTPError, OSError) as error:
                raise failure_of(error) from None
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
