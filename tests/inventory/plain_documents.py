"""The documents' part of the machine that compares the services with the plain shop: transfers, counts and purchases."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ValidationFailed
from apps.core.ids import new_id
from apps.inventory import services
from apps.inventory.exceptions import AlreadyReversed, CountNotPostable, InsufficientStock
from apps.inventory.models import PurchaseLine, PurchaseReceipt, Supplier
from apps.inventory.services import purchasing
from tests.inventory.plain_shop import NUMBERED, PLAIN, Bought, Counted, PlainShop, Sent, rounded

SYSTEM = Actor.system("property")
UNITS = st.integers(min_value=1, max_value=6)
SOME = st.integers(min_value=0, max_value=3)
BRANCHES = st.integers(min_value=0, max_value=1)
ANY = st.integers(min_value=0, max_value=1_000)


class PlainDocuments(RuleBasedStateMachine):
    """``items``, ``branches`` and ``plain`` come from the whole machine."""

    items: list[Any]
    branches: list[Any]
    plain: PlainShop

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[Bought] = []
        self.supplier = Supplier.objects.create(name=f"Parts {new_id()}")

    @rule(source=BRANCHES, plain=SOME, numbered=SOME)
    def is_sent(self, source: int, plain: int, numbered: int) -> None:
        numbers = self.plain.free(source)[:numbered]
        units = {item: count for item, count in ((PLAIN, plain), (NUMBERED, len(numbers))) if count}
        if not units:
            return
        wanted = [
            services.TransferLineRequest(self.items[item].pk, count, numbers if item == NUMBERED else ())
            for item, count in units.items()
        ]
        request = services.TransferRequest(self.branches[source].pk, self.branches[1 - source].pk, wanted)
        transfer = services.draft_transfer(request, actor=SYSTEM)
        if any(self.plain.available((item, source)) < count for item, count in units.items()):
            with pytest.raises(InsufficientStock):
                services.send_transfer(transfer.pk, actor=SYSTEM)
            return
        services.send_transfer(transfer.pk, actor=SYSTEM)
        with pytest.raises(Conflict):
            services.send_transfer(transfer.pk, actor=SYSTEM)
        value = {item: self.plain.shelves[item, source].take(count) for item, count in units.items()}
        self.plain.put(numbers, "transit")
        by_item = {line.item_id: line.pk for line in transfer.lines.all()}
        lines = {item: by_item[self.items[item].pk] for item in units}
        self.plain.sent.append(Sent(transfer.pk, source, dict(units), lines, value, numbers, units))

    @rule(which=ANY, received=SOME, missing=SOME, surplus=SOME)
    def arrives_in_part(self, which: int, received: int, missing: int, surplus: int) -> None:
        """The plain line of a transfer, with what differs."""
        known = [one for one in self.plain.sent if PLAIN in one.lines and one.state in {"sent", "partly"}]
        if not known:
            return
        sent = known[which % len(known)]
        arrival = services.Arrival(sent.lines[PLAIN], received, missing, surplus, reason="counted at the door")
        request, left = services.ReceiptRequest(new_id(), [arrival]), sent.under_way[PLAIN]
        gone = received + missing
        if gone > left or not (gone or surplus) or (surplus and gone < left):
            with pytest.raises(ValidationFailed):
                services.receive_transfer(sent.pk, request, actor=SYSTEM)
            return
        for _ in range(2):
            services.receive_transfer(sent.pk, request, actor=SYSTEM)
        self.take_in(sent, gone, missing, surplus)
        sent.state = "partly" if any(sent.under_way.values()) else "received"

    def take_in(self, sent: Sent, gone: int, missing: int, surplus: int) -> None:
        """What is missing arrives as well, and is written off at what it was worth."""
        place = (PLAIN, 1 - sent.source)
        shelf = self.plain.shelves[place]
        if gone:
            worth = self.part_of(sent, PLAIN, gone)
            shelf.bring(gone, worth)
            if missing:
                shelf.take(missing, rounded_share(worth, gone, missing))
        if surplus:
            shelf.bring(surplus)
        if missing or surplus:
            self.plain.corrected(place)

    @rule(which=ANY)
    def arrives_in_full(self, which: int) -> None:
        if not self.plain.sent:
            return
        sent = self.plain.sent[which % len(self.plain.sent)]
        request = services.ReceiptRequest(new_id())
        if sent.state not in {"sent", "partly"}:
            with pytest.raises(Conflict):
                services.receive_transfer(sent.pk, request, actor=SYSTEM)
            return
        services.receive_transfer(sent.pk, request, actor=SYSTEM)
        for item, units in list(sent.under_way.items()):
            if units:
                self.plain.shelves[item, 1 - sent.source].bring(units, self.part_of(sent, item, units))
        self.plain.put(sent.numbers, 1 - sent.source)
        sent.state = "received"

    @rule(which=ANY)
    def is_called_back(self, which: int) -> None:
        if not self.plain.sent:
            return
        sent = self.plain.sent[which % len(self.plain.sent)]
        if sent.state != "sent":
            with pytest.raises(Conflict):
                services.cancel_transfer(sent.pk, "the van is broken", actor=SYSTEM)
            return
        services.cancel_transfer(sent.pk, "the van is broken", actor=SYSTEM)
        for item, units in list(sent.under_way.items()):
            self.plain.shelves[item, sent.source].bring(units, self.part_of(sent, item, units))
        self.plain.put(sent.numbers, sent.source)
        sent.state = "cancelled"

    def part_of(self, sent: Sent, item: int, units: int) -> int:
        """The value that leaves transit with these units."""
        worth = rounded_share(sent.value[item], sent.under_way[item], units)
        sent.value[item] -= worth
        sent.under_way[item] -= units
        return worth

    @rule(where=BRANCHES, units=UNITS, cost=st.integers(1, 900))
    def is_ordered(self, where: int, units: int, cost: int) -> None:
        line = purchasing.PurchaseLineRequest(self.items[PLAIN].pk, units, Decimal(cost) / 100)
        request = purchasing.PurchaseRequest(self.supplier.pk, self.branches[where].pk, [line])
        order = purchasing.draft_purchase(request, actor=SYSTEM)
        purchasing.order_purchase(order.pk, actor=SYSTEM)
        self.orders.append(Bought(order.pk, PurchaseLine.objects.get(order=order).pk, where, units))

    @rule(which=ANY, units=UNITS, cost=st.integers(1, 900))
    def is_delivered(self, which: int, units: int, cost: int) -> None:
        if not self.orders:
            return
        order = self.orders[which % len(self.orders)]
        came = purchasing.ReceivedLine(order.line, units, Decimal(cost) / 100)
        request = purchasing.ReceiptRequest([came], id=new_id())
        if order.is_closed or not order.outstanding or units > order.outstanding:
            with pytest.raises((Conflict, ValidationFailed)):
                purchasing.receive_purchase(order.pk, request, actor=SYSTEM)
            return
        for _ in range(2):
            receipt = purchasing.receive_purchase(order.pk, request, actor=SYSTEM)
        worth = self.plain.shelves[PLAIN, order.where].bring(units, cost * 10_000 * units)
        order.outstanding -= units
        order.receipts.append((receipt.pk, units, worth))

    @rule(which=ANY)
    def delivery_was_a_mistake(self, which: int) -> None:
        known = [order for order in self.orders if order.receipts]
        if not known:
            return
        order = known[which % len(known)]
        pk, units, worth = order.receipts[-1]
        if self.plain.available((PLAIN, order.where)) < units:
            with pytest.raises(InsufficientStock):
                purchasing.reverse_receipt(order.pk, pk, "another shop's parcel", actor=SYSTEM)
            return
        purchasing.reverse_receipt(order.pk, pk, "another shop's parcel", actor=SYSTEM)
        with pytest.raises(AlreadyReversed):
            purchasing.reverse_receipt(order.pk, pk, "another shop's parcel", actor=SYSTEM)
        assert PurchaseReceipt.objects.filter(pk=pk).exists()
        self.plain.shelves[PLAIN, order.where].take(units, worth)
        self.plain.corrected((PLAIN, order.where))
        order.outstanding += units
        order.receipts.pop()

    @rule(which=ANY)
    def rest_will_not_come(self, which: int) -> None:
        if not self.orders:
            return
        order = self.orders[which % len(self.orders)]
        if order.is_closed or not order.outstanding:
            with pytest.raises(Conflict):
                purchasing.cancel_purchase(order.pk, "sold out", actor=SYSTEM)
            return
        purchasing.cancel_purchase(order.pk, "sold out", actor=SYSTEM)
        order.outstanding, order.is_closed = 0, True

    @rule(where=BRANCHES)
    def counting_begins(self, where: int) -> None:
        request = services.CountRequest(self.branches[where].pk)
        if any(count.where == where for count in self.plain.counts):
            with pytest.raises(Conflict):
                services.start_count(request, actor=SYSTEM)
            return
        self.plain.counts.append(Counted(services.start_count(request, actor=SYSTEM).pk, where))

    @rule(where=BRANCHES, seen=st.integers(0, 12))
    def shelf_is_counted(self, where: int, seen: int) -> None:
        for count in self.plain.counts:
            if count.where == where:
                entry = services.CountEntryRequest(item_id=self.items[PLAIN].pk, total=seen, id=new_id())
                for _ in range(2):
                    services.enter_count(count.pk, entry, actor=SYSTEM)
                count.entered, count.is_corrected = seen, False
                count.on_hand = self.plain.shelves[PLAIN, where].quantity

    @rule(where=BRANCHES)
    def count_is_posted(self, where: int) -> None:
        for count in [one for one in self.plain.counts if one.where == where]:
            change = 0 if count.entered is None else count.entered - count.on_hand
            place, shelf = (PLAIN, where), self.plain.shelves[PLAIN, where]
            if change and (count.is_corrected or self.plain.available(place) + change < 0):
                with pytest.raises(CountNotPostable):
                    services.post_count(count.pk, actor=SYSTEM)
                return
            services.post_count(count.pk, actor=SYSTEM)
            with pytest.raises(Conflict):
                services.post_count(count.pk, actor=SYSTEM)
            self.plain.counts.remove(count)
            if change:
                _ = shelf.bring(change) if change > 0 else shelf.take(-change)
                self.plain.corrected(place)


def rounded_share(value: int, units: int, part: int) -> int:
    """What ``part`` of ``units`` is worth; all of it for the last ones."""
    return value if part == units else rounded(Fraction(value * part, units))
