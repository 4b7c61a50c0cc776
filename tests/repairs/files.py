"""Files of orders, as clients send them."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from apps.repairs.models import RepairOrder
from tests.conftest import Api


def stored() -> list[str]:
    return sorted(default_storage.listdir("attachments")[1]) if default_storage.exists("attachments") else []


def send(api: Api, order: RepairOrder, content: bytes, name: str = "photo.jpg", **fields: str) -> Any:
    """Send one file; names in capitals are headers."""
    headers = {key.replace("_", "-"): value for key, value in fields.items() if key[0].isupper()}
    form = {key: value for key, value in fields.items() if not key[0].isupper()}
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(name, content), **form})
    path = f"/api/v1/repairs/{order.pk}/attachments"
    sent = {**api.headers, **headers}
    response: Any = api.client.generic("POST", path, body, content_type=MULTIPART_CONTENT, headers=sent)
    response.body = response.json()
    return response
