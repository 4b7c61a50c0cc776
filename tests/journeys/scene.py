"""A shop with two branches and one of everything on each side, and somebody of every role at the first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.models import Customer, Session
from apps.core.ids import new_id
from apps.inventory.models import Branch, ReorderPoint, Reservation, StockLevel, StockMovement
from apps.inventory.services import CountRequest, start_count
from apps.repairs.enums import NoteVisibility, PaymentKind, PaymentMethod
from apps.repairs.models import RepairOrder
from apps.repairs.services import PaymentRequest, QuoteRequest, add_note, send_quote, take_payment
from tests.conftest import Api
from tests.factories import (
    BranchFactory,
    BranchPriceRuleFactory,
    BrandFactory,
    CategoryFactory,
    CustomerFactory,
    DeviceModelFactory,
    ItemFactory,
    MarginRuleFactory,
    PartTypeFactory,
    PriceFactory,
    RepairTypeFactory,
    SupplierFactory,
    SupplierItemFactory,
    booking,
    line,
    member,
    order,
    stocked,
)
from tests.factories.work import SYSTEM
from tests.inventory.purchases import drafted, ordered, received, wanted
from tests.inventory.purchases import line as purchase_line
from tests.journeys.catalog_matrix import describe
from tests.journeys.estimates_matrix import take
from tests.journeys.intake_matrix import take_in
from tests.journeys.messages_matrix import word
from tests.journeys.money_matrix import charge
from tests.journeys.papers_matrix import frozen
from tests.journeys.price_work_matrix import carry as carry_prices
from tests.journeys.reports_matrix import report
from tests.journeys.transfer_matrix import carry
from tests.journeys.work_matrix import spend_time
from tests.repairs.quoting import say

ROLES = ("admin", "manager", "technician", "seller", "customer")
# What the shop writes for itself; no customer may ever read one of these.
SECRETS = {
    "cost of the price": "31.41", "note on the price": "supplier is slow", "cost of the item": "27.18",
    "note on the customer": "never pays", "internal note": "board was drowned", "reason of a status": "waits for Li",
    "password of the device": "Gh3im-1234", "notice on the model": "ask for cash first",
}  # fmt: skip


class Scene:
    """``own`` things are those of the first branch, where the roles work; ``foreign`` ones are the second's."""

    def __init__(self) -> None:
        self.own_branch: Branch = BranchFactory(name="Harbour", code="HAR")
        self.foreign_branch: Branch = BranchFactory(name="Station", code="STA")
        self.spare_branch: Branch = BranchFactory(name="Attic", code="ATT", is_active=False)
        self.apis = {role: Api(self._user(role)) for role in ROLES} | {"anonymous": Api()}
        self.technician = self.apis["technician"].user
        self.account = self.apis["customer"].user
        self.colleague = member("technician", self.own_branch)
        self.superior = member("manager", self.own_branch)
        self.foreigner = member("technician", self.foreign_branch)
        self.seller_session = Session.objects.get(user=self.apis["seller"].user)
        self.foreign_session = Session.objects.get(user=Api(self.foreigner).user)
        self._people()
        self._catalogue()
        self._stock()
        self._purchases()
        self._orders()
        charge(self)
        report(self)
        frozen(self)
        carry(self)
        take(self)
        carry_prices(self)
        self._counts()
        take_in(self)
        spend_time(self)
        word(self)

    def _user(self, role: str) -> Any:
        return member(role, None if role in {"admin", "customer"} else self.own_branch)

    def _people(self) -> None:
        notes = SECRETS["note on the customer"]
        self.own_customer: Customer = CustomerFactory(
            user=self.apis["customer"].user, first_name="Own", notes=notes, email="own@mail.example"
        )
        self.foreign_customer: Customer = CustomerFactory(first_name="Foreign", notes=notes)
        self.free_customer: Customer = CustomerFactory(first_name="Free")

    def _catalogue(self) -> None:
        self.model = DeviceModelFactory(brand=BrandFactory(name="Nokia"), name="3310")
        self.repair_type = RepairTypeFactory(name="Screen")
        self.price = PriceFactory(
            device_model=self.model,
            repair_type=self.repair_type,
            cost=Decimal(SECRETS["cost of the price"]),
            notes=SECRETS["note on the price"],
        )
        self.expired = PriceFactory(valid_from=date(2020, 1, 1), valid_until=date(2020, 12, 31))
        self.old_price = PriceFactory(valid_from=date(2020, 1, 1))
        self.foreign_price = PriceFactory(branch=self.foreign_branch, valid_from=date(2020, 1, 1))
        self.own_rule, self.foreign_rule = (
            BranchPriceRuleFactory(branch=branch) for branch in (self.own_branch, self.foreign_branch)
        )
        self.margin_rule = MarginRuleFactory()
        unused = {"brands": BrandFactory, "device-models": DeviceModelFactory, "repair-types": RepairTypeFactory,
                  "part-types": PartTypeFactory}  # fmt: skip
        self.offered = {path: make(name=f"Offered {path}") for path, make in unused.items()}
        self.retired = {path: make(name=f"Retired {path}", is_active=False) for path, make in unused.items()}
        describe(self, SECRETS["notice on the model"])
        self.category, self.unused_item = CategoryFactory(), ItemFactory()

    def _stock(self) -> None:
        cost = Decimal(SECRETS["cost of the item"])
        self.item = stocked(9, self.own_branch, sku="OWN-1", cost_price=cost)
        self.foreign_item = stocked(9, self.foreign_branch, sku="FOR-1", cost_price=cost)
        self.own_level, self.foreign_level = (
            StockLevel.objects.get(branch=branch) for branch in (self.own_branch, self.foreign_branch)
        )
        self.own_movement, self.foreign_movement = (
            StockMovement.objects.get(to_branch=branch) for branch in (self.own_branch, self.foreign_branch)
        )
        self.own_reorder_point, self.foreign_reorder_point = (
            ReorderPoint.objects.create(level=level, computed_at=timezone.now(), reorder_at=-1, order_quantity=1)
            for level in (self.own_level, self.foreign_level)
        )
        sides = (("OWN-2", self.own_branch), ("FOR-2", self.foreign_branch))
        self.own_serial, self.foreign_serial = (
            stocked(1, branch, sku=sku, tracks_serials=True).serials.get() for sku, branch in sides
        )
        self.own_arrival, self.foreign_arrival = (
            serial.moves.get().movement for serial in (self.own_serial, self.foreign_serial)
        )

    def _counts(self) -> None:
        self.own_count, self.foreign_count = (
            start_count(CountRequest(branch.pk), actor=SYSTEM) for branch in (self.own_branch, self.foreign_branch)
        )
        self.own_count_line = self.own_count.lines.get(item=self.item)
        self.foreign_count_line = self.foreign_count.lines.get(item=self.foreign_item)
        self.names |= {self.own_count.pk: "own", self.foreign_count.pk: "foreign"}

    def _purchases(self) -> None:
        self.supplier, self.unused_supplier = SupplierFactory(), SupplierFactory()
        self.offer = SupplierItemFactory(supplier=self.supplier, item=self.item)
        for side, branch in (("own", self.own_branch), ("foreign", self.foreign_branch)):
            item = ItemFactory(sku=f"{side[:3].upper()}-3")
            setattr(self, f"{side}_bought", item)
            draft = drafted(branch, wanted(item, 5), supplier=self.supplier)
            purchase = ordered(branch, wanted(item, 5), supplier=self.supplier)
            setattr(self, f"{side}_draft", draft)
            setattr(self, f"{side}_purchase", purchase)
            setattr(self, f"{side}_receipt", received(purchase, (1, 2)))
            setattr(self, f"{side}_purchase_line", purchase_line(purchase))

    def _orders(self) -> None:
        own = {"customer": self.own_customer.pk, "technician": self.technician}
        foreign = {"customer": self.foreign_customer.pk, "technician": self.foreigner}
        self.own_order = self._order(self.own_branch, lines=[line(self.item), line()], **own)
        self.foreign_order = self._order(self.foreign_branch, lines=[line(self.foreign_item)], **foreign)
        send_quote(self.own_order.pk, QuoteRequest(), actor=SYSTEM)
        say(self.own_order)
        self.own_reservation, self.foreign_reservation = (
            Reservation.objects.get(document_id=taken_in.pk) for taken_in in (self.own_order, self.foreign_order)
        )
        self.free_order = self._order(self.own_branch, customer=self.foreign_customer.pk)
        self.names = {self.own_order.pk: "own", self.foreign_order.pk: "foreign", self.free_order.pk: "free"}
        self.own_booking = booking(self.own_branch, customer=self.own_customer.pk)
        self.foreign_booking = booking(self.foreign_branch, customer=self.foreign_customer.pk)
        free_booking = booking(self.own_branch, customer=self.foreign_customer.pk)
        bookings = {"own": self.own_booking, "foreign": self.foreign_booking, "free": free_booking}
        self.names |= {made.pk: name for name, made in bookings.items()}
        self.names |= {getattr(self, name).pk: name for name in ("technician", "colleague", "foreigner")}

    def _order(self, branch: Branch, **fields: Any) -> RepairOrder:
        taken_in = order(branch, device_password=SECRETS["password of the device"], **fields)
        add_note(taken_in.pk, SECRETS["internal note"], NoteVisibility.INTERNAL, actor=SYSTEM)
        deposit = PaymentRequest(Decimal("10.00"), PaymentKind.DEPOSIT, PaymentMethod.CASH)
        take_payment(taken_in.pk, deposit, actor=SYSTEM)
        return taken_in

    def fill(self, template: str) -> str:
        """``{own_order}`` and the like as ids, ``{offered[brands]}`` too."""
        return template.format_map(_Ids(self))

    def filled(self, body: Any) -> Any:
        """A body whose texts are filled in the same way."""
        if isinstance(body, dict):
            return {name: self.filled(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.filled(value) for value in body]
        return self.fill(body) if isinstance(body, str) else body


class _Ids(dict[str, Any]):
    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def __missing__(self, name: str) -> Any:
        if name == "new_id":
            return new_id()
        if name == "own_line":
            return self.scene.own_order.lines.last().pk  # type: ignore[union-attr]
        found = getattr(self.scene, name)
        return {key: value.pk for key, value in found.items()} if isinstance(found, dict) else found.pk
