"""Price lists as people send them up."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.conftest import Api


def send(
    api: Api, content: bytes, *, query: str = "", name: str = "prices.csv", form: Any = None, **headers: str
) -> Any:
    fields = {"file": SimpleUploadedFile(name, content), **(form or {})}
    sent = {**api.headers, **{key.replace("_", "-"): value for key, value in headers.items()}}
    response: Any = api.client.post(f"/api/v1/pricing/import{query}", fields, headers=sent)
    response.body = response.json()
    return response
