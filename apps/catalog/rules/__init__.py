"""Pure decisions of the catalogue: how a model is found, and what a row of a device list says."""

from apps.catalog.rules.device_rows import DeviceRow, RefusedRow, merged, parse_device_row
from apps.catalog.rules.imei import Imei, NotAnImei, parse_imei
from apps.catalog.rules.notices import check_notice
from apps.catalog.rules.search import Described, brand_search_text, entries, model_search_text, place, search_terms
from apps.catalog.rules.spelling import essential, squeezed, words_of

__all__ = [
    "Described", "DeviceRow", "Imei", "NotAnImei", "RefusedRow", "brand_search_text", "check_notice", "entries", "essential",
    "merged", "model_search_text", "parse_device_row", "parse_imei", "place", "search_terms", "squeezed", "words_of",
]  # fmt: skip
