"""``python -m tests.benchmarks.messages``: does every message arrive, once, and how soon?

Starts a form (``--form stack`` is PostgreSQL, Redis, Celery with the commands of docker-compose.yml; ``embedded`` is
``manage.py run``), takes in as many orders as ``--changes`` says, each of a customer of its own with an e-mail address and a
phone number, and then begins them all, ``--per-minute`` status changes a minute. Each leads to an e-mail and an SMS, which go
to a stand-in that speaks SendGrid's and Twilio's wire formats with the moods that were asked for. With ``--kill`` the worker,
the web process, Redis and the stand-in are killed and started again at random meanwhile.

Prints how many messages are there, missing and there twice, and the time from the event to the provider's answer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Thread

import httpx

from tests.journeys.client import Caller
from tests.journeys.forms import Embedded, Form, Stack
from tests.journeys.processes import Service, base_environment, children, free_port, until
from tests.notifications.stand_in import ACCOUNT, KEY, TOKEN

PHONE, EMAIL = "+4915{n:08d}", "c{n}@bench.example"
CLIENTS = 8
SEED = """
from decimal import Decimal
from apps.accounts.models import Customer
from apps.catalog.models import DeviceModel, RepairType
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.repairs.services import Intake, LineRequest, create_order
repair = RepairType.objects.first()
actor, branch, model = Actor.system("benchmark"), Branch.objects.order_by("created_at").first(), DeviceModel.objects.first()
for n in range({count}):
    customer = Customer.objects.create(
        first_name="Kim", last_name=f"Number {{n}}", email=f"c{{n}}@bench.example", phone=f"+4915{{n:08d}}")
    intake = Intake(
        customer_id=customer.pk, device_model_id=model.pk, branch_id=branch.pk, issue_description="dead",
        items=[LineRequest(repair.pk, None, 1, Decimal(40))])
    print(create_order(intake, actor=actor, notify=False).pk)
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.messages", description=__doc__)
    parser.add_argument("--form", choices=["stack", "embedded"], default="stack")
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--per-minute", type=float, default=1000.0)
    parser.add_argument("--workers", type=int, default=2, help="WORKER_PROCESSES of the stack")
    parser.add_argument("--kill", action="store_true", help="kill processes at random meanwhile")
    for name, share in (("seconds", 0.05), ("errors", 0.02), ("too_many", 0.02), ("dropped", 0.01), ("lost", 0.0)):
        parser.add_argument(f"--{name}", type=float, default=share, help=f"mood of the provider: {name}")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds to wait for the last message")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(Run(asked, Path(folder)).measure())


