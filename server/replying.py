"""What the application answered: gathered if short, else made piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from server.coding import IDENTITY, LEAST, STREAMED, choose_coding, shrinks, varied

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

    Headers = list[tuple[bytes, bytes]]

#: Longest answer in bytes that is gathered before it is sent.
GATHERED: Final = 1_048_576
#: The status of an answer that its client has already; it has no body.
UNCHANGED: Final = 304


class Reply:
    """What the application answered: its beginning, and what makes the rest."""

    def __init__(self, application: WSGIApplication, environ: dict[str, Any]) -> None:
        """Begin to answer; a short body is gathered at once."""
        self.status = 500
        self.headers: Headers = []
        self._pieces = application(environ, self._start)
        self._rest = iter(self._pieces)
        self._press: Callable[[bytes], bytes] | None = None
        self._finish: Callable[[], bytes] | None = None
        self.plain = b""
        length = dict(self.headers).get(b"content-length", b"")
        is_short = length.isdigit() and int(length) <= GATHERED
        self.is_whole = is_short or self.status == UNCHANGED
        if self.is_whole:
            try:
                self.plain = b"".join(self._rest)
            finally:
                self.close()

    def _start(
        self, status: str, headers: list[tuple[str, str]], _: object = None
    ) -> Callable[[bytes], object]:
        self.status = int(status.partition(" ")[0])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in headers
        ]
        return lambda _: None

    def compress_for(self, accept: bytes) -> None:
        """Compress what follows if a client wants it so and it is worth it."""
        coding = _coding_of(self.headers, accept)
        if coding != IDENTITY:
            self._press, self._finish = STREAMED[coding]()
            self.headers = _coded(self.headers, coding)

    def more(self) -> tuple[bytes, bytes] | None:
        """Return the next piece, plain and as it is sent; None after the last."""
        for piece in self._rest:
            if piece:
                return piece, self._press(piece) if self._press else piece
        if self._finish:
            finish, self._finish = self._finish, None
            return b"", finish()
        return None

    def close(self) -> None:
        """Let the application clear up."""
        close = getattr(self._pieces, "close", None)
        if close:
            close()


def pressed(headers: Headers, plain: bytes, accept: bytes) -> tuple[Headers, bytes]:
    """Return headers and body of a whole answer, compressed if a client wants."""
    coding = _coding_of(headers, accept) if len(plain) >= LEAST else IDENTITY
    if coding == IDENTITY:
        return headers, plain
    press, finish = STREAMED[coding]()
    body = press(plain) + finish()
    length = (b"content-length", str(len(body)).encode())
    return [*_coded(headers, coding), length], body


def _coding_of(headers: Headers, accept: bytes) -> str:
    """Return the coding in which a client gets an answer."""
    found = dict(headers)
    kind = found.get(b"content-type", b"").decode("latin-1")
    if {b"content-encoding", b"content-range"} & found.keys() or not shrinks(kind):
        return IDENTITY
    return choose_coding(accept.decode("latin-1"), tuple(STREAMED))


def _coded(headers: Headers, coding: str) -> Headers:
    kept = [item for item in headers if item[0] != b"content-length"]
    return [*varied(kept), (b"content-encoding", coding.encode())]
