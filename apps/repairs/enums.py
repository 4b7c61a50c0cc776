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
    ON_ORDER = "on_order", "on order"  # back-ordered, and a purchase order will bring it
    ISSUED = "issued", "issued"
    RETURNED = "returned", "returned"  # it was issued, and is back in stock
    FAULTY = "faulty", "faulty"  # it was issued, and proved to be broken


WAITING = (LineState.BACKORDERED, LineState.ON_ORDER)
GIVEN_UP = (LineState.RETURNED, LineState.FAULTY)  # needs no part until one is asked for anew


class Outcome(models.TextChoices):
    """How the repair ended."""

    REPAIRED = "repaired", "repaired"
    PARTLY_REPAIRED = "partly_repaired", "partly repaired"
    NO_FAULT_FOUND = "no_fault_found", "no fault found"
    DECLINED = "declined", "declined"
    BEYOND_ECONOMIC_REPAIR = "beyond_economic_repair", "beyond economic repair"
    UNREPAIRABLE = "unrepairable", "unrepairable"


class ActivationLock(models.TextChoices):
    """Whether the device is tied to an account without which nobody can use it."""

    UNKNOWN = "unknown", "not known"
    OFF = "off", "off"
    ON = "on", "on"


class PasswordKind(models.TextChoices):
    TEXT = "text", "letters"
    DIGITS = "digits", "digits"
    PATTERN = "pattern", "pattern"  # the dots of a 3 × 3 grid in their order, such as 1-4-7-8-9


class ChecklistStage(models.TextChoices):
    INTAKE = "intake", "condition at the intake"
    QUALITY = "quality", "quality check"


class AnswerKind(models.TextChoices):
    YES_NO = "yes_no", "yes, no or not testable"
    TEXT = "text", "text"
    NUMBER = "number", "number"
    PHOTO = "photo", "photo"


class SignaturePurpose(models.TextChoices):
    INTAKE = "intake", "terms at the intake"
    HAND_OVER = "hand_over", "hand-over"


class AttachmentKind(models.TextChoices):
    INTAKE = "intake", "intake"
    BEFORE = "before", "before the repair"
    AFTER = "after", "after the repair"
    DOCUMENT = "document", "document"


class QuoteStatus(models.TextChoices):
    SENT = "sent", "sent"
    APPROVED = "approved", "approved"
    DECLINED = "declined", "declined"
    SUPERSEDED = "superseded", "superseded"
    EXPIRED = "expired", "expired"


class DecidedBy(models.TextChoices):
    """Over which way a customer's decision came."""

    LINK = "link", "the customer's page"
    COUNTER = "counter", "in person"
    PHONE = "phone", "by telephone"


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", "invoice"
    CREDIT_NOTE = "credit_note", "credit note"


class PrintedKind(models.TextChoices):
    """What can be printed of an order, besides the label of its device."""

    INTAKE = "intake", "intake receipt"
    QUOTE = "quote", "quote"
    INVOICE = "invoice", "invoice"
    RECEIPT = "receipt", "receipt"


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