class Run:
    """One shop, one provider, one crowd."""

    def __init__(self, asked: argparse.Namespace, folder: Path) -> None:
        self.asked, self.journal = asked, folder / "taken.jsonl"
        self.port = free_port()
        mood = {name: getattr(asked, name) for name in ("seconds", "errors", "too_many", "dropped", "lost")}
        command = ["python", "-m", "tests.notifications.stand_in", str(self.port), str(self.journal), json.dumps(mood)]
        self.provider = Service(command, base_environment(), folder / "provider.log")
        url = f"http://127.0.0.1:{self.port}"
        self.more = {
            "TWILIO_API_URL": url, "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_SENDER": "+15005550006", "SENDGRID_API_KEY": KEY, "SENDGRID_API_URL": f"{url}/v3/",
            "SMS_PER_SECOND": "200", "EMAILS_PER_SECOND": "200",
            "WORKER_PROCESSES": str(asked.workers),
        }  # fmt: skip
        self.folder = folder
        self.killed: Counter[str] = Counter()

    def measure(self) -> str:
        self.provider.start()
        form = self._form()
        try:
            orders = self._seed(form)
            caller = form.caller("admin")
            until(lambda: not self._open(form), "nothing is waiting", 120)
            started = time.monotonic()
            # Processes are started from the main thread alone: who starts them dies with them.
            work = Thread(target=self._begin_all, args=(form, caller, orders))
            work.start()
            while work.is_alive():
                if self.asked.kill:
                    self._accident(form)
                work.join(random.uniform(2.0, 5.0))
            took = time.monotonic() - started
            waited = self._await_all(form, len(orders))
            return self._report(form, orders, took, waited)
        finally:
            form.hang_up()
            if isinstance(form, Stack):
                form.stop()
            else:
                form.service.kill()
            self.provider.kill()

    def _form(self) -> Form:
        if self.asked.form == "embedded":
            return Embedded(self.folder / "data", **self.more).start()
        server = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
        stack = Stack(self.folder, server)
        stack.environment |= self.more
        for service in stack.services.values():
            service.environment |= self.more
        return stack.start()

    def _seed(self, form: Form) -> list[str]:
        made = form.manage("shell", "-v0", "-c", SEED.format(count=self.asked.changes))
        orders = [line for line in made.stdout.splitlines() if len(line) == 36]
        assert len(orders) == self.asked.changes, made.stderr[-2000:]
        return orders

    def _begin_all(self, form: Form, admin: Caller, orders: list[str]) -> None:
        begun = time.monotonic()

        def one(numbered: tuple[int, str]) -> None:
            number, order = numbered
            time.sleep(max(0.0, begun + number * 60 / self.asked.per_minute - time.monotonic()))
            caller = Caller(form.base).resume(admin.token, admin.user)
            with caller.http:
                _until_begun(caller, order)

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(one, enumerate(orders)))

    def _accident(self, form: Form) -> None:
        kill: dict[str, Callable[[], object]] = {"provider": self._restart_provider}
        if isinstance(form, Stack):
            kill |= {name: lambda name=name: _restart(form.services[name]) for name in ("web", "worker")}
            kill["redis"] = lambda: _restart(form.redis)
        else:
            kill |= {name: lambda name=name: _kill_child(form, name) for name in ("uvicorn", "worker")}
        name = random.choice(list(kill))
        self.killed[name] += 1
        kill[name]()

    def _restart_provider(self) -> None:
        self.provider.kill()
        time.sleep(random.uniform(0.1, 1.5))
        self.provider.start()

    def _open(self, form: Form) -> int:
        waiting = "SELECT count(*) FROM notifications_notification WHERE status IN ('pending', 'sending', 'uncertain')"
        with suppress(Exception):  # a database that is busy
            return form.pending() + form.query(waiting)[0][0]
        return 1

    def _await_all(self, form: Form, orders: int) -> float:
        started = time.monotonic()
        while self._open(form) and time.monotonic() - started < self.asked.patience:
            time.sleep(0.5)
        return time.monotonic() - started

    def _report(self, form: Form, orders: list[str], took: float, waited: float) -> str:
        taken = [json.loads(line) for line in self.journal.read_text().splitlines()]
        arrived = Counter((message["way"], message["to"]) for message in taken)
        wanted = {("sms", PHONE.format(n=n)) for n in range(len(orders))} | {
            ("email", EMAIL.format(n=n)) for n in range(len(orders))
        }
        missing = [address for address in wanted if not arrived[address]]
        twice = Counter({address: arrived[address] for address in wanted if arrived[address] > 1})
        times = self._times(form, taken)
        states = dict(form.query("SELECT status, count(*) FROM notifications_notification GROUP BY status"))
        lines = [
            f"{self.asked.form}: {len(orders)} status changes in {took:.0f} s ({len(orders) / took * 60:.0f} a minute)",
            f"then {waited:.0f} s until nothing was waiting",
            f"messages wanted {len(wanted)}, there {len(wanted) - len(missing)}, missing {len(missing)}",
            f"more than once {len(twice)} (SMS {sum(way == 'sms' for way, _ in twice)})",
            f"killed: {dict(self.killed)}" if self.killed else "nothing was killed",
            f"states: {states}",
        ]
        if times:
            ordered = sorted(times)
            lines.append(
                f"event to provider: p50 {statistics.median(ordered):.2f} s, "
                f"p95 {ordered[int(len(ordered) * 0.95)]:.2f} s, most {ordered[-1]:.2f} s"
            )
        return "\n".join(lines)

    def _times(self, form: Form, taken: list[dict[str, object]]) -> list[float]:
        """Seconds from each event to when the provider first had its message."""
        rows = form.query(
            "SELECT n.recipient, e.created_at FROM notifications_notification n JOIN audit_event e ON e.id = n.source_id"
            " WHERE n.event = 'repair_in_progress'"
        )
        happened = {recipient: _seconds(at) for recipient, at in rows}
        first: dict[str, float] = {}
        for message in taken:
            first.setdefault(str(message["to"]), float(str(message["at"])))
        return [first[to] - happened[to] for to in first if to in happened]


def _seconds(at: object) -> float:
    """A moment as the database gives it."""
    found = at if isinstance(at, datetime) else datetime.fromisoformat(f"{at}+00:00")
    return found.timestamp()


def _until_begun(caller: Caller, order: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            answer = caller.raw(
                "PUT",
                f"repairs/{order}/status",
                {"status": "in_progress"},
                headers={"Idempotency_Key": f"begin-{order}"},
            )
            if answer.status_code == 200:
                return
            if answer.status_code < 500:
                sys.exit(f"{answer.status_code} {answer.text[:300]}")
        time.sleep(0.2)
    sys.exit(f"{order} could not be begun")


def _restart(service: Service) -> None:
    service.kill()
    time.sleep(random.uniform(0.1, 1.0))
    service.start()


def _kill_child(form: Embedded, words: str) -> None:
    """One of those that the supervisor starts again."""
    for pid, line in children(form.service.pid).items():
        if words in line:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
