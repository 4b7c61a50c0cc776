"""What a notice must be about, and when."""

from datetime import date
from typing import Any

from apps.core.exceptions import ValidationFailed


def check_notice(device_model: Any, brand: Any, valid_from: date | None, valid_until: date | None) -> None:
    """Raises ``ValidationFailed`` for a notice that is not about exactly one model or brand, or ends before it begins."""
    if device_model is None and brand is None:
        raise ValidationFailed.on("deviceModelId", "required", "Say which model or which brand the notice is about.")
    if device_model is not None and brand is not None:
        raise ValidationFailed.on("brandId", "invalid", "A notice is about a model or about all of a brand, not both.")
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise ValidationFailed.on("validUntil", "invalid", "A notice cannot end before it begins.")
