"""Questions about prices."""

from apps.pricing.selectors.days import today_at, today_for, valid_today
from apps.pricing.selectors.effective import (
    Effective,
    best_margin_rule,
    effective_price,
    effective_prices,
    margin_rules_on,
    why_none,
)
from apps.pricing.selectors.prices import (
    branches_priced_by,
    estimate,
    listed_price,
    listed_prices,
    prices_beside,
    prices_visible_to,
    prices_writable_by,
    require_offered,
    rules_writable_by,
)

__all__ = [
    "Effective", "best_margin_rule", "branches_priced_by", "effective_price", "effective_prices", "estimate",
    "listed_price", "listed_prices", "margin_rules_on", "prices_beside", "prices_visible_to", "prices_writable_by",
    "require_offered", "rules_writable_by", "today_at", "today_for", "valid_today", "why_none",
]  # fmt: skip
