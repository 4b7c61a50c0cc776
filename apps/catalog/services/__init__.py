"""Changes to the catalogue that are more than saving one record."""

from apps.catalog.services.device_import import Known, import_devices
from apps.catalog.services.generic import generic_model
from apps.catalog.services.merging import (
    hold_model,
    keeping_merged,
    merge_models,
    move_all_leftovers,
    move_leftovers,
)
from apps.catalog.services.tac_import import Remembered, import_allocations, link_allocations
from apps.catalog.services.words import describe_all_models, describe_brand, describe_models, index_models

__all__ = [
    "Known", "Remembered", "describe_all_models", "describe_brand", "describe_models", "generic_model", "hold_model",
    "import_allocations", "import_devices", "index_models", "keeping_merged", "link_allocations", "merge_models",
    "move_all_leftovers", "move_leftovers",
]  # fmt: skip
