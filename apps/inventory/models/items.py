"""What is kept in stock."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from apps.catalog.models import DeviceModel, PartType
from apps.core import money
from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.core.search_index import SearchIndex
from apps.core.text import searchable
from apps.inventory.models.branches import default_currency, validate_currency

ITEM_WORDS = SearchIndex("inventory_item", "search_text")
# What follows every text that starts with another one: the last character of Unicode.
_LAST = "\U0010ffff"
_SEARCHED = {"search_name", "search_text"}


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
        """By name, SKU, barcode, description, part type and compatible models; every word must occur, anywhere."""
        return self.filter(ITEM_WORDS.holding(searchable(text).split()))

    def ranked_by(self, text: str, *, one_by_one: bool = False) -> "list[ItemQuerySet]":
        """``found_by`` in parts that have nothing in common, one for each ``rank_by``; ``one_by_one`` where nearly every
        item is found, so that the index for parts of words is of no use."""
        exact, begun = _has_code(text), _begins(text)
        # Exact codes are at most two; to look for their words in an index would be to look for those of all others.
        holding = self.all()
        for word in searchable(text).split():
            holding = holding.filter(ITEM_WORDS.compared(word))
        found = holding if one_by_one else self.found_by(text)
        return [holding.filter(exact), holding.filter(begun).exclude(exact), found.exclude(exact).exclude(begun)]

    @staticmethod
    def rank_by(text: str) -> Case:
        """0 with exactly this SKU or barcode, 1 with a name that begins so, 2 for the rest of ``found_by``."""
        return Case(When(_has_code(text), then=0), When(_begins(text), then=1), default=2)

    def best_first(self, text: str) -> "ItemQuerySet":
        """In the order of ``rank_by``, then by name."""
        return self.order_by(self.rank_by(text), "search_name", "pk")

    def with_code(self, code: str) -> "ItemQuerySet":
        """Items with this barcode or SKU: active ones first, and of those the one that has it as its barcode."""
        return self.filter(_has_code(code)).order_by("-is_active", Case(When(_has_barcode(code), then=0), default=1))


def _has_barcode(code: str) -> Q:
    return Q(barcode=code) & ~Q(barcode="")


def _has_code(code: str) -> Q:
    # As the unique index has it: ``iexact`` would ask for upper case, and read every item.
    return _has_barcode(code) | Q(Exact(Lower("sku"), Lower(Value(code))))


def _begins(text: str) -> Q:
    begin = searchable(text)
    return Q(search_name__gte=begin, search_name__lt=begin + _LAST)


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
    # Whether each unit is known by its own number.
    tracks_serials = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    photo = models.UUIDField(null=True, editable=False)  # the name of its files
    # What a search finds it by. The models' words are kept apart, for they change with the catalogue.
    search_name = models.CharField(max_length=200, editable=False, default="")
    models_text = models.TextField(editable=False, default="")
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
            models.Index(fields=["search_name", "id"], name="inventory_item_by_search_name"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    def clean(self) -> None:
        wrong = [name for name in ("unit_price", "cost_price") if not money.fits(getattr(self, name), self.currency)]
        if wrong:
            error = ValidationError(f"This is not an amount of {self.currency}.", code="invalid")
            raise ValidationError(dict.fromkeys(wrong, error))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.describe()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *_SEARCHED}
        super().save(*args, **kwargs)

    def describe(self) -> None:
        """Set what the item is found by; ``save`` does so itself, ``bulk_create`` and ``bulk_update`` do not."""
        part_type = self.part_type.name if self.part_type else ""
        own = searchable(self.sku, self.name, self.barcode, self.description, part_type)
        self.search_name = searchable(self.name)[:200]
        self.search_text = f"{own} {self.models_text}".strip()
