"""Which model a phone is, by the first eight digits of its IMEI."""

from django.db import models

from apps.catalog.models.devices import DeviceModel
from apps.core.models import Record


class TypeAllocation(Record):
    """A type allocation code (TAC), the brand and model that it was given to, and that model of the catalogue if known.

    3GPP TS 23.003, section 6.2.1: eight digits.
    """

    tac = models.CharField(max_length=8, unique=True)
    brand = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    also_known_as = models.CharField(max_length=500, blank=True)  # names parted by a bar
    device_model = models.ForeignKey(
        DeviceModel, on_delete=models.SET_NULL, null=True, blank=True, related_name="type_allocations"
    )

    class Meta:
        ordering = ["tac"]

    def __str__(self) -> str:
        return f"{self.tac} {self.brand} {self.name}"
