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

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from server.errors import TooManyCitationsError, TooManyRequestsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.settings import Settings

#: Starts of paths that lead to a query worker, which are few.
QUERYING: Final = ("/sparql", "/api/queries", "/queries", "/cite")
#: Where answers are cited, and the part of all citations that one client may take.
CITING: Final = "/cite"
SHARE: Final = 10
#: What must answer whoever asks however often.
UNCOUNTED: Final = ("/healthz", "/readyz", "/metrics", "/static", "/assets")
#: Where a request tells that it was counted in on its way.
ADMITTED: Final = "regietafel.admitted"
#: An IPv6 client holds a whole network of this prefix length.
V6_NETWORK: Final = 64
#: Addresses of which it is remembered whom they stand for.
_KNOWN: Final = 1_024


class Admission:
    """Counts requests by client, in a window that slides over a minute."""

    def __init__(self, settings: Settings) -> None:
        """Take the limits from the settings; 0 is none."""
        self._limits: dict[str, RateLimitItem] = {
            "query": RateLimitItemPerMinute(settings.queries_per_minute),
            "page": RateLimitItemPerMinute(settings.requests_per_minute),
            "cite": RateLimitItemPerHour(-(-settings.citations_per_hour // SHARE)),
        }
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def admit(self, address: str | None, path: str, method: str = "GET") -> None:
        """Count a request in.

        TooManyRequestsError or TooManyCitationsError if it is one too many.
        """
        client = client_of(address)
        if client is None or path.startswith(UNCOUNTED):
            return
        if path == CITING and method == "POST" and not self._hit("cite", client):
            raise TooManyCitationsError(self._limits["cite"].amount)
        lane = "query" if path.startswith(QUERYING) else "page"
        if not self._hit(lane, client):
            item = self._limits[lane]
            reset = self._counter.get_window_stats(item, lane, client).reset_time
            raise TooManyRequestsError(item.amount, max(1, round(reset - time.time())))

    def _hit(self, lane: str, client: str) -> bool:
        """Count a request in a lane; False if it is one too many."""
        item = self._limits[lane]
        return not item.amount or self._counter.hit(item, lane, client)


def behind(
    address: str | None, headers: Mapping[bytes, bytes], proxies: int
) -> str | None:
    """Return whose address so many trusted proxies tell, else that of the connection.

    As `werkzeug.middleware.proxy_fix.ProxyFix` does for what the application answers.
    """
    told = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
    return told[-proxies].strip() if 0 < proxies <= len(told) and told[0] else address


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
