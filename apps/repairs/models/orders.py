"""The repair order."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone

from apps.accounts.models import Customer
from apps.catalog.models import DeviceModel
from apps.core.fields import EncryptedTextField, MoneyField
from apps.core.models import Record
from apps.core.search_index import SearchIndex
from apps.inventory.models import Branch
from apps.repairs.enums import ActivationLock, OrderStatus, Outcome, PasswordKind, Priority
from apps.repairs.models.drop_offs import DropOff
from apps.repairs.rules.amounts import Charged
from apps.repairs.rules.searching import device_text

OPEN = (
    OrderStatus.PENDING,
    OrderStatus.AWAITING_APPROVAL,
    OrderStatus.IN_PROGRESS,
    OrderStatus.WAITING_PARTS,
)
DONE = (OrderStatus.COMPLETED, OrderStatus.READY_PICKUP, OrderStatus.DELIVERED)
SEARCHABLE = 200
DEVICE_WORDS = SearchIndex("repairs_repairorder", "search_text")
CLOSED = (OrderStatus.DELIVERED, OrderStatus.CANCELLED)


def overdue(now: object) -> Q:
    """Promised for a time that has passed, and the work is not done."""
    return Q(status__in=OPEN, estimated_completion__lt=now)


class RepairOrderQuerySet(models.QuerySet[Any]):
    def in_house(self) -> "RepairOrderQuerySet":
        """Neither handed over nor cancelled."""
        return self.exclude(status__in=CLOSED)

    def overdue(self, now: object) -> "RepairOrderQuerySet":
        return self.filter(overdue(now))

    def owing(self) -> "RepairOrderQuerySet":
        """Done and not paid in full, or going back unrepaired with its fee unpaid; what was credited is not owed."""
        # Rounded, because SQLite adds in binary: 0.10 and 0.70 would be less than 0.80.
        settled = Round(F("paid") + F("credited"), precision=3)
        done = Q(status__in=DONE, unrepaired=False, total__gt=settled)
        return self.filter(done | Q(unrepaired=True, return_fee__gt=settled))


class RepairOrder(Record):
    """One device in for repair. Never deleted; its number never changes."""

    order_number = models.CharField(max_length=20, unique=True, editable=False)
    # No index of their own where one of those below begins with the column: each costs every write.
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders", db_index=False)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="orders", db_index=False)
    device_model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="orders", db_index=False)
    device_imei = models.CharField(max_length=15, blank=True)
    device_serial = models.CharField(max_length=60, blank=True)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NORMAL)
    status = models.CharField(max_length=20, choices=OrderStatus, default=OrderStatus.PENDING, editable=False)
    issue_description = models.TextField(max_length=2000)
    cosmetic_condition = models.TextField(max_length=500, blank=True)
    accessories = models.JSONField(default=list, blank=True)
    estimated_completion = models.DateTimeField(null=True, blank=True)
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_orders",
        db_index=False,
    )
    currency = models.CharField(max_length=3, editable=False)
    subtotal = MoneyField(default=0, editable=False)
    discount_total = MoneyField(default=0, editable=False)
    total = MoneyField(default=0, editable=False)
    # Whether the lines' prices hold their tax already, as it was agreed at the intake.
    prices_include_tax = models.BooleanField(default=True, editable=False)
    tax_total = MoneyField(default=0, editable=False)
    deposit_paid = MoneyField(default=0, editable=False)
    paid = MoneyField(default=0, editable=False)
    # The device goes back as it came: set by a cancellation, lifted when work is taken up again.
    unrepaired = models.BooleanField(default=False, editable=False)
    outcome = models.CharField(max_length=25, choices=Outcome, blank=True, editable=False)
    # What looking at the device costs if it goes back unrepaired, tax included; it is charged by the cancellation.
    diagnosis_fee = MoneyField(default=0)
    return_fee = MoneyField(default=0, editable=False)
    # Taken off by credit notes to the invoice on which the order stands: what it costs is that much less.
    credited = MoneyField(default=0, editable=False)
    # Up to here the shop goes ahead without asking, and this much the customer has said yes to.
    spend_limit = MoneyField(null=True, blank=True)
    approved_total = MoneyField(null=True, editable=False)
    activation_lock = models.CharField(max_length=10, choices=ActivationLock, default=ActivationLock.UNKNOWN)
    drop_off = models.ForeignKey(DropOff, on_delete=models.PROTECT, null=True, editable=False, related_name="orders")
    warranty_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="warranty_claims"
    )
    completed_at = models.DateTimeField(null=True, editable=False)
    delivered_at = models.DateTimeField(null=True, editable=False)
    status_since = models.DateTimeField(default=timezone.now, editable=False)
    # The promise of which it was told that it will be missed, and when somebody was last asked to fetch the device.
    delay_told_for = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    # Part of the customer's link: the next number ends every link before, and a closed one leads nowhere.
    tracking_number = models.PositiveSmallIntegerField(default=1, editable=False)
    tracking_closed = models.BooleanField(default=False, editable=False)
    # The record of another system that this order was imported from; an import finds it by that.
    external_reference = models.CharField(max_length=120, unique=True, null=True, editable=False)
    search_text = models.CharField(max_length=SEARCHABLE, editable=False, default="")

    objects = RepairOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["created_at", "id"], name="repairs_order_by_time"),
            # Their last columns are what a search asks of many rows, which are then not read themselves.
            models.Index(
                fields=["branch", "created_at", "id", "customer", "device_model"], name="repairs_order_of_branch"
            ),
            models.Index(fields=["branch", "status", "created_at"], name="repairs_order_by_status"),
            models.Index(
                fields=["technician", "created_at", "id", "customer", "device_model"], name="repairs_order_of_tech"
            ),
            models.Index(
                fields=["customer", "created_at", "id", "branch", "device_model"], name="repairs_order_of_customer"
            ),
            models.Index(fields=["device_model", "created_at", "id", "branch"], name="repairs_order_of_model"),
            models.Index(fields=["estimated_completion"], condition=Q(status__in=OPEN), name="repairs_order_promised"),
            models.Index(fields=["status_since"], condition=Q(status="ready_pickup"), name="repairs_order_unclaimed"),
            models.Index(fields=["device_imei"], condition=~Q(device_imei=""), name="repairs_order_by_imei"),
            models.Index(fields=["device_serial"], condition=~Q(device_serial=""), name="repairs_order_by_serial"),
        ]

    def __str__(self) -> str:
        return self.order_number

    @property
    def charged(self) -> Charged:
        """Its money, as the rules ask for it."""
        return Charged(self.total, self.paid, self.unrepaired, self.return_fee, self.credited)

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Folding can make text longer than it was; what no longer fits is not found by its end.
        self.search_text = device_text(self.order_number, self.device_imei, self.device_serial)[:SEARCHABLE]
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)


class OrderCounter(models.Model):
    """The last order number of a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class DeviceSecret(models.Model):
    """The password of a device while it is in the shop; apart from the order, so that no list ever reads it."""

    order = models.OneToOneField(RepairOrder, on_delete=models.PROTECT, primary_key=True, related_name="device_secret")
    password = EncryptedTextField()
    kind = models.CharField(max_length=10, choices=PasswordKind, default=PasswordKind.TEXT)
    kept_since = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"of {self.order_id}"
