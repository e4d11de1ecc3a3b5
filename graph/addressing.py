"""Finds the addresses behind the name of a host, and refuses those that are not public.

Whoever may choose a name may have it lead into the network of this server; so whoever
connects does so to the very address that was looked at here, not to the name.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

#: Prefixes under which an address of version 6 stands for one of version 4, and where
#: that begins: translated (RFC 6052), 6to4 (RFC 3056).
_CARRIERS: Final = (
    (IPv6Network("64:ff9b::/96"), 12),
    (IPv6Network("64:ff9b:1::/48"), 12),
    (IPv6Network("2002::/16"), 2),
)
_LENGTH: Final = 4


class NotPublicError(OSError):
    """A name leads to an address that is not one of the public internet."""


def public_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host; OSError unless it has some and all are public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    if not all(map(is_public, addresses)):
        raise NotPublicError
    return addresses


def is_public(address: str) -> bool:
    """Tell whether an address, and one that it carries, is of the public internet."""
    if "%" in address:
        return False
    known = ip_address(address)
    if isinstance(known, IPv6Address):
        if inner := known.ipv4_mapped or _carried(known):
            return is_public(str(inner))
        if known.is_site_local:
            return False
    return known.is_global and not (
        known.is_multicast or known.is_reserved or known.is_unspecified
    )


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Return the address of version 4 that one of version 6 stands for, if it does."""
    for network, start in _CARRIERS:
        if address in network:
            return IPv4Address(address.packed[start : start + _LENGTH])
    return None
