"""A load as servers meet it: several connections at once, each asking again and again.

Each client is a process that asks on all its connections before it takes the answers,
so that it costs little and the server always has more to do.
"""

from __future__ import annotations

import socket
from concurrent.futures import ProcessPoolExecutor
from typing import Final

CLIENTS: Final = 4
#: Connections of one client.
CONNECTIONS: Final = 4
_LAST_CHUNK: Final = b"0\r\n\r\n"


def load(port: int, target: str, accept: str, coding: str, times: int) -> int:
    """Ask for a target about so many times; return how often it was answered.

    ValueError if an answer is other than 200 or empty.
    """
    request = (
        f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"User-Agent: benchmark\r\nAccept: {accept}\r\n"
        f"Accept-Encoding: {coding}\r\n\r\n"
    ).encode()
    rounds = max(1, times // (CLIENTS * CONNECTIONS))
    with ProcessPoolExecutor(CLIENTS) as pool:
        asked = [pool.submit(_ask, port, request, rounds) for _ in range(CLIENTS)]
        return sum(item.result() for item in asked)


def _ask(port: int, request: bytes, rounds: int) -> int:
    connections = [
        socket.create_connection(("127.0.0.1", port), timeout=60)
        for _ in range(CONNECTIONS)
    ]
    for _ in range(rounds):
        for connection in connections:
            connection.sendall(request)
        for connection in connections:
            _take(connection)
    for connection in connections:
        connection.close()
    return rounds * CONNECTIONS


def _take(connection: socket.socket) -> None:
    """Read one answer to its end."""
    data = connection.recv(262_144)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += connection.recv(262_144)
    head = data[:end].lower()
    if not head.startswith(b"http/1.1 200"):
        raise ValueError(head)
    _, is_told, rest = head.partition(b"content-length:")
    length = int(rest.split(b"\r\n", 1)[0]) if is_told else None
    if length == 0:
        raise ValueError(head)
    while not _is_whole(data, end + 4, length):
        data += connection.recv(262_144)


def _is_whole(data: bytes, start: int, length: int | None) -> bool:
    if length is None:
        return data.endswith(_LAST_CHUNK)
    return len(data) >= start + length
