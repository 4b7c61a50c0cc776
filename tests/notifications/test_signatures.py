"""Signatures of providers, on the examples that they have published themselves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from apps.notifications.channels.signatures import FRESH, is_of_sendgrid, is_of_twilio

# https://www.twilio.com/docs/usage/security
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = {
    "CallSid": ["CA1234567890ABCDE"], "Caller": ["+12349013030"], "Digits": ["1234"], "From": ["+12349013030"],
    "To": ["+18005551212"],
}  # fmt: skip
SIGNATURE = "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
# tests/unit/test_request_validator.py of twilio-python
OTHER_FIELDS = FIELDS | {"Caller": ["+14158675309"], "From": ["+14158675309"]}
TWICE = {"Sid": ["CA123"], "SidAccount": ["AC123"], "Digits": ["5678", "1234"]}
# test/unit/test_eventwebhook.py of sendgrid-python
KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6w"
    "EA3F+g=="
)
OTHER_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe"
    "1OPzpA=="
)
MAIL_SIGNATURE = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
OTHER_SIGNATURE = "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0="
TIMESTAMP = "1600112502"
CALLED_AT = datetime.fromtimestamp(1600112502, UTC)
EVENT = {
    "email": "hello@world.com", "event": "dropped", "reason": "Bounced Address",
    "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
    "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
    "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>", "timestamp": 1600112492,
}  # fmt: skip
BODY = json.dumps([EVENT], sort_keys=True, separators=(",", ":")).encode() + b"\r\n"


@pytest.mark.parametrize(
    ("fields", "signature"),
    [(FIELDS, SIGNATURE), (OTHER_FIELDS, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), (TWICE, "IK+Dwps556ElfBT0I3Rgjkr1wJU=")],
)
def test_twilios_own_examples_are_twilios(settings: Any, fields: dict[str, list[str]], signature: str) -> None:
    settings.TWILIO_AUTH_TOKEN = "12345"

    assert is_of_twilio(URL, fields, signature)


@pytest.mark.parametrize(
    ("token", "url", "changed", "signature"),
    [
        ("12346", URL, {}, SIGNATURE),
        ("", URL, {}, SIGNATURE),
        ("12345", URL + "0", {}, SIGNATURE),
        ("12345", URL, {"Digits": ["1235"]}, SIGNATURE),
        ("12345", URL, {"More": ["1"]}, SIGNATURE),
        ("12345", URL, {}, SIGNATURE[:-2] + "A="),
        ("12345", URL, {}, ""),
    ],
)
def test_what_differs_from_it_is_not(
    settings: Any, token: str, url: str, changed: dict[str, list[str]], signature: str
) -> None:
    settings.TWILIO_AUTH_TOKEN = token

    assert not is_of_twilio(url, FIELDS | changed, signature)


def test_nobody_signs_with_the_token_that_is_not_there(settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = ""

    assert not is_of_twilio(URL, {}, RequestValidator("").compute_signature(URL, {}))


@pytest.mark.parametrize("apart", [timedelta(), FRESH, -FRESH])
def test_sendgrids_own_example_is_sendgrids(settings: Any, apart: timedelta) -> None:
    settings.SENDGRID_WEBHOOK_KEY = KEY

    assert is_of_sendgrid(BODY, TIMESTAMP, MAIL_SIGNATURE, CALLED_AT + apart)


@pytest.mark.parametrize("apart", [FRESH + timedelta(seconds=1), -FRESH - timedelta(seconds=1)])
def test_it_is_not_long_before_or_after(settings: Any, apart: timedelta) -> None:
    settings.SENDGRID_WEBHOOK_KEY = KEY

    assert not is_of_sendgrid(BODY, TIMESTAMP, MAIL_SIGNATURE, CALLED_AT + apart)


@pytest.mark.parametrize(
    ("key", "body", "timestamp", "signature"),
    [
        (OTHER_KEY, BODY, TIMESTAMP, MAIL_SIGNATURE),
        ("", BODY, TIMESTAMP, MAIL_SIGNATURE),
        ("nonsense", BODY, TIMESTAMP, MAIL_SIGNATURE),
        ("MFkw", BODY, TIMESTAMP, MAIL_SIGNATURE),
        (KEY, BODY[:-2], TIMESTAMP, MAIL_SIGNATURE),
        (KEY, b"payload", TIMESTAMP, MAIL_SIGNATURE),
        (KEY, BODY, "1600112503", MAIL_SIGNATURE),
        (KEY, BODY, "timestamp", MAIL_SIGNATURE),
        (KEY, BODY, "", MAIL_SIGNATURE),
        (KEY, BODY, "²", MAIL_SIGNATURE),
        (KEY, BODY, TIMESTAMP, ""),
        (KEY, BODY, TIMESTAMP, "ü"),
        (KEY, BODY, TIMESTAMP, MAIL_SIGNATURE[:-4]),
        (KEY, BODY, TIMESTAMP, OTHER_SIGNATURE),
    ],
)  # fmt: skip
def test_nor_is_what_differs_from_it(settings: Any, key: str, body: bytes, timestamp: str, signature: str) -> None:
    settings.SENDGRID_WEBHOOK_KEY = key

    assert not is_of_sendgrid(body, timestamp, signature, CALLED_AT)
