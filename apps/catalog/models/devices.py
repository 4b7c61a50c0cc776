"""Brands and device models."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from apps.catalog.enums import DeviceType, TierLevel
from apps.catalog.rules import brand_search_text, model_search_text, search_terms
from apps.core.models import Record


class ActiveQuerySet(models.QuerySet[Any]):
    def active(self) -> "ActiveQuerySet":
        """What is offered today."""
        return self.filter(is_active=True)


class Brand(Record):
    """Who makes devices."""

    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    search_text = models.CharField(max_length=200, editable=False, default="")

    objects = ActiveQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="catalog_brand_name_is_unique")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = brand_search_text(self.name)
        super().save(*args, **kwargs)


def _begins_a_word(column: str, word: str) -> models.Q:
    return models.Q(**{f"{column}__startswith": word}) | models.Q(**{f"{column}__contains": f" {word}"})


class DeviceModelQuerySet(ActiveQuerySet):
    def found_by(self, text: str) -> "DeviceModelQuerySet":
        """Models whose brand, name, number or alias holds every word of ``text``, or all of it run together.

        Words are looked for where words begin; only if that finds nothing, anywhere: who asks for “iPhone 13” does not
        mean the iPhone 4 with the number A1332.
        """
        words, together = search_terms(text)
        begun, anywhere = models.Q(), models.Q()
        for word in words:
            begun &= _begins_a_word("search_text", word) | _begins_a_word("brand__search_text", word)
            anywhere &= models.Q(search_text__contains=word) | models.Q(brand__search_text__contains=word)
        strict = self.filter(begun | _begins_a_word("search_text", together))
        return strict if strict.exists() else self.filter(anywhere | models.Q(search_text__contains=together))


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
    search_text = models.TextField(editable=False, default="")

    objects = DeviceModelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("brand", Lower("name"), name="catalog_model_name_is_unique_in_brand")]
        indexes = [
            models.Index(fields=["name", "id"], name="catalog_model_by_name"),
            models.Index(fields=["created_at", "id"], name="catalog_model_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = model_search_text(self.name, self.model_number, self.aliases)
        super().save(*args, **kwargs)
