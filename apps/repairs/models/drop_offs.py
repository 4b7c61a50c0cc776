"""Several devices that are brought in one visit."""

from typing import Any

from django.db import models
from django.db.models import Q

from apps.accounts.models import Customer
from apps.core.models import Record
from apps.inventory.models import Branch


class DropOffQuerySet(models.QuerySet[Any]):
    def found_by(self, text: str) -> "DropOffQuerySet":
        """By number, or the customer's name, phone or e-mail."""
        customers = Customer.objects.found_by(text).values("pk")
        return self.filter(Q(number__icontains=text) | Q(customer__in=customers))


class DropOff(Record):
    """One visit of a customer. Each device is an order of its own; receipt and payment may be for all of them."""

    number = models.CharField(max_length=20, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="drop_offs")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="drop_offs", db_index=False)

    objects = DropOffQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["branch", "created_at", "id"], name="repairs_drop_off_of_branch")]

    def __str__(self) -> str:
        return self.number


class DropOffCounter(models.Model):
    """The last number of a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
