"""Changes to the catalogue that are more than saving one record."""

from apps.catalog.services.device_import import Known, import_devices
from apps.catalog.services.generic import generic_model
from apps.catalog.services.words import describe_all_models, describe_brand, describe_models, index_models

__all__ = [
    "Known", "describe_all_models", "describe_brand", "describe_models", "generic_model", "import_devices", "index_models",
]  # fmt: skip
