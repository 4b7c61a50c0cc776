"""Races through the stock's services beside their bare forms, and the proof that no unit was sold twice or lost."""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, connections

from apps.core import db
from apps.core.actor import Actor
from apps.core.exceptions import Conflict
from apps.core.ids import new_id
from apps.inventory import services
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import InsufficientStock
from apps.inventory.models import (
    Branch,
    Category,
    Item,
    PurchaseLine,
    PurchaseOrder,
    StockLevel,
    StockMovement,
    Supplier,
)
from apps.inventory.services import MovementRequest, Need, purchasing
from tests.benchmarks import stock_bare
from tests.benchmarks.command import make_database
from tests.benchmarks.stock_verify import drop_database

KINDS = ("reserve", "issue", "out", "transfer", "receive", "count", "document")
ROWS = {"hot row": 1, "1,000 rows": 1_000}
UNITS = 1_000_000
WARM = 0.5  # seconds
SYSTEM = Actor.system("benchmark")


@dataclass
class World:
    """What the clients work on; plain ids, so that it can be handed to processes."""

    places: list[tuple[UUID, UUID]]
    other: UUID
    orders: dict[UUID, tuple[UUID, UUID]]
    categories: dict[UUID, UUID]


@dataclass
class Taken:
    """What one client or all of them did: seconds of each operation, refusals, and transactions that ran again."""

    times: list[float] = field(default_factory=list)
    refused: int = 0
    retries: int = 0


class Shop:
    """One client of the services. Each method does one piece of work."""

    def __init__(self, world: World) -> None:
        self.world = world

    def _place(self) -> tuple[UUID, UUID]:
        return random.choice(self.world.places)

    def out(self) -> bool:
        item, branch = self._place()
        services.record_movement(MovementRequest(item, MovementType.OUT, 1, from_branch_id=branch), actor=SYSTEM)
        return True

    def reserve(self) -> bool:
        item, branch = self._place()
        return bool(services.reserve("bench", [Need(new_id(), item, branch, 1, new_id(), "R-1")], actor=SYSTEM))

    def issue(self) -> bool:
        (item, branch), source = self._place(), new_id()
        services.reserve("bench", [Need(source, item, branch, 1, new_id(), "R-1")], actor=SYSTEM)
        return bool(services.issue("bench", [source], actor=SYSTEM))

    def transfer(self) -> bool:
        item, branch = self._place()
        request = MovementRequest(item, MovementType.TRANSFER, 1, from_branch_id=branch, to_branch_id=self.world.other)
        services.record_movement(request, actor=SYSTEM)
        return True

    def receive(self) -> bool:
        order, line = self.world.orders[self._place()[0]]
        came = purchasing.ReceiptRequest([purchasing.ReceivedLine(line, 1)], id=new_id())
        purchasing.receive_purchase(order, came, actor=SYSTEM)
        return True

    def count(self) -> bool:
        """A whole count of one item: started, entered and posted, one unit more than is on the books."""
        item, branch = self._place()
        count = services.start_count(services.CountRequest(branch, self.world.categories[item]), actor=SYSTEM)
        on_hand = StockLevel.objects.values_list("quantity", flat=True).get(item=item, branch=branch)
        entry = services.CountEntryRequest(item_id=item, total=on_hand + 1, id=new_id())
        services.enter_count(count.pk, entry, actor=SYSTEM)
        services.post_count(count.pk, actor=SYSTEM)
        return True

    def document(self) -> bool:
        """Five needs in whatever order they stand on the document."""
        needs = [Need(new_id(), *self._place(), 1, new_id(), "R-1") for _ in range(5)]
        return bool(services.reserve("bench", needs, actor=SYSTEM))


def run(asked: Any) -> None:
    """Race each kind on one row and on many, in rounds in which services and bare form take turns."""
    settings.DATABASES["default"]["NAME"] += "_race_stock"
    connections["default"].settings_dict["NAME"] = settings.DATABASES["default"]["NAME"]
    drop_database()
    make_database()
    call_command("migrate", verbosity=0)
    print(f"{asked.clients} clients, {asked.rounds} rounds of {asked.seconds} s each, in turns; medians of the rounds")
    print(
        f"{'':10}{'':12}{'ops/s':>8}{'p50 ms':>8}{'p95 ms':>8}{'retries':>8}{'refused':>8}{'bare ops/s':>11}{'of bare':>8}"
    )
    for title, rows in ROWS.items():
        world = _world(rows)
        connection.close()
        for kind in [asked.only] if asked.only else KINDS:
            _race(kind, title, world, asked)


