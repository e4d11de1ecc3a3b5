"""Runs the application under waitress: one process, with threads.

An answer that breaks off after it has begun must break the connection, so that no
client takes it for whole, and clients that keep silent must not keep others waiting.
docs/decisions/0005 says which servers do so.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any, Final

from waitress import create_server

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

#: Sizes in bytes, times in seconds; `docs/decisions/0005` says why waitress.
OPTIONS: Final[dict[str, Any]] = {
    "threads": 16,
    "connection_limit": 2_000,
    "channel_timeout": 60,
    "cleanup_interval": 10,
    "max_request_header_size": 131_072,
    "max_request_body_size": 16_777_216,
    "outbuf_high_watermark": 1_048_576,
    "asyncore_use_poll": True,
    "ident": None,
}


def serve(application: WSGIApplication, host: str, port: int) -> None:
    """Serve until the process is told to stop by SIGINT or SIGTERM."""
    server = create_server(application, host=host, port=port, **OPTIONS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.run()
    finally:
        server.close()
