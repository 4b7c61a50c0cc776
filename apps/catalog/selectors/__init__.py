"""Questions about the catalogue."""

from apps.catalog.selectors.names import ModelNames, NamedModel
from apps.catalog.selectors.offers import offered_to
from apps.catalog.selectors.search import best_first, device_models_matching, models_found_by, ranked_models

__all__ = [
    "ModelNames", "NamedModel", "best_first", "device_models_matching", "models_found_by", "offered_to", "ranked_models",
]  # fmt: skip
