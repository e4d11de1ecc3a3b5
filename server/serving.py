"""Runs the application under gunicorn, one process with threads.

An answer that breaks off after it has begun must break the connection, so that no
client takes it for whole. gunicorn closes the socket without ending the chunked body;
granian, which is faster, ends it as if it were complete. See docs/decisions/0005.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gunicorn.app.base import BaseApplication

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

THREADS: Final = 16


class Service(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """A gunicorn server for one application, configured here and nowhere else."""

    def __init__(
        self, load: Callable[[], WSGIApplication], host: str, port: int
    ) -> None:
        """Keep what makes the application; it is called in the serving process."""
        self._load = load
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._options: dict[str, Any] = {
            "bind": address,
            "worker_class": "gthread",
            "threads": THREADS,
            "loglevel": "warning",
            "graceful_timeout": 10,
            "keepalive": 15,
            "limit_request_line": 8190,
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings; nothing is read from files or the environment."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Return the application."""
        return self._load()
