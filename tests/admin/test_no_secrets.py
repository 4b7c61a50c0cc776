"""No page of the back office shows a password, a secret, or what either could be told by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import CharField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from apps.accounts.admin import UserAdmin
from apps.accounts.models import Challenge, OneTimeCode, Passkey, RecoveryCode, Session, TotpDevice, User
from apps.audit.models import Event
from apps.core.admin_site import site
from tests.accounts.second_factors import recovery_codes_of
from tests.admin.office import Office, address, text
from tests.admin.test_pages import Shop

SECRET = "JBSWY3DPEHPK3PXP"


def prove(user: User) -> list[str]:
    """Give the user one of everything that proves who they are; the values that nobody may read."""
    later = timezone.now() + timedelta(hours=1)
    device = TotpDevice.objects.create(user=user, secret=SECRET, confirmed_at=timezone.now())
    codes = recovery_codes_of(user)
    key = Passkey.objects.create(
        user=user, name="key", credential_id=f"credential of {user.pk}", public_key=b"public-4711"
    )
    code = OneTimeCode.objects.create(user=user, purpose="reset_password", digest="d1" * 32, expires_at=later)
    challenge = Challenge.objects.create(
        user=user, purpose="log_in", auth_version=1, nonce="nonce-4711", expires_at=later
    )
    encrypted = TotpDevice.objects.annotate(raw=Cast("secret", CharField())).get(pk=device.pk).raw
    digests = RecoveryCode.objects.filter(user=user).values_list("digest", flat=True)
    refresh_ids = Session.objects.filter(user=user).values_list("refresh_id", flat=True)
    return [
        user.password, user.password.split("$")[-1], SECRET, encrypted, *codes, *digests, key.credential_id, "public-4711",
        code.digest, challenge.nonce, *map(str, refresh_ids),
    ]  # fmt: skip


def pages(shop: Shop, role: str) -> dict[str, str]:
    """Every page that the role may open, of every record."""
    office: Office = shop.office(role)
    paths = [reverse("admin:index"), reverse("admin:password_change")]
    for model in site._registry:
        paths += [address(model, "changelist"), address(model, "add")]
        for record in model._default_manager.all()[:60]:
            paths += [address(record, page, record.pk) for page in ("change", "history", "delete")]
    for user in User.objects.all():
        paths += [f"{address(User, page)}?ids={user.pk}" for page in UserAdmin.pages.values()]
    answers = {path: office.get(path) for path in paths}
    return {path: text(answer) for path, answer in answers.items() if answer.status_code == 200}


@pytest.mark.exhaustive
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["admin", "manager"])
def test_no_page_shows_what_could_let_somebody_in(role: str) -> None:
    shop = Shop()
    hidden = [value for user in User.objects.all() for value in prove(user)]

    read = pages(shop, role)

    assert len(read) > 60
    assert all(len(value) > 8 for value in hidden)
    assert {path for path, page in read.items() for value in hidden if value in page} == set()


@pytest.mark.exhaustive
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["technician", "seller", "customer"])
def test_others_read_no_page_at_all(role: str) -> None:
    shop = Shop()
    User.objects.filter(pk=shop.chief.pk).update(role=role)

    read = pages(shop, "manager")

    assert read == {}


@pytest.mark.django_db
def test_the_tables_of_secrets_have_no_page() -> None:
    secret = {"TotpDevice", "RecoveryCode", "Passkey", "OneTimeCode", "Challenge", "FailedLogins", "DeviceSecret"}

    registered = {model.__name__ for model in site._registry}

    assert registered & secret == set()
    assert secret <= {model.__name__ for model in apps.get_models()}
    assert Event in site._registry
