"""Statuses, priorities, and the kinds of what hangs on an order."""

from django.db import models

LINE_SOURCE = "repairs.line"  # what reservations of lines are for


class OrderStatus(models.TextChoices):
    PENDING = "pending", "pending"
    AWAITING_APPROVAL = "awaiting_approval", "awaiting approval"
    IN_PROGRESS = "in_progress", "in progress"
    WAITING_PARTS = "waiting_parts", "waiting for parts"
    COMPLETED = "completed", "completed"
    READY_PICKUP = "ready_pickup", "ready for pick-up"
    DELIVERED = "delivered", "delivered"
    CANCELLED = "cancelled", "cancelled"


class Priority(models.TextChoices):
    NORMAL = "normal", "normal"
    URGENT = "urgent", "urgent"
    EXPRESS = "express", "express"


class LineState(models.TextChoices):
    """Where the part of a line is; a line without a part from stock is always ``planned``."""

    PLANNED = "planned", "planned"
    RESERVED = "reserved", "reserved"
    BACKORDERED = "backordered", "back-ordered"
    ISSUED = "issued", "issued"


class NoteVisibility(models.TextChoices):
    INTERNAL = "internal", "internal"
    CUSTOMER = "customer", "for the customer"


class PaymentKind(models.TextChoices):
    DEPOSIT = "deposit", "deposit"
    PAYMENT = "payment", "payment"
    REFUND = "refund", "refund"


class PaymentMethod(models.TextChoices):
    CASH = "cash", "cash"
    CARD = "card", "card"
    TRANSFER = "transfer", "transfer"
    OTHER = "other", "other"


class BookingStatus(models.TextChoices):
    BOOKED = "booked", "booked"
    CHECKED_IN = "checked_in", "checked in"
    CANCELLED = "cancelled", "cancelled"


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6
