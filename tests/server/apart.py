"""Runs a server and the endpoints that it may ask in a network of their own.

Run as `python apart.py FOLDER RELEASES` where 198.41.0.4, which is nobody's here, leads
to this machine. The server is reached by the socket FOLDER/http; what endpoints are
asked is in FOLDER/asked. Ends with its standard input.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

ADDRESS: Final = "198.41.0.4"
HOST: Final = "endpoint.example"
GOOD: Final = f"http://{HOST}:7001/query"
LIARS: Final = f"http://{HOST}:7002"
OTHERS: Final = (f"http://{HOST}:7003/down", "http://inner.example:7002/rows")
EMPTY: Final = b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'
PORT: Final = 8000
DATA: Final = (
    "<https://data.regietafel.example/id/organisatie/lrt> <urn:x:known> 'elsewhere' ."
)


class Liar(BaseHTTPRequestHandler):
    """An endpoint that does what its path says."""

    def do_POST(self) -> None:
        """Answer as the path says."""
        with (Path(sys.argv[1]) / "asked").open("a", encoding="ascii") as file:
            file.write(f"{self.path}\n")
        if self.path == "/slow":
            time.sleep(5)
        status = {"/status": 500, "/elsewhere": 302}.get(self.path, 200)
        body = EMPTY + b" " * (200_000 if self.path == "/huge" else 0)
        self.send_response(status)
        self.send_header("Location", GOOD)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  as in its parent
        """Say nothing."""


def liars() -> list[str]:
    """Return the addresses of the endpoints that do not do their part."""
    return [f"{LIARS}/{name}" for name in ("slow", "status", "elsewhere", "huge")]


def commands(folder: Path, releases: str) -> list[list[str]]:
    """Return what runs the endpoint that answers, and the server."""
    (folder / "data.ttl").write_text(DATA, encoding="ascii")
    oxigraph = str(Path(sys.executable).parent / "oxigraph")
    store = ["--location", str(folder / "data")]
    subprocess.run([oxigraph, "load", *store, "-f", folder / "data.ttl"], check=True)
    options = ["--releases", releases, "--port", str(PORT), "--processes", "1"]
    options += ["--service-timeout", "1", "--service-bytes", "100000"]
    options += ["--citations", str(folder / "citations.db")]
    for endpoint in (GOOD, *liars(), *OTHERS):
        options += ["--service", endpoint]
    return [
        [oxigraph, "serve-read-only", *store, "--bind", f"{ADDRESS}:7001"],
        [sys.executable, "-m", "server", "serve", *options],
    ]


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass a connection on to the server."""
    try:
        to, back = await asyncio.open_connection("127.0.0.1", PORT)
    except OSError:
        writer.close()
        return
    await asyncio.gather(_pump(reader, back), _pump(to, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def listen(path: Path) -> None:
    """Pass connections on until the input ends."""
    async with await asyncio.start_unix_server(forward, path):
        await asyncio.to_thread(sys.stdin.read)


def main(folder: Path, releases: str) -> None:
    """Run everything until the input ends."""
    endpoint = ThreadingHTTPServer((ADDRESS, 7002), Liar)
    threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    started = [subprocess.Popen(item) for item in commands(folder, releases)]
    try:
        asyncio.run(listen(folder / "http"))
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
