"""What is told, over what, and how far a message has come."""

from django.db import models


class MessageEvent(models.TextChoices):
    OTP = "otp", "one-time code"
    ACCOUNT_NOTICE = "account_notice", "word about the account"
    REPORT = "report", "scheduled report"
    REPAIR_CREATED = "repair_created", "device taken in"
    REPAIR_IN_PROGRESS = "repair_in_progress", "repair begun"
    REPAIR_COMPLETED = "repair_completed", "repair completed"
    REPAIR_READY_PICKUP = "repair_ready_pickup", "ready for pick-up"
    REPAIR_DELIVERED = "repair_delivered", "handed over"
    REPAIR_DELAYED = "repair_delayed", "repair delayed"
    PAYMENT_RECEIVED = "payment_received", "payment received"
    PAYMENT_REMINDER = "payment_reminder", "payment reminder"
    PICKUP_REMINDER = "pickup_reminder", "reminder to fetch"
    BOOKING_REMINDER = "booking_reminder", "booking reminder"
    QUOTE_SENT = "quote_sent", "quote sent"
    STOCK_LOW = "stock_low", "stock is low"


class Channel(models.TextChoices):
    EMAIL = "email", "e-mail"
    SMS = "sms", "SMS"


class Purpose(models.TextChoices):
    """Why somebody is written to; what they may refuse differs."""

    SERVICE = "service", "word on one's own repair"
    REMINDER = "reminder", "reminder"
    ACCOUNT = "account", "security of one's account"
    STAFF = "staff", "the shop's own work"


class ConsentSource(models.TextChoices):
    """How a customer has told us what they want."""

    LINK = "link", "link in an e-mail"
    SMS = "sms", "word in an SMS"


class Status(models.TextChoices):
    PENDING = "pending", "pending"
    SENDING = "sending", "being sent"
    SENT = "sent", "sent"
    DELIVERED = "delivered", "delivered"
    FAILED = "failed", "failed"
    # Handed to the provider, perhaps: the sender died, or the line did, before it knew.
    UNCERTAIN = "uncertain", "uncertain"
    # Its address takes no messages: it is unknown, or its owner has said so.
    SUPPRESSED = "suppressed", "suppressed"
    CANCELLED = "cancelled", "cancelled"


class Outcome(models.TextChoices):
    """What became of one try to send."""

    SENT = "sent", "sent"
    TRANSIENT = "transient", "this message may work later"
    OUTAGE = "outage", "the provider takes nothing now"
    UNKNOWN = "unknown", "it may have been taken"
    PERMANENT = "permanent", "will never work"
    BLOCKED = "blocked", "nothing to this address will ever work"
