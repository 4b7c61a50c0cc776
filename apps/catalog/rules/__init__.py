"""Pure decisions of the catalogue: how a model is found, and what a row of a device list says."""

from apps.catalog.rules.device_rows import DeviceRow, RefusedRow, merged, parse_device_row
from apps.catalog.rules.search import brand_search_text, model_search_text, search_terms, squeezed

__all__ = [
    "DeviceRow", "RefusedRow", "brand_search_text", "merged", "model_search_text", "parse_device_row", "search_terms",
    "squeezed",
]  # fmt: skip
