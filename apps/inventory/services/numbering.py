"""Numbers of documents."""

from apps.core.numbering import counted_up
from apps.inventory.models import DocumentCounter


def next_number(prefix: str, year: int) -> str:
    """The next number of a kind of document in a year, such as ``T-2026-000123``, under the terms of ``counted_up``."""
    series = f"{prefix}-{year}"
    return f"{series}-{counted_up(DocumentCounter, series):06d}"
