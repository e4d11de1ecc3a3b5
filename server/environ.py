"""Words an ASGI request as WSGI does, https://peps.python.org/pep-3333/."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from werkzeug.wsgi import FileWrapper

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO
    from wsgiref.types import WSGIEnvironment

#: Bytes of a file that are read at once.
BLOCK: Final = 262_144
#: Headers that WSGI names without `HTTP_`.
_BARE: Final = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def environ_of(scope: Mapping[str, Any], body: bytes, length: int) -> WSGIEnvironment:
    """Return the environment of a request with `length` bytes of body, read or not."""
    client, server = scope.get("client") or ("", 0), scope.get("server") or ("", 0)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1") or "/",
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": in_blocks,
    }
    _add_headers(environ, scope["headers"])
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(length)
    return environ


def _add_headers(environ: WSGIEnvironment, headers: list[tuple[bytes, bytes]]) -> None:
    """Add headers; those with an underscore could pass for others and are left out."""
    for name, value in headers:
        if b"_" in name:
            continue
        bare = name.decode("latin-1").upper().replace("-", "_")
        key, text = bare if bare in _BARE else f"HTTP_{bare}", value.decode("latin-1")
        separator = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{text}" if key in environ else text


def in_blocks(file: IO[bytes], _: int = 0) -> FileWrapper:
    """Return what yields a file in large blocks."""
    return FileWrapper(file, BLOCK)
