"""What is agreed at a workshop: quotes and what customers say to them, limits, and claims under warranty."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from apps.repairs import services
from apps.repairs.enums import DecidedBy
from apps.repairs.models import Quote, QuoteLine, RepairOrder
from apps.repairs.selectors import newest_quote
from tests.repairs.contract import SYSTEM
from tests.repairs.living import among, happens, maybe, whole
from tests.repairs.proving import state
from tests.repairs.quoting import token_of
from tests.repairs.till import Till
from tests.repairs.workbench import EITHER, MANAGER, NUMBER, PRICE, UNITS, WORKED_ON

TO_THE_CUSTOMER = among(["link", "counter", "phone"])


class Offers(Till):
    """Everything at once."""

    @happens(NUMBER, NUMBER, NUMBER, whole(0, 2), UNITS, PRICE, weight=3)
    def quote(self, which: int, row: int, part: int, others: int, quantity: int, price: int) -> None:
        """A version, with so many other ways to do a line, and sometimes a line that cannot be left out."""
        found = self.an_order(which, status__in=WORKED_ON)
        chosen = self.a_line(found, row).pk
        ways = [services.Alternative(chosen, self.request(part + way, quantity, price)) for way in range(others)]
        required = [self.a_line(found, part).pk] if part % 3 == 0 else []
        with self.step("quote"):
            request = services.QuoteRequest(required_line_ids=required, alternatives=ways)
            services.send_quote(found.pk, request, actor=MANAGER)

    @happens(NUMBER, among([True, True, False]), maybe(whole(0, 999)), TO_THE_CUSTOMER, weight=4)
    def decide(self, which: int, approved: bool, picks: int | None, way: str) -> None:
        """Yes or no, to all lines or to some; saying it again must change nothing."""
        found = self.an_order(which, quotes__status="sent")
        quote = newest_quote(found.pk)
        lines = self.picked(quote, picks) if quote and picks is not None else None
        request = services.DecisionRequest(approved, quote.version if quote else 1, "Kim", lines, way=DecidedBy(way))
        open_before = quote is not None and quote.status == "sent"
        name = ("approve" if lines is None else "approve some") if approved else "decline"
        with self.step(name if open_before else "say it again"):
            self.say(found, request)
            self.prove_said(found, request, lines)

    def say(self, found: RepairOrder, request: services.DecisionRequest) -> None:
        if request.way == DecidedBy.LINK:
            services.decide_by_link(token_of(found), request, actor=SYSTEM)
        else:
            services.decide_for_customer(found.pk, request, actor=MANAGER)

    def picked(self, quote: Quote, picks: int) -> list[UUID]:
        """For each line of the order, as the digits of ``picks`` say: as it stands, one of the other ways, or left out."""
        chosen = []
        for base in quote.lines.filter(instead_of=None):
            ways = [base.pk, *base.alternatives.values_list("pk", flat=True)]
            picks, way = divmod(picks, 4)
            chosen += ways[way : way + 1]
        return chosen

    def prove_said(self, found: RepairOrder, request: services.DecisionRequest, lines: list[UUID] | None) -> None:
        after = state()
        self.say(found, request)
        assert state() == after
        found.refresh_from_db()
        if request.approved:
            assert found.quotes.latest("version").decision.chosen == [str(pk) for pk in self.ordered_by(found, lines)]

    def ordered_by(self, found: RepairOrder, lines: list[UUID] | None) -> list[UUID]:
        offered = QuoteLine.objects.filter(quote=found.quotes.latest("version"))
        wanted = offered.filter(instead_of=None) if lines is None else offered.filter(pk__in=lines)
        return list(wanted.order_by("position").values_list("pk", flat=True))

    @happens(whole(0, 60))
    def time_passes(self, days: int) -> None:
        with self.step("expiry"):
            services.expire_quotes(actor=SYSTEM, now=timezone.now() + timedelta(days=days))
        self.touched.update(self.orders)

    @happens(NUMBER, maybe(PRICE))
    def limit(self, which: int, price: int | None) -> None:
        found = self.an_order(which)
        with self.step("limit"):
            allowed = None if price is None else self.amount(price)
            services.edit_order(found.pk, {"spend_limit": allowed}, actor=MANAGER)

    @happens(NUMBER, NUMBER, EITHER, weight=3)
    def claim(self, which: int, row: int, failed: bool) -> None:
        """Of an order that was handed over, if there is one."""
        handed_over = list(RepairOrder.objects.filter(status="delivered").order_by("created_at", "pk"))
        if not handed_over or len(self.orders) >= self.most_orders:
            return
        first = handed_over[which % len(handed_over)]
        fields = {"issue_description": "again"}
        if failed:
            with_part = first.lines.exclude(item=None).first() or self.a_line(first, row)
            fields |= {"faulty_parts": [(with_part.pk, services.Failure("dead"))]}
        with self.step("claim"):
            self.orders.append(services.claim_warranty(first.pk, fields, actor=MANAGER).pk)
        self.an_order(-1), self.touched.add(first.pk)

    @happens(NUMBER, NUMBER, weight=2)
    def charge(self, which: int, row: int) -> None:
        """Mostly a line that a warranty pays for."""
        found = self.an_order(which, lines__covered_by__isnull=False, status__in=WORKED_ON)
        covered = list(found.lines.exclude(covered_by=None)) or [self.a_line(found, row)]
        with self.step("charge"):
            services.charge_line(found.pk, covered[row % len(covered)].pk, "dropped", actor=MANAGER)
            self.prove_asked(found)
