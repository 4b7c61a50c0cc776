"""Writing events and delivering them."""

from apps.audit.services.delivery import deliver, retry, sweep
from apps.audit.services.recording import (
    aggregate_of,
    changing,
    columns,
    creating,
    delete,
    record,
    record_all_saved,
    record_created,
    record_many,
    record_saved,
)

__all__ = [
    "aggregate_of",
    "changing",
    "columns",
    "creating",
    "delete",
    "deliver",
    "record",
    "record_all_saved",
    "record_created",
    "record_many",
    "record_saved",
    "retry",
    "sweep",
]
