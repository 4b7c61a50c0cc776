"""Who set a price, and how far changes and proposals have come."""

from django.db import models


class PriceSource(models.TextChoices):
    """Where the present amount of a price comes from; nothing but a person's word overwrites what a person set."""

    PERSON = "person", "set by a person"
    IMPORT = "import", "imported"
    RULE = "rule", "margin rule"
    ESTIMATE = "estimate", "estimate"


class ChangeStatus(models.TextChoices):
    DRAFT = "draft", "draft"
    APPLIED = "applied", "applied"
    UNDONE = "undone", "undone"


class ChangeKind(models.TextChoices):
    """What a bulk change does to a price."""

    PERCENT = "percent", "by percent"
    AMOUNT = "amount", "by an amount"
    SET = "set", "to an amount"
    MARGIN = "margin", "to the margin rule"


class ProposalStatus(models.TextChoices):
    OPEN = "open", "open"
    ACCEPTED = "accepted", "accepted"
    DISMISSED = "dismissed", "dismissed"
    SUPERSEDED = "superseded", "superseded"
