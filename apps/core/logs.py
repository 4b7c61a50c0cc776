"""Gives each log line the id of the request it belongs to."""

import logging
from contextvars import ContextVar

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to every record; empty outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id.get()
        return True


class FaultFilter(logging.Filter):
    """Drops what Django says of a 503: a refusal is no fault, and whatever made it necessary is logged where it shows."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 503
