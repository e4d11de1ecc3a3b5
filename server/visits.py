"""What is known of a request once it has been answered, for the log and the counts."""

from __future__ import annotations

from typing import NamedTuple


class Visit(NamedTuple):
    """A request that was answered, or whose answer broke off.

    `identity` is what the answer carries as `Request-Id`; `route` is the rule of the
    path, None where no rule fits; `sent` are the bytes of the body; `cached` tells
    whether a finished answer was given; `release` is the id of the release that was
    asked, and `query` the query string.
    """

    method: str
    path: str
    route: str | None
    status: int
    seconds: float
    sent: int
    cached: bool
    identity: str
    address: str | None
    release: str | None
    query: str = ""
