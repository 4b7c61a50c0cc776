"""Prices in the back office."""

from apps.pricing.admin.changes import ChangeAdmin
from apps.pricing.admin.prices import PriceAdmin
from apps.pricing.admin.proposals import ProposalAdmin

__all__ = ["ChangeAdmin", "PriceAdmin", "ProposalAdmin"]
