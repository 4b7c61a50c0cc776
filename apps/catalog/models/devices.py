"""Brands and device models."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from apps.catalog.enums import DeviceType, TierLevel
from apps.catalog.rules import Described, brand_search_text, model_search_text, place
from apps.core.models import Record
from apps.core.search_index import SearchIndex

MODEL_PARTS = SearchIndex("catalog_devicemodel", "search_text")
_SEARCHED = {"search_text", "place"}


class ActiveQuerySet(models.QuerySet[Any]):
    def active(self) -> "ActiveQuerySet":
        """What is offered today."""
        return self.filter(is_active=True)


class Brand(Record):
    """Who makes devices."""

    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    search_text = models.CharField(max_length=200, editable=False, default="")
    was_renamed = False  # by the last save: its models are found by another name then

    objects = ActiveQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="catalog_brand_name_is_unique")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        found_by = brand_search_text(self.name)
        self.was_renamed = found_by != self.search_text
        self.search_text = found_by
        super().save(*args, **kwargs)


class DeviceModel(Record):
    """One model of a brand, with everything that people call it."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="device_models")
    name = models.CharField(max_length=120)
    model_number = models.CharField(max_length=120, blank=True)
    release_year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1970), MaxValueValidator(2100)]
    )
    device_type = models.CharField(max_length=20, choices=DeviceType, blank=True)
    screen_size = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)], help_text="Inches."
    )
    tier_level = models.PositiveSmallIntegerField(choices=TierLevel, null=True, blank=True)
    launch_price = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)], help_text="USD."
    )
    aliases = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    # The key of the row that an import made this model from; a second run finds it by that.
    import_key = models.CharField(max_length=120, unique=True, null=True, editable=False)
    # A duplicate stays behind, inactive: whoever still asks for it by id or import key is led to where it went.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="merged_from"
    )
    # What parts of words are looked for in, and where the model stands among those that are found as well.
    search_text = models.TextField(editable=False, default="")
    place = models.PositiveIntegerField(editable=False, default=0)

    objects = ActiveQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("brand", Lower("name"), name="catalog_model_name_is_unique_in_brand")]
        indexes = [
            models.Index(fields=["name", "id"], name="catalog_model_by_name"),
            models.Index(fields=["created_at", "id"], name="catalog_model_by_time"),
            models.Index(fields=["place", "id"], name="catalog_model_by_place"),
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.describe()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *_SEARCHED}
        super().save(*args, **kwargs)

    @property
    def described(self) -> Described:
        """What the model is found by depends on this alone."""
        offered = self.is_active and self.merged_into_id is None
        return Described(self.brand.name, self.name, self.model_number, self.aliases, self.release_year, offered)

    def describe(self) -> None:
        """Set what the model is found by; ``save`` does so itself, ``bulk_create`` and ``bulk_update`` do not."""
        facts = self.described
        self.search_text = model_search_text(
            facts.name, facts.model_number, facts.aliases, facts.release_year, facts.brand
        )
        self.place = place(facts)
