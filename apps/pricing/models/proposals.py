"""Prices that the margin rule would make of a part's new cost. A person decides."""

from django.db import models
from django.db.models import Q

from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.pricing.enums import ProposalStatus
from apps.pricing.models.prices import Price
from apps.pricing.models.rules import MarginRule


class PriceProposal(Record):
    """A new price for a line of the list whose part costs something else now."""

    price = models.ForeignKey(Price, on_delete=models.CASCADE, related_name="proposals")
    item_id = models.UUIDField(null=True)  # of the stock item whose cost changed
    item_label = models.CharField(max_length=200, blank=True)
    rule = models.ForeignKey(MarginRule, on_delete=models.SET_NULL, null=True, related_name="+")
    old_cost = MoneyField(null=True)
    new_cost = MoneyField()
    current_price = MoneyField()
    proposed_price = MoneyField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, choices=ProposalStatus, default=ProposalStatus.OPEN, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["price"], condition=Q(status="open"), name="pricing_one_open_proposal_for_a_price"
            ),
            models.CheckConstraint(condition=Q(proposed_price__gt=0), name="pricing_proposal_positive"),
        ]
        indexes = [models.Index(fields=["status", "created_at"], name="pricing_proposal_by_status")]

    def __str__(self) -> str:
        return f"{self.proposed_price} {self.currency}"
