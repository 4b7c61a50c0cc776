"""Money at a workshop: payments, tenders over a visit, refunds, invoices and credit notes, and what lists say of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.core import money
from apps.repairs import rules, services
from apps.repairs.models import DropOff, Invoice, InvoicedOrder, InvoiceLine, Payment, RepairOrder
from apps.reports.rules import period_around
from apps.reports.selectors import figures_of
from tests.conftest import Api
from tests.factories import member
from tests.repairs.contract import SYSTEM
from tests.repairs.living import among, happens, maybe, whole
from tests.repairs.workbench import EITHER, NUMBER, PRICE, UNITS, WORKED_ON, Workbench

COINS = whole(1, 9_000)
KIND = among(["deposit", "payment", "payment", "refund", "refund"])


class Till(Workbench):
    """The workbench, with a counter where money changes hands; some of the devices came in one visit."""

    visit: UUID | None = None

    @happens(NUMBER, UNITS, PRICE, NUMBER)
    def bring(self, part: int, quantity: int, price: int, extras: int) -> None:
        """Two devices at once, and later one more."""
        device = self.device(part, quantity, price, extras)
        if len(self.orders) + 2 > self.most_orders:
            return
        if self.visit is None:
            with self.step("drop off"):
                request = services.DropOffRequest(self.customer.pk, [device, device], self.branch.pk)
                self.visit = services.create_drop_off(request, actor=SYSTEM).pk
        else:
            with self.step("one more device"):
                services.add_device(self.visit, device, actor=SYSTEM)
        known = RepairOrder.objects.order_by("created_at", "pk").values_list("pk", flat=True)
        self.orders += [pk for pk in known if pk not in self.orders]
        self.touched.update(self.orders)

    @happens(NUMBER, KIND, COINS, EITHER, weight=3)
    def pay(self, which: int, kind: str, coins: int, everything: bool) -> None:
        found = self.an_order(which)
        most = found.paid if kind == "refund" else rules.balance(found.charged)
        request = services.PaymentRequest(most if everything else self.amount(coins), kind, "cash")
        with self.step(kind):
            services.take_payment(found.pk, request, actor=SYSTEM)
            assert request.amount <= most

    @happens(KIND, COINS, EITHER, weight=4)
    def tender(self, kind: str, coins: int, everything: bool) -> None:
        if self.visit is None:
            return
        orders = RepairOrder.objects.filter(drop_off=self.visit)
        limits = [one.paid if kind == "refund" else rules.balance(one.charged) for one in orders]
        most = sum((limit for limit in limits if limit > 0), Decimal(0))
        request = services.TenderRequest(most if everything else self.amount(coins), kind, "card")
        with self.step(f"tender, {kind}"):
            tender = services.take_tender(self.visit, request, actor=SYSTEM)
            assert tender.amount <= most
        self.touched.update(self.orders)

    @happens(NUMBER, weight=2)
    def bill(self, which: int) -> None:
        found = self.an_order(which, status__in=["completed", "ready_pickup"], invoiced=None)
        with self.step("invoice"):
            services.issue_invoice(found.pk, actor=SYSTEM)

    @happens(whole(0, 3), weight=3)
    def bill_visit(self, steps: int) -> None:
        """Each device of it goes on for so many steps, as far as it stays in the shop."""
        if self.visit is None:
            return
        for one in RepairOrder.objects.filter(drop_off=self.visit, status__in=WORKED_ON):
            for _ in range(steps):
                one.refresh_from_db()
                if one.status in WORKED_ON:
                    self.go_on(one)
        self.touched.update(self.orders)
        with self.step("invoice of a visit"):
            services.issue_drop_off_invoice(self.visit, actor=SYSTEM)

    @happens(NUMBER, NUMBER, maybe(COINS), weight=2)
    def credit(self, which: int, row: int, coins: int | None) -> None:
        """The whole invoice, or an amount of one of its lines."""
        standing = list(InvoicedOrder.objects.order_by("invoice", "order").values_list("invoice", flat=True))
        if not standing:
            return
        invoice = standing[which % len(standing)]
        lines = list(InvoiceLine.objects.filter(invoice=invoice).order_by("position"))
        part = lines[row % len(lines)]
        asked = [] if coins is None else [services.CreditRequest(part.pk, min(self.amount(coins), part.total_price))]
        with self.step("credit note" if coins is None else "credit note over a part"):
            services.issue_credit_note(invoice, "because", asked, actor=SYSTEM)
        self.touched.update(one.order_id for one in lines)

    def prove(self) -> None:
        super().prove()
        self.prove_figures()

    def prove_figures(self) -> None:
        """The report of the day says what the rows say."""
        now = timezone.now()
        found = figures_of(self.branch, period_around("day", now.astimezone(self.branch.zone).date()), now)
        balances = [rules.balance(one.charged) for one in RepairOrder.objects.all() if _is_due(one)]
        owed = [balance for balance in balances if balance > 0]
        assert (found["outstanding"]["count"], found["outstanding"]["amount"]) == (len(owed), self.text(sum(owed)))
        payments = list(Payment.objects.values_list("kind", "amount"))
        back = sum(amount for kind, amount in payments if kind == "refund")
        taken = sum(amount for kind, amount in payments if kind != "refund")
        assert (found["takings"]["taken"], found["takings"]["refunded"]) == (self.text(taken), self.text(back))
        papers = [(-1 if paper.kind == "credit_note" else 1, paper) for paper in Invoice.objects.all()]
        assert [found["revenue"][name] for name in ("net", "tax", "gross")] == [
            self.text(sum(sign * getattr(paper, name) for sign, paper in papers))
            for name in ("net_total", "tax_total", "total")
        ]

    def text(self, amount: Any) -> str:
        return money.text(Decimal(amount), self.branch.currency)

    def close(self) -> None:
        """At the end of a life its list, its orders one by one and its visit are read over the interface."""
        api = Api(member("admin", None))
        listed = {row["id"]: row for row in api.get("repairs?limit=100").body["data"]["items"]}
        assert listed.keys() == {str(pk) for pk in self.orders}
        for one in RepairOrder.objects.all():
            shown, alone = listed[str(one.pk)], api.get(f"repairs/{one.pk}").body["data"]
            balance = rules.balance(one.charged)
            expected = [self.text(amount) for amount in (one.total, one.tax_total, one.paid, one.credited, balance)]
            for row in (shown, alone):
                assert [row[name] for name in ("totalPrice", "taxTotal", "paid", "credited", "balance")] == expected
            assert shown["items"] == alone["items"]
        if self.visit is not None:
            visit = api.get(f"drop-offs/{self.visit}").body["data"]
            orders = RepairOrder.objects.filter(drop_off=DropOff.objects.get())
            assert visit["balance"] == self.text(sum(rules.balance(one.charged) for one in orders))
        owing = {row["id"] for row in api.get("repairs?owing=true&limit=100").body["data"]["items"]}
        due = [one for one in RepairOrder.objects.all() if _is_due(one)]
        assert owing == {str(one.pk) for one in due if rules.balance(one.charged) > 0}


def _is_due(one: RepairOrder) -> bool:
    """Whether what it costs is to be paid now: the work is done, or the device goes back."""
    return one.unrepaired or one.status in {"completed", "ready_pickup", "delivered"}
