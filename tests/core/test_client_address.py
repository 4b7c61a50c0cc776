"""The address a request came from: only what a trusted proxy says is believed."""

from typing import Any

import pytest
from django.test import RequestFactory

from apps.core.client_address import client_address, limit_key


@pytest.mark.parametrize(
    ("peer", "forwarded", "believed"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("10.0.0.1", "rubbish", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, rubbish, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", " , ,", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", None),
        ("unix:/run/web.sock", "198.51.100.1", None),
    ],
)
def test_address_is_the_nearest_that_is_not_a_trusted_proxy(
    settings: Any, peer: str, forwarded: str, believed: str | None
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})

    assert client_address(request) == believed


def test_address_ignores_what_stands_before_the_last_twenty_hops(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    hops = ", ".join(["6.6.6.6"] + ["10.0.0.7"] * 20)
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": hops})

    assert client_address(request) == "10.0.0.7"


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        (None, "unknown"),
    ],
)
def test_limits_count_a_whole_ipv6_network_as_one(address: str | None, counted_as: str) -> None:
    assert limit_key(address) == counted_as