def _race(kind: str, title: str, world: World, asked: Any) -> None:
    ours, bare = [], []
    for _ in range(asked.rounds):
        ours.append(_round(kind, world, asked, bare=False))
        bare.append(_round(kind, world, asked, bare=True))
        _prove(kind)
    rates = [statistics.median(len(taken.times) / asked.seconds for taken in form) for form in (ours, bare)]
    ratio = statistics.median(len(a.times) / max(1, len(b.times)) for a, b in zip(ours, bare, strict=True))
    times = sorted(moment for taken in ours for moment in taken.times)
    print(
        f"{kind:10}{title:12}{rates[0]:8.0f}{_at(times, 50):8.1f}{_at(times, 95):8.1f}"
        f"{sum(taken.retries for taken in ours):8}{sum(taken.refused for taken in ours):8}{rates[1]:11.0f}{ratio:8.2f}",
        flush=True,
    )


def _at(times: list[float], percent: int) -> float:
    return times[min(len(times) - 1, len(times) * percent // 100)] * 1000 if times else 0.0


def _round(kind: str, world: World, asked: Any, *, bare: bool) -> Taken:
    """All clients at once, each a process with a connection of its own."""
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(asked.clients), context.Queue()
    clients = [
        context.Process(target=_client, args=(kind, world, asked.seconds, bare, start, results, number))
        for number in range(asked.clients)
    ]
    for client in clients:
        client.start()
    found = [results.get(timeout=120) for _ in clients]
    for client in clients:
        client.join()
    failed = [one for one in found if isinstance(one, str)]
    if failed:
        raise SystemExit(f"{kind}: {failed[0]}")
    return Taken(
        [moment for one in found for moment in one.times],
        sum(one.refused for one in found),
        sum(one.retries for one in found),
    )


def _client(kind: str, world: World, seconds: float, bare: bool, start: Any, results: Any, seed: int) -> None:
    random.seed(seed + time.time_ns())
    try:
        work = getattr(stock_bare.Bare(world.places, world.other, _info()) if bare else Shop(world), kind)
        connection.ensure_connection()
        _work(work, WARM)  # statements are composed and prepared before the clock runs
        start.wait(timeout=60)
        results.put(_work(work, seconds))
    except Exception as error:
        results.put(f"{type(error).__name__}: {error}")


def _work(work: Any, seconds: float) -> Taken:
    taken, tries = Taken(), 0

    def attempt() -> bool:
        nonlocal tries
        tries += 1
        return bool(work())

    end = time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        tries = 0
        try:
            db.retrying(attempt)
        except (InsufficientStock, Conflict):
            taken.refused += 1
        else:
            taken.times.append(time.perf_counter() - started)
        taken.retries += tries - 1
    return taken


def _prove(kind: str) -> None:
    """No difference, no level below what is promised, and as many units as came and went."""
    try:
        found = services.verify_stock()
    except OperationalError as error:
        raise SystemExit(f"{kind}: {error}") from None
    if found:
        raise SystemExit(f"{kind}: {len(found)} differences, such as {found[0]}")
    connection.close()


def _world(rows: int) -> World:
    branch = Branch.objects.create(name=f"Branch of {rows}", code=f"A{rows}")
    other = Branch.objects.create(name=f"Other of {rows}", code=f"B{rows}")
    supplier = Supplier.objects.create(name=f"Supplier of {rows}")
    orders, categories, places = {}, {}, []
    for number in range(rows):
        category = Category.objects.create(name=f"{rows} {number}")
        item = Item.objects.create(
            sku=f"S-{rows}-{number}", name=f"Part {number}", category=category, cost_price=Decimal(8)
        )
        request = MovementRequest(item.pk, MovementType.IN, UNITS, to_branch_id=branch.pk)
        services.record_movement(request, actor=SYSTEM)
        order = PurchaseOrder.objects.create(
            number=f"PO-{rows}-{number}", supplier=supplier, branch=branch, status="ordered", actor_kind="system"
        )
        line = PurchaseLine.objects.create(order=order, item=item, position=1, quantity=UNITS, unit_cost=Decimal(8))
        places.append((item.pk, branch.pk))
        orders[item.pk] = (order.pk, line.pk)
        categories[item.pk] = category.pk
    StockLevel.objects.filter(branch=branch).update(incoming=UNITS)
    stock_bare.make(_info(), places, other.pk, UNITS)
    assert StockMovement.objects.filter(to_branch=branch).count() == rows
    return World(places, other.pk, orders, categories)


def _info() -> dict[str, Any]:
    database = settings.DATABASES["default"]
    return {
        "host": database["HOST"], "port": database["PORT"], "user": database["USER"],
        "password": database["PASSWORD"], "dbname": database["NAME"],
    }  # fmt: skip
