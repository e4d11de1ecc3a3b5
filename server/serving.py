"""Runs the application under granian: several processes, and few threads in each.

docs/decisions/0040 says why through ASGI.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import resource
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from granian import Granian, loops
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from server import logs
from server.caching import Cache
from server.calls import Cutoff
from server.eager import EagerLoop
from server.gateway import Gateway
from server.hosting import open_served
from server.logs import VisitLog
from server.measuring import count, measure, measure_workers
from server.sizing import processes_of

if TYPE_CHECKING:
    from server.remoting import StoreSwitch
    from server.settings import Settings
    from server.switching import Switch

#: Connections that one process holds at the most; each silent one costs some kilobytes.
CONNECTIONS: Final = 10_000
#: Milliseconds in which the head of a request must come, also on an open connection.
SILENCE: Final = 30_000
#: Seconds that requests under way get when the server is told to stop.
GRACE: Final = 10
#: Seconds between two counts.
PAUSE: Final = 1.0
#: New objects after which Python looks for cycles: a request makes few that stay.
_CYCLES: Final = (50_000, 20, 20)
#: Files that a process has open beside its connections.
_SPARE: Final = 512


def serve(settings: Settings, port: int) -> None:
    """Serve releases, or a store elsewhere, until told to stop by SIGINT or SIGTERM."""
    server = Granian(
        "",
        address=settings.host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=processes_of(settings),
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=SILENCE),
        websockets=False,
        backlog=1_024,
        backpressure=_connections(),
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
        log_enabled=False,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=partial(_open, settings), wrap_loader=False)


@loops.register("auto")
def _open_loop() -> EagerLoop:
    """Return the loop of one process, as granian takes it."""
    loop = EagerLoop()
    asyncio.set_event_loop(loop)
    return loop


def gateway_of(settings: Settings) -> Gateway:
    """Return what one process serves."""
    switch = open_served(settings)
    threading.Thread(target=_measure, args=(switch,), daemon=True).start()
    return Gateway(
        switch,
        switch.state,
        Cache(settings.cache_bytes // processes_of(settings)),
        (VisitLog(settings), measure),
        begin=switch.begin,
    )


def _open(settings: Settings) -> Gateway:
    logs.configure(settings)
    logging.getLogger("_granian").addFilter(_is_no_cutoff)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gateway = gateway_of(settings)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_CYCLES)
    return gateway


def _measure(switch: Switch | StoreSwitch) -> None:
    """Count now and then, for whoever asks another process."""
    while True:
        count()
        measure_workers(switch.current.workers.counts())
        time.sleep(PAUSE)


def _is_no_cutoff(record: logging.LogRecord) -> bool:
    """Tell whether a line of granian's is other than that an answer was cut off."""
    return not (record.exc_info and record.exc_info[0] is Cutoff)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _connections() -> int:
    """Let the process open as many files as it may; return the connections it takes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _SPARE
    soft = max(soft, wanted if hard == resource.RLIM_INFINITY else min(hard, wanted))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(CONNECTIONS, soft - _SPARE))
