"""Asks other SPARQL endpoints in the place of Oxigraph, within bounds.

A query worker runs a relay while it answers a query with SERVICE clauses. Oxigraph asks
the relay, on an address of this machine that only this query knows. The relay asks the
endpoint: at an address that it has looked up and found public, without following it
elsewhere, as nobody in particular, and for so long and so much. What Oxigraph gets has
been read to its end and written anew; else it gets an error, and `failures` the reason.
"""

from __future__ import annotations

import io
import secrets
import ssl
import threading
import time
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from graph import quirks
from graph.addressing import NotPublicError, public_addresses
from graph.endpoint import Endpoint, Pinned
from graph.errors import (
    ServiceError,
    ServiceSlowError,
    StoreAnswerError,
    StoreError,
    StoreRefusalError,
    StoreSlowError,
    StoreUnreachableError,
)
from graph.formats import JSON
from graph.transcoding import transcode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from graph.body import Body, Bounds

    Resolve = Callable[[str, int], Sequence[str]]

#: Bytes of the longest question that Oxigraph may have for an endpoint.
LONGEST: Final = 1 << 20
_PORTS: Final = {"http": 80, "https": 443}
_OK, _BAD_GATEWAY, _NOT_FOUND = 200, 502, 404


class Relay:
    """Asks some endpoints for one query; each question is asked once."""

    def __init__(
        self,
        endpoints: Sequence[str],
        bounds: Bounds,
        resolve: Resolve = public_addresses,
    ) -> None:
        """Listen on this machine; `bounds` are those of all that is asked together.

        `resolve` returns the addresses of a host and a port, or raises OSError.
        """
        self.failures: dict[str, ServiceError] = {}
        self._bounds = bounds
        self._ends = time.monotonic() + bounds.seconds
        self._left = bounds.size
        self._resolve = resolve
        self._answers: dict[tuple[str, bytes], bytes] = {}
        self._server = _Listener(self)
        start = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._addresses = {
            item: f"{start}/{secrets.token_hex(16)}" for item in endpoints
        }
        self._paths = {urlsplit(v).path: k for k, v in self._addresses.items()}
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def address(self, endpoint: str) -> str:
        """Return where Oxigraph asks an endpoint."""
        return self._addresses[endpoint]

    def take(self, path: str, question: bytes) -> tuple[int, bytes]:
        """Return the status and the body of the answer to a question at a path."""
        endpoint = self._paths.get(path)
        if endpoint is None:
            return _NOT_FOUND, b""
        if endpoint not in self.failures:
            try:
                return _OK, self._answer(endpoint, question)
            except StoreSlowError as error:
                self.failures[endpoint] = ServiceSlowError(endpoint, error.reason)
            except StoreError as error:
                self.failures[endpoint] = ServiceError(endpoint, error.reason)
        return _BAD_GATEWAY, b""

    def _answer(self, endpoint: str, question: bytes) -> bytes:
        """Return an answer, which is asked for once however often a row needs it."""
        key = endpoint, question
        if key not in self._answers:
            self._answers[key] = self._ask(endpoint, question)
        return self._answers[key]

    def _ask(self, endpoint: str, question: bytes) -> bytes:
        """Return what an endpoint answers, written anew; raises the StoreErrors."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise StoreSlowError(f"more than {self._bounds.seconds:g} seconds")
        bounds = replace(self._bounds, seconds=left, size=self._left)
        failure = StoreUnreachableError("its name has no address")
        for address in self._found(endpoint):
            pinned = Pinned(address, _tls(endpoint))
            with closing(Endpoint(endpoint, bounds, pinned)) as asked:
                try:
                    body = asked.ask([("query", question.decode())], quirks.SOLUTIONS)
                except StoreUnreachableError as error:
                    failure = error
                    continue
                with closing(body):
                    return self._read(body)
        raise failure

    def _found(self, endpoint: str) -> Sequence[str]:
        parts = urlsplit(endpoint)
        try:
            return self._resolve(
                parts.hostname or "", parts.port or _PORTS[parts.scheme]
            )
        except NotPublicError:
            raise StoreUnreachableError(
                "its name leads to an address that is not public, which is never asked"
            ) from None
        except (OSError, UnicodeError):
            raise StoreUnreachableError("its name is not known") from None

    def _read(self, body: Body) -> bytes:
        """Return an answer that was read to its end in time."""
        if body.status == _NOT_FOUND:
            raise StoreRefusalError("status 404: there is no SPARQL endpoint")
        late = threading.Timer(self._ends - time.monotonic(), body.stop)
        late.start()
        written = io.BytesIO()
        try:
            begun = body.telling(lambda file: transcode(file, "solutions", JSON))
            body.telling(lambda _: begun.write(written))
        except (StoreError, ValueError) as error:
            if time.monotonic() >= self._ends:
                seconds = self._bounds.seconds
                raise StoreSlowError(f"more than {seconds:g} seconds") from None
            if isinstance(error, StoreError):
                raise
            raise StoreAnswerError("it holds what is no term of RDF") from None
        finally:
            late.cancel()
        self._left -= body.taken
        return written.getvalue()


class _Listener(TCPServer):
    """The server that Oxigraph asks, on this machine alone."""

    def __init__(self, relay: Relay) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.relay = relay


class _Handler(BaseHTTPRequestHandler):
    """One question of Oxigraph's."""

    server: _Listener
    timeout = 5.0

    def do_POST(self) -> None:
        """Answer a question; the headers that came with it lead nowhere."""
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST)
        status, body = self.server.relay.take(self.path, self.rfile.read(length))
        self.send_response_only(status)
        self.send_header("Content-Type", quirks.SOLUTIONS)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002, ANN401  as its parent
        """Say nothing."""


def _tls(endpoint: str) -> ssl.SSLContext | None:
    """Return what checks the certificate of an endpoint, as this system does."""
    return ssl.create_default_context() if endpoint.startswith("https:") else None
