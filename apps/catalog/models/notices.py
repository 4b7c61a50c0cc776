"""What the counter has to know of a model before it takes one in."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.catalog.enums import NoticeLevel
from apps.catalog.models.devices import Brand, DeviceModel
from apps.catalog.models.kinds import RepairType
from apps.core.models import Record


def today() -> date:
    return timezone.now().date()


class NoticeQuerySet(models.QuerySet[Any]):
    def shown_on(self, day: date) -> "NoticeQuerySet":
        return self.filter(Q(valid_until__gte=day) | Q(valid_until=None), is_active=True, valid_from__lte=day)


class ModelNotice(Record):
    """A note of the shop on a model, or on all of a brand; perhaps only for one kind of repair. Never shown to customers."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    device_model = models.ForeignKey(
        DeviceModel, on_delete=models.CASCADE, null=True, blank=True, related_name="notices"
    )
    repair_type = models.ForeignKey(RepairType, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    level = models.CharField(max_length=10, choices=NoticeLevel, default=NoticeLevel.NOTE)
    text = models.TextField(max_length=1000)
    valid_from = models.DateField(default=today)
    valid_until = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-level", "-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(brand=None, device_model__isnull=False) | Q(brand__isnull=False, device_model=None),
                name="catalog_notice_of_a_model_or_a_brand",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="catalog_notice_not_backwards"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def is_shown_on(self, day: date) -> bool:
        """As ``shown_on`` of all notices."""
        return self.is_active and self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
