"""Kinds of work and kinds of part."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from apps.catalog.enums import PartQuality
from apps.catalog.models.devices import ActiveQuerySet
from apps.core.models import Record


class RepairType(Record):
    """A kind of work, such as a screen replacement."""

    name = models.CharField(max_length=100)
    description = models.TextField(max_length=1000, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="catalog_repair_type_name_is_unique")]

    def __str__(self) -> str:
        return self.name


class PartType(Record):
    """A kind of part in one quality, with the warranty that comes with it."""

    name = models.CharField(max_length=100)
    quality = models.CharField(max_length=30, choices=PartQuality, default=PartQuality.ORIGINAL)
    quality_level = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(10)], help_text="1 poor to 10 best."
    )
    warranty_months = models.PositiveSmallIntegerField(default=3, validators=[MaxValueValidator(120)])
    description = models.TextField(max_length=1000, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-quality_level"]
        constraints = [models.UniqueConstraint(Lower("name"), "quality", name="catalog_part_type_is_unique_in_quality")]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_quality_display()})"
