"""What is told, over what, and how far a message has come."""

from django.db import models


class MessageEvent(models.TextChoices):
    OTP = "otp", "one-time code"
    ACCOUNT_NOTICE = "account_notice", "word about the account"
    REPORT = "report", "scheduled report"


class Channel(models.TextChoices):
    EMAIL = "email", "e-mail"


class Status(models.TextChoices):
    PENDING = "pending", "pending"
    SENDING = "sending", "being sent"
    SENT = "sent", "sent"
    FAILED = "failed", "failed"
    # Handed to the mail server, perhaps: the sender died before it knew.
    UNCERTAIN = "uncertain", "uncertain"
    CANCELLED = "cancelled", "cancelled"


class Outcome(models.TextChoices):
    """What became of one try to send."""

    SENT = "sent", "sent"
    TRANSIENT = "transient", "may work later"
    PERMANENT = "permanent", "will never work"
