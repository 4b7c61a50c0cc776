"""The lines of the role table for what was added to the catalogue, and the records that they are about."""

from __future__ import annotations

from typing import Any

from apps.catalog.models import ModelNotice, TypeAllocation
from tests.factories import DeviceModelFactory

EVERYBODY, STAFF = "200 200 200 200 200", "200 200 200 200 403"
MANAGERS_CREATE, MANAGERS_CHANGE, MANAGERS_REMOVE = "201 201 403 403 403", "200 200 403 403 403", "204 204 403 403 403"
NOTICE = {"deviceModelId": "{model}", "text": "Glue, not screws."}

CATALOGUE_EXTRAS: list[tuple[str, str, Any, str]] = [
    ("GET", "catalog/imei/490154203237518", None, EVERYBODY),
    ("POST", "catalog/device-models/{duplicate}/merge", {"intoId": "{model}"}, MANAGERS_CHANGE),
    ("GET", "catalog/notices", None, STAFF),
    ("GET", "catalog/notices/{notice}", None, STAFF),
    ("POST", "catalog/notices", NOTICE, MANAGERS_CREATE),
    ("PUT", "catalog/notices/{notice}", NOTICE, MANAGERS_CHANGE),
    ("PATCH", "catalog/notices/{notice}", {"level": "warning"}, MANAGERS_CHANGE),
    ("DELETE", "catalog/notices/{notice}", None, MANAGERS_REMOVE),
]


def describe(scene: Any, secret: str) -> None:
    """A duplicate, a notice and the type of an IMEI."""
    scene.duplicate = DeviceModelFactory(brand=scene.model.brand, name="3310 (copy)")
    scene.notice = ModelNotice.objects.create(device_model=scene.model, text=secret)
    scene.allocation = TypeAllocation.objects.create(
        tac="49015420", brand=scene.model.brand.name, name=scene.model.name, device_model=scene.model
    )
