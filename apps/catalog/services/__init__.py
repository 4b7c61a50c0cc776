"""Changes to the catalogue that are more than saving one record."""

from apps.catalog.services.device_import import Known, import_devices
from apps.catalog.services.generic import generic_model

__all__ = ["Known", "generic_model", "import_devices"]
