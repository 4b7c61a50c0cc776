"""A shop that grows: one more row in every list of the interface with each step."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.services import update_user
from apps.accounts.services.sessions import Device, open_session
from apps.audit import services as audit
from apps.catalog.enums import DeviceType
from apps.catalog.models import ModelNotice, PartType, TypeAllocation
from apps.core.ids import new_id
from apps.core.models import JobRun
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item, ReorderPoint, Reservation, StockLevel
from apps.inventory.services import (
    CountEntryRequest,
    CountRequest,
    MovementRequest,
    compute_reorder_points,
    enter_count,
    record_movement,
    start_count,
)
from apps.notifications.enums import Channel, MessageEvent
from apps.notifications.models import MessageTemplate, MessagingSettings, Provider, Suppression, SwitchedOff
from apps.notifications.services import tell_by_email
from apps.pricing.models import EstimateRecord, PriceProposal
from apps.pricing.services import create_price, update_price, update_rule
from apps.pricing.services.proposals import propose_prices
from apps.repairs import services as repairs
from apps.repairs.enums import NoteVisibility, OrderStatus, PaymentKind, PaymentMethod, Weekday
from apps.repairs.models import (
    BookingClosure,
    BookingHours,
    ChecklistQuestion,
    ChecklistTemplate,
    DropOff,
    RepairLine,
    RepairOrder,
    Rework,
    StatusLimit,
    TaxRate,
    TaxRule,
    Terms,
    Warranty,
    WorkshopSettings,
)
from apps.repairs.selectors import booking_token, tracking_token
from apps.reports.enums import Period, RegularPeriod
from apps.reports.models import ReportSchedule
from apps.reports.services import ReportRequest, ask_report
from tests.factories.intake import attached, checklist_of, signature_of
from tests.factories.messages import message_about
from tests.factories.people import CustomerFactory, member
from tests.factories.shop import (
    SYSTEM,
    BranchFactory,
    BranchPriceRuleFactory,
    CategoryFactory,
    DeviceModelFactory,
    EstimatorVersionFactory,
    ItemFactory,
    MarginRuleFactory,
    PartTypeFactory,
    PriceFactory,
    RepairTypeFactory,
    SupplierItemFactory,
)
from tests.factories.shop import stocked as stocked_item
from tests.factories.work import a_monday, booking, line, order
from tests.inventory.purchases import drafted, ordered, received, wanted
from tests.inventory.transferring import sent
from tests.pricing.changing import by
from tests.pricing.changing import drafted as changed

_STEPS = (OrderStatus.IN_PROGRESS, OrderStatus.AWAITING_APPROVAL)


class World:
    """The records that everything else hangs on, and ``grow``, which hangs one more of each kind on them."""

    def __init__(self) -> None:
        self.branch: Branch = BranchFactory()
        self.technician = member("technician", self.branch)
        self.item: Item = ItemFactory(reorder_level=1000)
        self.tracked = stocked_item(1, self.branch, tracks_serials=True)
        self.customer = CustomerFactory(user=member("customer", None))
        self.order = order(self.branch, customer=self.customer.pk)
        self.price = PriceFactory()
        self.branch_rule, self.margin_rule = BranchPriceRuleFactory(branch=self.branch), MarginRuleFactory()
        self.count = start_count(CountRequest(self.branch.pk), actor=SYSTEM)
        self.purchase = ordered(self.branch, wanted(self.item, 99))
        for _ in range(2):
            PriceFactory()
        self.visit: DropOff | None = None
        self.template: MessageTemplate | None = None
        self.grown = 0

    def grow(self, steps: int = 1) -> None:
        for _ in range(steps):
            self._grow_stock()
            self._grow_people()
            self._grow_work()
            self._grow_settings()
            self._grow_reports()
            self._grow_messages()
            self._grow_money()
            self.grown += 1

    def _grow_stock(self) -> None:
        part: PartType = PartTypeFactory()
        category = CategoryFactory(parent=CategoryFactory())
        shelf = BranchFactory()
        stocked = ItemFactory(category=category, part_type=part, reorder_level=1000, barcode=f"50000{self.grown:06d}")
        stocked.compatible_models.set([DeviceModelFactory(), DeviceModelFactory()])
        for item, branch in ((stocked, self.branch), (self.item, shelf)):
            request = MovementRequest(
                item_id=item.pk, movement_type=MovementType.IN, quantity=9, to_branch_id=branch.pk,
                unit_price=Decimal("8.00"),
            )  # fmt: skip
            record_movement(request, actor=SYSTEM)
        stocked_item(1, self.branch, tracks_serials=True)
        for kind, side in ((MovementType.OUT, "from_branch_id"), (MovementType.RETURN, "to_branch_id")):
            unit: dict[str, Any] = {side: self.branch.pk, "serials": [f"{self.tracked.sku}-1"]}
            record_movement(MovementRequest(self.tracked.pk, kind, 1, **unit), actor=SYSTEM)
        enter_count(self.count.pk, CountEntryRequest(code=stocked.sku), actor=SYSTEM)
        start_count(CountRequest(shelf.pk), actor=SYSTEM)
        self.offer = SupplierItemFactory(item=stocked)
        received(self.purchase, (1, 2))
        drafted(self.branch, wanted(stocked, 2), supplier=self.offer.supplier)
        self.transfer = sent(shelf, self.branch, (self.item, 1))
        model = DeviceModelFactory()
        self.notice = ModelNotice.objects.create(device_model=model, text=f"notice {self.grown}")
        TypeAllocation.objects.create(tac=f"{35000000 + self.grown}", brand="B", name="N", device_model=model)
        dearer = PriceFactory(part_type=part, part_quality=part.quality, cost=Decimal("12.00"))
        self._grow_estimates()
        BranchPriceRuleFactory(branch=shelf, added_amount=Decimal("1.00"))
        MarginRuleFactory(part_type=part)
        for rule in (self.branch_rule, self.margin_rule):
            update_rule(type(rule), rule.pk, {"notes": f"change {self.grown}"}, actor=SYSTEM)
        update_price(self.price.pk, {"notes": f"change {self.grown}"}, actor=SYSTEM)
        stocked.compatible_models.add(dearer.device_model)
        propose_prices(stocked.pk, Decimal("500.00"), dearer.currency, actor=SYSTEM)
        self.change = changed(by("percent", "5"))
        compute_reorder_points(actor=SYSTEM, now=timezone.now())
        self.stocked, self.part = stocked, part

    def _grow_estimates(self) -> None:
        fields = {"device_model": DeviceModelFactory(), "repair_type": RepairTypeFactory(), "price": Decimal("80.00")}
        create_price({**fields, "is_estimated": True}, actor=SYSTEM)
        EstimatorVersionFactory(suspicious=[str(self.price.pk)])

    def _grow_people(self) -> None:
        member("seller", self.branch)
        update_user(self.technician.pk, {"last_name": f"Name {self.grown}"}, actor=SYSTEM)
        for user in User.objects.filter(role__in=[Role.ADMIN, Role.TECHNICIAN]):
            open_session(user, Device("127.0.0.1", f"device {self.grown}"), actor=SYSTEM)

    def _grow_work(self) -> None:
        CustomerFactory()
        tell_by_email(self.technician.pk, MessageEvent.ACCOUNT_NOTICE, source_id=new_id())
        with_part = line(self.stocked, part_type_id=self.part.pk, quantity=2)
        taken = order(self.branch, customer=self.customer.pk, lines=[line(), with_part], technician=self.technician)
        self._hang_on(taken.lines.all()[0])
        self._hang_on(repairs.add_line(self.order.pk, line(), actor=SYSTEM))
        again = {"technician": self.technician, "actor_kind": "system", "actor_label": "test"}
        Rework.objects.create(order=self.order, reason=f"again {self.grown}", **again)
        order(self.branch, customer=self.customer.pk)
        booking(self.branch, customer=self.customer.pk, starts_at=a_monday(9) + timedelta(minutes=30 * self.grown))
        BookingHours.objects.create(branch=self.branch, weekday=Weekday(self.grown))
        day = timezone.now().date() + timedelta(days=300)
        BookingClosure.objects.create(branch=self.branch, first_day=day, last_day=day, reason=f"holiday {self.grown}")
        note = f"note {self.grown}"
        repairs.add_note(self.order.pk, note, NoteVisibility.CUSTOMER, actor=SYSTEM)
        payment = repairs.PaymentRequest(Decimal("1.00"), PaymentKind.PAYMENT, PaymentMethod.CASH)
        repairs.take_payment(self.order.pk, payment, actor=SYSTEM)
        self.file = attached(self.order, self.grown)
        checklist_of(self.order)
        self.signed = signature_of(self.order)
        self._grow_intake()
        repairs.send_quote(self.order.pk, repairs.QuoteRequest(), actor=SYSTEM)
        repairs.change_status(self.order.pk, _STEPS[self.grown % 2], actor=SYSTEM, note=note)

    def _grow_settings(self) -> None:
        own = {"branch": self.branch} if self.grown == 0 else {"branch": BranchFactory()}
        WorkshopSettings.objects.create(**own)
        rate = TaxRate.objects.create(name=f"rate {self.grown}", percent=self.grown)
        starts_on = timezone.now().date() + timedelta(days=self.grown + 1)
        TaxRule.objects.create(
            rate=rate, repair_type=RepairTypeFactory(), part_type=self.part, starts_on=starts_on, **own
        )
        Terms.objects.create(text="You pay for what was done.", **own)
        StatusLimit.objects.create(status=OrderStatus.PENDING, hours=24, **own)

    def _grow_reports(self) -> None:
        day = a_monday(9).date() - timedelta(days=365 + self.grown)
        self.report = ask_report(ReportRequest(Period.DAY, self.branch.pk, day=day), actor=SYSTEM)
        period = list(RegularPeriod)[self.grown % 3]
        self.schedule = ReportSchedule.objects.create(branch=self.branch, period=period, since=day)

    def _grow_messages(self) -> None:
        branch = self.branch if self.grown == 0 else BranchFactory()
        worded = {"event": MessageEvent.REPAIR_CREATED, "channel": Channel.SMS, "body": "We have {{ device }}."}
        template = MessageTemplate.objects.create(branch=branch, **worded)
        self.template = self.template or template
        with audit.changing(MessageTemplate.objects.all(), self.template.pk, actor=SYSTEM) as held:
            held.body = f"Here is {self.grown}."
            held.save()
        MessagingSettings.objects.create(branch=branch)
        SwitchedOff.objects.create(branch=branch, event=MessageEvent.REPAIR_CREATED, channel=Channel.SMS)
        Suppression.objects.create(channel=Channel.SMS, address=f"+4917012345{self.grown:02}", reason="unknown")
        Provider.objects.create(name=f"provider {self.grown}")
        now = timezone.now()
        JobRun.objects.create(
            id=new_id(), name="core.job", queue="default", state="failed", started_at=now, finished_at=now, lost_at=now
        )
        self.message = message_about(self.order)

    def _grow_money(self) -> None:
        assert self.visit is not None
        self.billed = order(self.branch, customer=self.customer.pk, status="in_progress>completed")
        RepairOrder.objects.filter(pk=self.billed.pk).update(drop_off=self.visit)
        tender = repairs.TenderRequest(Decimal("1.00"), PaymentKind.PAYMENT, PaymentMethod.CASH)
        repairs.take_tender(self.visit.pk, tender, actor=SYSTEM)
        self.invoice = repairs.issue_invoice(self.billed.pk, actor=SYSTEM).invoice

    def _grow_intake(self) -> None:
        kind = DeviceType.values[self.grown]
        template = ChecklistTemplate.objects.create(name=f"check {self.grown}", stage="intake", device_type=kind)
        for number in range(2):
            ChecklistQuestion.objects.create(template=template, text=f"question {number}", position=number)

    def _hang_on(self, done: RepairLine) -> None:
        today = timezone.now().date()
        visit = {"number": f"D-{DropOff.objects.count()}", "customer": self.customer, "branch": self.branch}
        brought = DropOff.objects.create(**visit)
        RepairOrder.objects.filter(pk=done.order_id).update(drop_off=brought)
        self.visit = self.visit or brought
        signature_of(drop_off=self.visit)
        visit = {"number": f"D-{DropOff.objects.count()}", "customer": self.customer, "branch": self.branch}
        DropOff.objects.create(**visit)
        promise = {"description": "screen", "months": 6, "starts_on": today, "ends_on": today + timedelta(days=180)}
        Warranty.objects.create(order=done.order, line=done, **promise)

    def ids(self, template: str) -> dict[str, Any]:
        """Values for the parameters of a route: records that exist."""
        things = {
            "users": self.technician, "customers": self.customer, "repairs": self.order, "invoices": self.invoice,
            "drop-offs": self.visit,
            "pricing/estimates": EstimateRecord.objects.first(),
            "pricing/branch-rules": self.branch_rule, "pricing/margin-rules": self.margin_rule,
            "pricing/changes": self.change, "pricing/proposals": PriceProposal.objects.first(), "pricing": self.price,
            "inventory/items": self.item, "inventory/branches": self.branch, "inventory/categories": self.stocked.category,
            "inventory/transfers": self.transfer,
            "inventory/movements": self.item.movements.first(), "inventory/stock-counts": self.count,
            "inventory/suppliers": self.offer.supplier, "inventory/supplier-items": self.offer,
            "inventory/purchase-orders": self.purchase,
            "inventory/reservations": Reservation.objects.first(),
            "inventory/reorder-points": ReorderPoint.objects.first(), "inventory/serials": self.tracked.serials.first(),
            "notifications/templates": self.template, "notifications": self.message,
            "catalog/notices": self.notice, "reports": self.report, "report-schedules": self.schedule,
            "catalog/brands": self.price.device_model.brand,
            "catalog/device-models": self.price.device_model, "catalog/repair-types": self.price.repair_type,
            "catalog/part-types": self.part,
        }  # fmt: skip
        level = StockLevel.objects.filter(item=self.stocked).get()
        own = level if "explain" in template else next(
            (thing for path, thing in things.items() if template.startswith(path)), None
        )  # fmt: skip
        return {
            "pk": getattr(own, "pk", None), "branch_id": self.branch.pk, "item_id": self.item.pk,
            "customer_id": self.customer.pk, "line_id": self._line_of(template), "code": self.stocked.sku,
            "order_id": self.billed.pk, "drop_off_id": getattr(self.visit, "pk", None),
            "token": self._token_for(template), "aid": self.file.pk, "sid": self.signed.pk, "version": 1,
            "receipt_id": self.purchase.receipts.latest("created_at").pk,
        }  # fmt: skip

    def _token_for(self, template: str) -> str | None:
        if template.startswith("bookings/"):
            return booking_token(self.customer.bookings.latest("created_at").pk)
        return tracking_token(self.order.pk, self.order.tracking_number, closed=False)

    def _line_of(self, template: str) -> Any:
        owner: Any = self.count if template.startswith("inventory/stock-counts") else self.order
        return owner.lines.first().pk
