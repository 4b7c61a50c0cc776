"""The address a request came from, as far as it can be believed."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=8)
def _networks(names: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(name, strict=False) for name in names)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    bare = text.strip().partition("%")[0]
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def client_address(request: HttpRequest) -> str | None:
    """The nearest address that is not one of ``settings.TRUSTED_PROXIES``; ``None`` for a socket without one.

    ``X-Forwarded-For`` is read from the right and only when the peer is trusted; at the first unreadable entry the last
    believed address stands. A client can therefore not choose its own address.
    """
    meta = request.META
    return _believed(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""), tuple(settings.TRUSTED_PROXIES))


@lru_cache(maxsize=1024)
def _believed(peer: str, forwarded: str, proxies: tuple[str, ...]) -> str | None:
    believed, trusted = _parse(peer), _networks(proxies)
    hops = [hop for hop in forwarded.split(",") if hop.strip()][-20:]
    for hop in reversed(hops):
        if believed is None or not any(believed in network for network in trusted):
            break
        parsed = _parse(hop)
        if parsed is None:
            break
        believed = parsed
    return str(believed) if believed else None


@lru_cache(maxsize=1024)
def limit_key(address: str | None) -> str:
    """The address as it is counted for limits: IPv6 by its /64, which one household or server has to itself."""
    if address is None:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return address
