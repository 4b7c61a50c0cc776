"""What is kept in stock."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Q, When
from django.db.models.functions import Lower

from apps.catalog.models import DeviceModel, PartType
from apps.core import money
from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.core.text import searchable
from apps.inventory.models.branches import default_currency, validate_currency


class Category(Record):
    """A drawer in the tree of items."""

    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    description = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint("parent", Lower("name"), name="inventory_category_name_is_unique_in_parent"),
            models.UniqueConstraint(
                Lower("name"), condition=Q(parent=None), name="inventory_top_category_name_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ItemQuerySet(models.QuerySet[Any]):
    def active(self) -> "ItemQuerySet":
        return self.filter(is_active=True)

    def found_by(self, text: str) -> "ItemQuerySet":
        """By name, SKU, barcode or description; every word must occur."""
        found = self
        for word in searchable(text).split():
            found = found.filter(search_text__contains=word)
        return found

    def with_code(self, code: str) -> "ItemQuerySet":
        """Items with this barcode or SKU: active ones first, and of those the one that has it as its barcode."""
        has_barcode = Q(barcode=code) & ~Q(barcode="")
        return self.filter(has_barcode | Q(sku__iexact=code)).order_by(
            "-is_active", Case(When(has_barcode, then=0), default=1)
        )


class Item(Record):
    """A part or an article, counted in whole units."""

    sku = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=2000, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    unit_of_measure = models.CharField(max_length=20, default="pcs")
    unit_price = MoneyField(default=0, validators=[MinValueValidator(0)])
    cost_price = MoneyField(default=0, validators=[MinValueValidator(0)])
    currency = models.CharField(max_length=3, default=default_currency, validators=[validate_currency])
    reorder_level = models.PositiveIntegerField(default=0)
    reorder_quantity = models.PositiveIntegerField(default=0)
    barcode = models.CharField(max_length=80, blank=True)
    part_type = models.ForeignKey(PartType, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    compatible_models = models.ManyToManyField(DeviceModel, blank=True, related_name="items")
    is_active = models.BooleanField(default=True)
    search_text = models.TextField(editable=False, default="")

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("sku"), name="inventory_item_sku_is_unique"),
            models.UniqueConstraint(
                fields=["barcode"], condition=~Q(barcode=""), name="inventory_item_barcode_is_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="inventory_item_by_name"),
            models.Index(fields=["created_at", "id"], name="inventory_item_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    def clean(self) -> None:
        wrong = [name for name in ("unit_price", "cost_price") if not money.fits(getattr(self, name), self.currency)]
        if wrong:
            error = ValidationError(f"This is not an amount of {self.currency}.", code="invalid")
            raise ValidationError(dict.fromkeys(wrong, error))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = searchable(self.sku, self.name, self.barcode, self.description)
        super().save(*args, **kwargs)
