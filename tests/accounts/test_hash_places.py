"""Hashing takes no more threads of a process than it may."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from apps.accounts import passwords
from apps.accounts.exceptions import TooBusy
from apps.accounts.models import FailedLogins, Session
from apps.accounts.passwords import Gate
from apps.audit.models import Event
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import UserFactory
from tests.factories.people import PASSWORD
from tests.journeys.processes import until


class Crowd:
    """Threads that want a place and keep it until they are let go."""

    def __init__(self, gate: Gate, size: int) -> None:
        self.gate, self.places, self.inside, self.most = gate, gate.free, 0, 0
        self._lock, self._go = threading.Lock(), threading.Event()
        self._pool = ThreadPoolExecutor(size)
        self._settled = threading.Barrier(size + 1)
        self._futures = [self._pool.submit(self._try) for _ in range(size)]

    def _try(self) -> str:
        self._settled.wait(timeout=10)
        try:
            with self.gate.place():
                with self._lock:
                    self.inside += 1
                    self.most = max(self.most, self.inside)
                self._go.wait(timeout=10)
                with self._lock:
                    self.inside -= 1
        except TooBusy:
            return "refused"
        return "done"

    def settle(self) -> list[str]:
        """Start them together; what became of each, once those that found no place have said so."""
        self._settled.wait(timeout=10)
        until(lambda: sum(future.done() for future in self._futures) == len(self._futures) - self.places, "refused")
        self._go.set()
        return sorted(future.result(timeout=10) for future in self._futures)


@pytest.mark.parametrize(("at_once", "places"), [(1, 3), (2, 3), (3, 3)])
def test_so_many_compute_so_many_wait_and_the_rest_is_refused(at_once: int, places: int) -> None:
    crowd = Crowd(Gate(at_once, places), 8)

    ends = crowd.settle()

    assert ends == ["done"] * places + ["refused"] * (8 - places)
    assert (crowd.most, crowd.gate.free) == (at_once, places)


def test_a_thread_that_has_a_place_needs_no_other() -> None:
    gate = Gate(1, 1)

    with gate.place(), gate.place(), gate.place():
        inside = gate.free

    assert (inside, gate.free) == (0, 1)


def test_a_place_is_given_back_after_a_fault() -> None:
    gate = Gate(1, 1)
    with pytest.raises(ZeroDivisionError), gate.place():
        _ = 1 // 0

    assert gate.free == 1


def test_production_s_hasher_asks_for_a_place(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSWORD_HASHERS = ["apps.accounts.passwords.BCryptSHA256Cost12Hasher"]
    monkeypatch.setattr(passwords.gate(), "free", 0)

    with pytest.raises(TooBusy):
        make_password("x")


def test_one_thread_stays_free_for_others(settings: Any) -> None:
    found = []
    for threads, places in ((4, None), (1, None), (4, 2)):
        settings.WEB_THREADS, settings.HASH_PLACES = threads, places
        passwords.gate.cache_clear()
        found.append(passwords.gate().free)
    passwords.gate.cache_clear()

    assert found == [3, 1, 2]


@pytest.mark.django_db
def test_a_log_in_for_which_there_is_no_place_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory()
    monkeypatch.setattr(passwords.gate(), "free", 0)

    by_api = Api().post("auth/login", {"identifier": user.email, "password": "Wrong-Horse-9"})
    by_page = Client().post("/dashboard/login/", {"username": user.email, "password": PASSWORD})

    assert outcome(by_api) == (503, "SERVICE_UNAVAILABLE")
    assert [answer.headers["Retry-After"] for answer in (by_api, by_page)] == ["2", "2"]
    assert by_page.status_code == 503
    assert "Too many people are logging in at this moment" in by_page.content.decode()
    assert [model.objects.count() for model in (Session, FailedLogins, Event)] == [0, 0, 0]
