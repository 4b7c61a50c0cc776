"""Questions about the catalogue."""

from apps.catalog.selectors.imei import ImeiProposals, allocation_figures, allocations_found_by, proposals_for_imei
from apps.catalog.selectors.merging import LikelyDuplicates, likely_duplicates, references_to, referring_fields
from apps.catalog.selectors.names import ModelNames, NamedModel
from apps.catalog.selectors.notices import notices_about, notices_for, notices_found_by, notices_on
from apps.catalog.selectors.offers import offered_to
from apps.catalog.selectors.search import (
    best_first,
    device_models_matching,
    models_found_by,
    models_named,
    ranked_models,
)

__all__ = [
    "ImeiProposals", "LikelyDuplicates", "ModelNames", "NamedModel", "allocation_figures", "allocations_found_by",
    "best_first", "device_models_matching", "likely_duplicates", "models_found_by", "models_named", "notices_about",
    "notices_for", "notices_found_by", "notices_on", "offered_to", "proposals_for_imei", "ranked_models", "references_to",
    "referring_fields",
]  # fmt: skip
