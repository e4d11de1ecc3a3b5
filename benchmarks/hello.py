"""The least that the server of the service can be asked for: a bare hello by WSGI.

Run with a port and a number of threads; the benchmark of answers given again starts it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def hello(_: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Answer any request."""
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


def loaded() -> WSGIApplication:
    """Return the application."""
    return hello


if __name__ == "__main__":
    Granian(
        "",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        blocking_threads=int(sys.argv[2]),
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    ).serve(target_loader=loaded, wrap_loader=False)
