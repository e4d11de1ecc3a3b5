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
        self.is_whole = length.isdigit() and int(length) <= GATHERED
        if environ["REQUEST_METHOD"] == "HEAD" or self.is_whole:
            self.is_whole = True
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

    def compress(self, coding: str) -> None:
        """Compress what follows."""
        self._press, self._finish = STREAMED[coding]()
        kept = [item for item in self.headers if item[0] != b"content-length"]
        self.headers = [*varied(kept), (b"content-encoding", coding.encode())]

    def compress_for(self, accept: bytes) -> None:
        """Compress what follows if a client wants it so and it is worth it."""
        headers = dict(self.headers)
        kind = headers.get(b"content-type", b"").decode("latin-1")
        partial = {b"content-encoding", b"content-range"} & headers.keys()
        if partial or not shrinks(kind):
            return
        coding = choose_coding(accept.decode("latin-1"), tuple(STREAMED))
        if coding != IDENTITY:
            self.compress(coding)

    def pressed(self, accept: bytes) -> tuple[Headers, bytes]:
        """Return headers and body of a whole answer, compressed if a client wants."""
        if len(self.plain) >= LEAST:
            self.compress_for(accept)
        if not (self._press and self._finish):
            return self.headers, self.plain
        body = self._press(self.plain) + self._finish()
        return [*self.headers, (b"content-length", str(len(body)).encode())], body

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
