"""Processes die by SIGKILL in the middle of the work: no change is lost, and nothing happens twice."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice
from threading import Lock
from uuid import UUID

import httpx
import pytest

from tests.journeys.client import Caller, read
from tests.journeys.forms import Embedded, Form, Stack
from tests.journeys.orders import taken_in
from tests.journeys.processes import children, until

CLIENTS = 5
DELIVERED_WITHIN = 75.0  # a delivery that died with its worker is free again when its lease of 30 s has run out
GIVE_UP_AFTER = 60.0


class Crowd:
    """Clients that each take one order to and fro between two statuses, whatever happens to the servers."""

    def __init__(self, form: Form, changes: int) -> None:
        admin, self.technician = form.caller("admin"), form.caller("technician")
        self.form, self.each = form, changes // CLIENTS
        self.orders = [taken_in(admin, self.technician) for _ in range(CLIENTS)]
        self.accepted: dict[str, list[str]] = {order: [] for order in self.orders}
        self._lock = Lock()

    def work(self, *accidents: tuple[int, Callable[[], object]]) -> None:
        """Make all changes; each accident happens as soon as so many have been accepted."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(self._client, order) for order in self.orders]
            for count, happen in accidents:
                until(partial(self._reached, count, clients), f"{count} changes", GIVE_UP_AFTER)
                happen()
            for client in clients:
                client.result()

    def _reached(self, count: int, clients: "list[Future[None]]") -> bool:
        return self.done() >= count or any(client.done() for client in clients)

    def done(self) -> int:
        with self._lock:
            return sum(len(statuses) for statuses in self.accepted.values())

    def _client(self, order: str) -> None:
        client = Caller(self.form.base).resume(self.technician.token, self.technician.user)
        with client.http:
            for status in islice(cycle(["in_progress", "waiting_parts"]), self.each):
                deadline = time.monotonic() + GIVE_UP_AFTER
                while not _made(client, order, status):
                    assert time.monotonic() < deadline, f"{order} did not become {status}"
                    time.sleep(0.05)
                with self._lock:
                    self.accepted[order].append(status)


def _made(client: Caller, order: str, status: str) -> bool:
    """Whether the change is made, by this request or by one before it whose answer was lost."""
    try:
        answer = client.raw("PUT", f"repairs/{order}/status", {"status": status})
        if answer.status_code == 200:
            return True
        assert (answer.status_code, read(answer)) in {(409, "INVALID_TRANSITION"), (503, "SERVICE_UNAVAILABLE")}
        return client.get(f"repairs/{order}")["status"] == status
    except httpx.TransportError:
        return False


def check_books(form: Form, crowd: Crowd) -> None:
    """Each accepted change has one row of history and one event, and the probe has heard of each event once."""
    until(lambda: not form.pending(), "every event is delivered", DELIVERED_WITHIN)
    for order in crowd.orders:
        key = UUID(order).hex if isinstance(form, Embedded) else order
        history = form.query(
            "SELECT new_status FROM repairs_statushistory WHERE order_id = %s ORDER BY created_at", key
        )
        events = form.query(
            "SELECT payload->>'new_status', (SELECT count(*) FROM probe_heard WHERE event_id = e.id) FROM audit_event e"
            " WHERE type = 'repairs.status_changed' AND aggregate_id = %s ORDER BY created_at",
            key,
        )
        assert [status for (status,) in history] == ["pending", *crowd.accepted[order]]
        assert events == [(status, 1) for status in crowd.accepted[order]]
    assert form.query("SELECT DISTINCT status FROM audit_delivery") == [("done",)]
    assert form.manage("verify_stock").returncode == 0


@pytest.mark.production
def test_killing_worker_web_and_redis_loses_no_change_and_repeats_none(stack: Stack) -> None:
    worker, web, redis = stack.services["worker"], stack.services["web"], stack.redis
    crowd = Crowd(stack, 200)

    def one_of_the_web_processes() -> None:
        os.kill(next(iter(children(web.pid))), signal.SIGKILL)

    crowd.work(
        (30, lambda: (worker.kill(), worker.start())),
        (70, one_of_the_web_processes),
        (110, lambda: (web.kill(), web.start())),
        (150, lambda: (redis.kill(), time.sleep(0.5), redis.start())),
        (170, lambda: (worker.kill(), worker.start())),
    )

    assert crowd.done() == 200
    check_books(stack, crowd)


def test_killing_jobs_and_web_of_the_embedded_form_loses_no_change_and_repeats_none(embedded: Embedded) -> None:
    crowd = Crowd(embedded, 60)

    def kill(part: str) -> None:
        found: list[int] = []

        def running() -> bool:
            found[:] = [pid for pid, line in children(embedded.service.pid).items() if part in line]
            return bool(found)

        until(running, f"a process of{part}", GIVE_UP_AFTER)
        os.kill(found[0], signal.SIGKILL)

    crowd.work((15, lambda: kill(" worker ")), (35, lambda: kill("uvicorn")))

    assert crowd.done() == 60
    check_books(embedded, crowd)
    assert "jobs was killed by SIGKILL; starting it again" in embedded.service.said()
    assert "web was killed by SIGKILL; starting it again" in embedded.service.said()
