"""Text that the database sees only encrypted, and keys that can be changed."""

from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import call_command
from django.db import connection

from apps.core.fields import cipher
from apps.repairs.models import RepairOrder
from apps.repairs.models.orders import DeviceSecret
from tests.factories import order

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM repairs_devicesecret ORDER BY order_id")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def secret(db: None, settings: Any) -> DeviceSecret:
    settings.FIELD_KEYS = [OLD]
    taken_in: RepairOrder = order(device_password="PIN 2580 – Jürgen")
    return DeviceSecret.objects.get(order=taken_in)


def test_secret_is_encrypted_in_the_database_and_readable_outside(secret: DeviceSecret) -> None:
    (token,) = stored()

    assert "2580" not in token
    assert Fernet(OLD).decrypt(token.encode()).decode() == "PIN 2580 – Jürgen"
    assert secret.password == "PIN 2580 – Jürgen"


def test_same_secret_is_never_encrypted_to_the_same_text(secret: DeviceSecret) -> None:
    (before,) = stored()
    secret.save()

    assert stored() != [before]


def test_older_keys_still_decrypt_and_the_newest_encrypts(secret: DeviceSecret, settings: Any) -> None:
    settings.FIELD_KEYS = [NEW, OLD]

    secret.refresh_from_db()
    read = secret.password
    secret.save()

    assert read == "PIN 2580 – Jürgen"
    assert Fernet(NEW).decrypt(stored()[0].encode()).decode() == "PIN 2580 – Jürgen"


def test_lost_key_raises_instead_of_reading_as_empty(secret: DeviceSecret, settings: Any) -> None:
    settings.FIELD_KEYS = [NEW]

    with pytest.raises(InvalidToken):
        DeviceSecret.objects.get(pk=secret.pk)


def test_secret_cannot_be_looked_up(secret: DeviceSecret) -> None:
    with pytest.raises(TypeError, match="password is encrypted and cannot be looked up with 'exact'"):
        DeviceSecret.objects.filter(password="PIN 2580 – Jürgen")

    assert DeviceSecret.objects.filter(password__isnull=False).get() == secret


def test_rotation_encrypts_everything_with_the_newest_key(
    secret: DeviceSecret, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    other = DeviceSecret.objects.get(order=order(device_password="pattern L"))
    settings.FIELD_KEYS = [NEW, OLD]

    call_command("rotate_keys")

    settings.FIELD_KEYS = [NEW]
    assert {one.pk: one.password for one in DeviceSecret.objects.all()} == {
        secret.pk: "PIN 2580 – Jürgen", other.pk: "pattern L",
    }  # fmt: skip
    assert capsys.readouterr().out.splitlines() == [
        "accounts.TotpDevice.secret: 0 re-encrypted",
        "repairs.DeviceSecret.password: 2 re-encrypted",
    ]


def test_rotation_with_a_lost_key_changes_nothing(secret: DeviceSecret, settings: Any) -> None:
    before = stored()
    settings.FIELD_KEYS = [NEW]

    with pytest.raises(InvalidToken):
        call_command("rotate_keys")

    assert stored() == before


def test_cipher_follows_the_settings(settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    token = cipher().encrypt(b"x")
    settings.FIELD_KEYS = [NEW]

    with pytest.raises(InvalidToken):
        cipher().decrypt(token)
