"""Questions about prices."""

from apps.pricing.selectors.accuracy import Report, Share, accuracy_report, estimate_records_visible_to, estimates_taken
from apps.pricing.selectors.days import today_at, today_for, valid_today
from apps.pricing.selectors.effective import (
    Effective,
    best_margin_rule,
    effective_price,
    effective_prices,
    margin_rules_on,
    why_none,
)
from apps.pricing.selectors.estimates import (
    Answer,
    Asked,
    Basis,
    estimate_beside,
    estimated_price,
    estimates_for,
    price_of_line,
    require_branch,
)
from apps.pricing.selectors.learning import LINE, Known, core, currencies_priced, known_prices, look_of_prices
from apps.pricing.selectors.prices import (
    branches_priced_by,
    prices_beside,
    prices_found_by,
    prices_visible_to,
    prices_writable_by,
    require_offered,
    rules_writable_by,
)
from apps.pricing.selectors.versions import (
    can_be_read,
    current_estimator,
    estimator_versions,
    newest_versions,
    suspicious_prices,
    training_errors,
)

__all__ = [
    "Answer", "Asked", "Basis", "Effective", "Known", "LINE", "Report", "Share", "accuracy_report", "best_margin_rule",
    "branches_priced_by", "can_be_read", "core", "currencies_priced", "current_estimator", "effective_price",
    "effective_prices", "estimate_beside", "estimate_records_visible_to", "estimated_price", "estimates_for",
    "estimates_taken", "estimator_versions", "known_prices", "look_of_prices", "margin_rules_on", "newest_versions",
    "price_of_line", "prices_beside", "prices_found_by", "prices_visible_to", "prices_writable_by", "require_branch",
    "require_offered", "rules_writable_by", "suspicious_prices", "today_at", "today_for", "training_errors",
    "valid_today", "why_none",
]  # fmt: skip
