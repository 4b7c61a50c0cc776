"""Questions about prices."""

from apps.pricing.selectors.accuracy import Report, Share, accuracy_report, estimate_records_visible_to, estimates_taken
from apps.pricing.selectors.effective import Effective, effective_prices
from apps.pricing.selectors.estimates import (
    Answer,
    Asked,
    Basis,
    estimate_beside,
    estimated_price,
    price_of_line,
    require_branch,
)
from apps.pricing.selectors.learning import LINE, Known, core, currencies_priced, known_prices, look_of_prices
from apps.pricing.selectors.prices import estimate, listed_price, prices_visible_to, require_offered
from apps.pricing.selectors.versions import (
    can_be_read,
    current_estimator,
    newest_versions,
    suspicious_prices,
    training_errors,
)

__all__ = [
    "LINE", "Answer", "Asked", "Basis", "Effective", "Known", "Report", "Share", "accuracy_report", "can_be_read", "core",
    "currencies_priced", "current_estimator", "effective_prices", "estimate", "estimate_beside",
    "estimate_records_visible_to", "estimated_price", "estimates_taken", "estimator_versions", "known_prices", "listed_price",
    "look_of_prices", "newest_versions", "price_of_line", "prices_visible_to", "require_branch", "require_offered",
    "suspicious_prices", "training_errors",
]  # fmt: skip
