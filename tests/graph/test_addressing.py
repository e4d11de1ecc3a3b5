"""Only addresses of the public internet are asked, whatever leads to another."""

from __future__ import annotations

import pytest

from graph.addressing import NotPublicError, is_public, public_addresses

PUBLIC = (
    "93.184.216.34",
    "198.41.0.4",
    "2a00:1450:4001:80b::200e",
    "::ffff:93.184.216.34",
    "64:ff9b::5db8:d822",
    "2002:5db8:d822::1",
)
OTHERS = {
    "this machine": "127.0.0.1",
    "this machine by another number": "127.1.2.3",
    "any address": "0.0.0.0",  # noqa: S104  nothing listens there
    "this network": "0.1.2.3",
    "a private one": "10.0.0.1",
    "another private one": "172.16.0.1",
    "a home": "192.168.1.1",
    "a provider's": "100.64.0.1",
    "where clouds keep their secrets": "169.254.169.254",
    "examples": "192.0.2.1",
    "benchmarks": "198.18.0.1",
    "many at once": "224.0.0.1",
    "many of the world": "233.252.1.1",
    "reserved": "240.0.0.1",
    "all": "255.255.255.255",
    "this machine, version 6": "::1",
    "any address, version 6": "::",
    "mapped": "::ffff:127.0.0.1",
    "mapped, private": "::ffff:10.0.0.1",
    "compatible": "::127.0.0.1",
    "translated": "64:ff9b::7f00:1",
    "translated locally": "64:ff9b:1::a00:1",
    "6to4 of a private one": "2002:a00:1::1",
    "teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "unique local": "fd00::1",
    "link local": "fe80::1",
    "link local with its link": "fe80::1%lo",
    "site local": "fec0::1",
    "many at once, version 6": "ff02::1",
    "many of the world, version 6": "ff0e::1",
    "documentation": "2001:db8::1",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    """Also where it is written within one of version 6."""
    assert is_public(address)


@pytest.mark.parametrize("address", OTHERS.values(), ids=OTHERS.keys())
def test_any_other_address_is_not(address: str) -> None:
    """Private, local, reserved, for many at once, or one of these within another."""
    assert not is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "0x7f.1", "0"])
def test_a_name_that_leads_to_this_machine_is_refused(host: str) -> None:
    """However it is written: the system's own resolver says what it means."""
    with pytest.raises(NotPublicError):
        public_addresses(host, 80)


def test_the_address_of_a_public_host_is_given() -> None:
    """A number needs no resolver."""
    assert public_addresses("198.41.0.4", 443) == ["198.41.0.4"]
