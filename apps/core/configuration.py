"""Settings that a person types, checked when Mendery starts and not when the first request needs them."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

import phonenumbers
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.core import money
from apps.core.api.throttling import parse_rate


def require_usable_settings() -> None:
    """Raises ``ImproperlyConfigured``, which names everything that is wrong at once."""
    found = list(problems())
    if found:
        raise ImproperlyConfigured("; ".join(found) + ".")


def problems() -> Iterable[str]:
    """What is wrong with the settings, one phrase for each; secrets are not repeated."""
    if _refused(settings.FIELD_KEYS, Fernet):
        yield "FIELD_KEYS has a key that is not a Fernet key"
    for network in _refused(settings.TRUSTED_PROXIES, lambda text: ipaddress.ip_network(text, strict=False)):
        yield f"TRUSTED_PROXIES names “{network}”, which is not an address or network"
    for name, rates in settings.RATE_LIMITS.items():
        for rate in _refused(rates, parse_rate):
            yield f"RATE_LIMIT_{name.upper()} has “{rate}”, which is not of the form 30/15m"
    if settings.EMAIL_SECURITY not in {"starttls", "tls", "none"}:
        yield f"EMAIL_SECURITY is “{settings.EMAIL_SECURITY}”, which is not starttls, tls or none"
    yield from _problems_of_the_shop()


def _problems_of_the_shop() -> Iterable[str]:
    if not money.is_known(settings.CURRENCY):
        yield f"CURRENCY is “{settings.CURRENCY}”, which is not an ISO 4217 code"
    if settings.PHONE_REGION and settings.PHONE_REGION not in phonenumbers.SUPPORTED_REGIONS:
        yield f"PHONE_REGION is “{settings.PHONE_REGION}”, which is not an ISO 3166 code of two letters"
    if not 1 <= settings.PORT <= 65535:
        yield f"PORT is {settings.PORT}, which is not between 1 and 65535"


def _refused(values: Iterable[str], read: Callable[[Any], object]) -> list[str]:
    """Those of ``values`` that ``read`` cannot make anything of."""
    return [value for value in values if not _is_readable(value, read)]


def _is_readable(value: str, read: Callable[[Any], object]) -> bool:
    try:
        read(value)
    except (ValueError, KeyError, IndexError):
        return False
    return True
