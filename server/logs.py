"""The log: one line an event, for people to read or for programs, on standard error.

A line of JSON holds the time, the level, the message and what else is known of the
event. A request is told without its query and with half of its client's address, unless
the operator wants them: an address is personal, and so may be what somebody asks.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import sys
import threading
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from server.calls import Call
    from server.settings import Settings

VISITS: Final = logging.getLogger("regietafel.visit")
#: Lines that wait to be written before more are dropped.
WAITING: Final = 10_000
#: Seconds between two looks at which lines wait.
PAUSE: Final = 0.1
#: How much of an address is told, in bits, by version of IP.
_TOLD: Final = {4: 24, 6: 48}


class JsonLines(logging.Formatter):
    """Writes each record as an object of JSON on a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; `fields` of the record are members of the object."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """Writes each record as people read it; a line break within cannot begin a line."""

    def __init__(self) -> None:
        """Name the time, the level and the message."""
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  as in logging
        """Return the line with its control characters written out."""
        text = super().formatMessage(record)
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class Unhurried(logging.Handler):
    """Keeps lines for a thread that writes many at once, and drops them if it cannot.

    Standard error may lead to something that has stopped reading. A request must not
    wait for it, and waking a thread for each line would cost more than the line.
    """

    def __init__(self) -> None:
        """Begin to write."""
        super().__init__()
        self._lines: deque[str] = deque()
        self._ending = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._write, name="log", daemon=True).start()
        Finalize(None, self.end, exitpriority=0)

    def emit(self, record: logging.LogRecord) -> None:
        """Add a line unless too many wait already."""
        if len(self._lines) < WAITING:
            self._lines.append(self.format(record))

    def end(self) -> None:
        """Have written what waits, as far as it is taken in a second."""
        self._ending.set()
        self._ended.wait(1)

    def _write(self) -> None:
        """Write now and then, until the end or until nothing can be written."""
        with suppress(OSError, ValueError):
            while not self._ending.wait(PAUSE):
                self._write_waiting()
            self._write_waiting()
        self._ended.set()

    def _write_waiting(self) -> None:
        waiting = [self._lines.popleft() for _ in range(len(self._lines))]
        if waiting:
            sys.stderr.write("\n".join(waiting) + "\n")
            sys.stderr.flush()


def configure(settings: Settings) -> None:
    """Write the log as the settings say, from a thread of its own."""
    is_json = settings.log_format == "json" or (
        settings.log_format == "auto" and not sys.stderr.isatty()
    )
    handler = Unhurried()
    handler.setFormatter(JsonLines() if is_json else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    _tell_no_places()


def _tell_no_places() -> None:
    """Spare each record what no line tells: where it was made, and by which thread.

    https://docs.python.org/3/howto/logging.html#optimization.
    """
    logging._srcfile = None  # noqa: SLF001  the documented switch, see above
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class VisitLog:
    """Tells the log of each request that was answered."""

    def __init__(self, settings: Settings) -> None:
        """Keep what may be told."""
        self._queries = settings.log_queries
        self._addresses = settings.log_addresses
        self._cached = settings.log_cached
        self._proxies = settings.trusted_proxies

    def __call__(self, call: Call) -> None:
        """Write a line about a request, unless a finished answer was given to it."""
        if call.cached and not self._cached:
            return
        milliseconds = round(call.seconds * 1_000, 1)
        client = self._client(call)
        fields = {
            "request": call.identity.decode(),
            "method": call.method,
            "path": call.path,
            "route": call.route,
            "status": call.status,
            "milliseconds": milliseconds,
            "bytes": call.sent,
            "cached": call.cached,
            "release": call.release,
            "client": client if self._addresses else shortened(client),
        }
        if self._queries:
            fields["query"] = call.query
        VISITS.info(
            "%s %s %s in %s ms",
            call.method,
            call.path,
            call.status,
            milliseconds,
            extra={"fields": fields},
        )

    def _client(self, call: Call) -> str | None:
        """Return the address of a client, as the proxies that are believed tell it."""
        told = call.headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        if not 0 < self._proxies <= len(told):
            return call.address
        found = told[-self._proxies].strip()
        return found if shortened(found) else call.address


@lru_cache(maxsize=1_024)
def shortened(address: str | None) -> str | None:
    """Return the network of an address, too large to be one person."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    return str(ipaddress.ip_network((found, _TOLD[found.version]), strict=False))
