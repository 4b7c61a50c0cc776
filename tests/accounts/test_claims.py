"""Accounts that nobody ever proved do not stay for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from apps.accounts import services, tasks
from apps.accounts.models import OneTimeCode, Session, User
from apps.accounts.services import purge_claims, set_active
from apps.accounts.services.sessions import Device, open_session
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.notifications.models import Notification
from tests.accounts.registering import register, user_of, verify
from tests.factories import CustomerFactory, UserFactory, order
from tests.mailbox import code_for, post
from tests.racing import race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30, seconds=1)
SYSTEM = Actor.system("test")


def _uses_it(user: User) -> None:
    with time_machine.travel(NOW + timedelta(days=1), tick=False), transaction.atomic():
        open_session(user, Device(None, ""), actor=Actor.user(user))


def _proves_it(user: User) -> None:
    verify(code_for(user.email), user.email)


def _is_doubted_again(user: User) -> None:
    _proves_it(user)
    User.objects.filter(pk=user.pk).update(is_verified=False)


def _is_let_in(user: User) -> None:
    User.objects.filter(pk=user.pk).update(role="seller", is_approved=False)
    set_active(user, active=True, actor=SYSTEM)


def _is_kept_out(user: User) -> None:
    set_active(user, active=False, actor=SYSTEM)


REASONS_TO_STAY: dict[str, Callable[[User], Any]] = {
    "used": _uses_it,
    "proven": _proves_it,
    "proven, and doubted again": _is_doubted_again,
    "let in": _is_let_in,
    "kept out": _is_kept_out,
    "a customer's": lambda user: CustomerFactory(user=user),
    "with work": lambda user: order(technician=user.pk),
}


@pytest.mark.parametrize("role", ["customer", "seller"])
def test_an_account_that_nobody_proved_goes_with_all_that_was_said_in_it(role: str) -> None:
    with time_machine.travel(NOW, tick=False):
        user = user_of(register(role=role))
        post()
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        early = purge_claims()
    with time_machine.travel(LATER, tick=False):
        tasks.purge_claims.apply()

    assert early == 0
    assert not User.objects.exists()
    assert [model.objects.count() for model in (Session, OneTimeCode, Notification)] == [0, 0, 0]
    event = Event.objects.get(type="accounts.user_saved")
    assert (event.aggregate_id, event.actor_kind, event.payload) == (user.pk, "system", {"changed": ["deleted"]})
    assert tasks.purge_claims.name == "accounts.purge_claims"


@pytest.mark.parametrize("happens", REASONS_TO_STAY.values(), ids=REASONS_TO_STAY.keys())
def test_an_account_that_means_something_stays(happens: Callable[[User], Any]) -> None:
    with time_machine.travel(NOW, tick=False):
        user = user_of(register())
        happens(user)

    with time_machine.travel(LATER, tick=False):
        deleted = purge_claims()

    assert deleted == 0
    assert User.objects.filter(pk=user.pk).exists()


def test_who_was_made_by_an_admin_or_has_been_erased_stays() -> None:
    long_ago = NOW - timedelta(days=365)
    UserFactory(role="technician", is_verified=False, created_at=long_ago)
    UserFactory(role="customer", is_verified=False, created_at=long_ago)
    UserFactory(role="customer", is_verified=False, created_at=long_ago, erased_at=long_ago, is_active=False)

    assert purge_claims() == 0
    assert User.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_an_address_that_is_proven_during_the_purge_is_kept_or_gone_but_not_half() -> None:
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        claim = register()
    code = code_for("ada@mail.example")
    user = user_of(claim)

    answer, deleted = race(
        lambda: services.verify(user.email, code, claimant=user, actor=Actor.user(user)), purge_claims
    )

    assert (isinstance(answer, User), deleted) in {(True, 0), (False, 1)}
    assert User.objects.filter(is_verified=True).count() == 1 - deleted
