"""How much one client may ask in a while, so that no one keeps others waiting.

Only what has to be worked out counts: a finished answer costs next to nothing. Whoever
asks from this machine itself is its operator, or a proxy that was not made known,
behind which all would look like one client; neither is limited.
"""

from __future__ import annotations

import ipaddress
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from server.errors import TooManyRequestsError

if TYPE_CHECKING:
    from server.settings import Settings

#: Starts of paths that lead to a query worker, which are few.
QUERYING: Final = ("/sparql", "/api/queries", "/queries", "/cite")
#: What must answer whoever asks however often.
UNCOUNTED: Final = ("/healthz", "/readyz", "/metrics", "/static", "/assets")
#: An IPv6 client holds a whole network of this prefix length.
V6_NETWORK: Final = 64
#: Addresses of which it is remembered whom they stand for.
_KNOWN: Final = 1_024


class Admission:
    """Counts requests by client, in a window that slides over a minute."""

    def __init__(self, settings: Settings) -> None:
        """Take the limits from the settings; 0 is none."""
        self._limits = {
            "query": settings.queries_per_minute,
            "page": settings.requests_per_minute,
        }
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def admit(self, address: str | None, path: str) -> None:
        """Count a request in; TooManyRequestsError if it is one too many."""
        client = client_of(address)
        if client is None or path.startswith(UNCOUNTED):
            return
        lane = "query" if path.startswith(QUERYING) else "page"
        limit = self._limits[lane]
        if not limit:
            return
        item = RateLimitItemPerMinute(limit)
        if not self._counter.hit(item, lane, client):
            reset = self._counter.get_window_stats(item, lane, client).reset_time
            raise TooManyRequestsError(limit, max(1, round(reset - time.time())))


@lru_cache(maxsize=_KNOWN)
def client_of(address: str | None) -> str | None:
    """Return whom an address stands for; None for this machine or none that is known.

    An address that is not one of IP, as a socket of the system has, is this machine.
    """
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return client_of(str(found.ipv4_mapped))
        network = ipaddress.ip_network((found, V6_NETWORK), strict=False)
        return None if found.is_loopback else str(network)
    return None if found.is_loopback else str(found)
