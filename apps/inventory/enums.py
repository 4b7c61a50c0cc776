"""Kinds and states of what the inventory keeps."""

from django.db import models


class MovementType(models.TextChoices):
    IN = "IN", "in"
    OUT = "OUT", "out"
    TRANSFER = "TRANSFER", "transfer"
    ADJUSTMENT = "ADJUSTMENT", "adjustment"
    RETURN = "RETURN", "return"


class DocumentType(models.TextChoices):
    """What a movement was booked by, if it was not recorded by itself."""

    TRANSFER = "transfer", "transfer"
    STOCK_COUNT = "stock_count", "stock count"
    PURCHASE_ORDER = "purchase_order", "purchase order"


class ReservationStatus(models.TextChoices):
    LIVE = "live", "live"
    ISSUED = "issued", "issued"
    RELEASED = "released", "released"
    EXPIRED = "expired", "expired"


class SerialState(models.TextChoices):
    IN_STOCK = "in_stock", "in stock"
    IN_TRANSIT = "in_transit", "in transit"
    GONE = "gone", "gone"  # handed out, sold, or lost: the last movement says which


class TransferStatus(models.TextChoices):
    DRAFT = "draft", "draft"
    SENT = "sent", "sent"
    PARTLY_RECEIVED = "partly_received", "partly received"
    RECEIVED = "received", "received"
    CANCELLED = "cancelled", "cancelled"


class CountStatus(models.TextChoices):
    OPEN = "open", "open"
    POSTED = "posted", "posted"
    CANCELLED = "cancelled", "cancelled"


class PurchaseStatus(models.TextChoices):
    DRAFT = "draft", "draft"
    ORDERED = "ordered", "ordered"
    PARTLY_RECEIVED = "partly_received", "partly received"
    RECEIVED = "received", "received"
    CANCELLED = "cancelled", "cancelled"
