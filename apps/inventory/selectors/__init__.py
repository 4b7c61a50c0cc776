"""Questions about branches, items and stock, within what the asker may see."""

from apps.inventory.selectors.branches import (
    branches_of,
    branches_visible_to,
    branches_within,
    home_branch,
    lays_down_everywhere,
    memberships_visible_to,
    own_branch_ids,
    settings_within,
    works_at,
)
from apps.inventory.selectors.count_changes import Change, count_changes, difference_by_units, lines_to_settle, preview
from apps.inventory.selectors.counts import (
    CountTotals,
    count_lines,
    count_totals,
    counted_last,
    counts_visible_to,
    get_count,
    get_count_line,
    last_movement,
    line_of_entry,
    lines_at,
    serials_counted,
    shows_expected,
    within_category,
)
from apps.inventory.selectors.explanation import EXPLAINED_AT_MOST, Entry, Expected, Explanation, expected_at, explain
from apps.inventory.selectors.items import categories_by_name, category_parents, items_with_code
from apps.inventory.selectors.origins import (
    covered_by_purchases,
    items_of_purchase,
    last_issued,
    serials_of,
    supplier_of,
)
from apps.inventory.selectors.purchasing import (
    PurchaseNeed,
    WaitingPart,
    get_purchase,
    purchase_needs,
    purchases_visible_to,
    receipts_of,
    receipts_standing,
)
from apps.inventory.selectors.reordering import Proposed, reorder_points_visible_to, reorder_proposals
from apps.inventory.selectors.stock import (
    has_units,
    levels_of_branch,
    levels_of_item,
    levels_visible_to,
    low_levels,
    movements_of_serial,
    movements_visible_to,
    of_items_found_by,
    reservations_to_pick,
    reservations_visible_to,
    serials_found_by,
    serials_visible_to,
    stock_figures,
    units_picked_for,
)
from apps.inventory.selectors.suppliers import preferred_offers
from apps.inventory.selectors.transfers import lines_in_transit, movements_of, transfers_visible_to
from apps.inventory.selectors.usage import lead_times, weekly_usage
from apps.inventory.selectors.valuation import BranchValue, CategoryValue, stock_value

__all__ = [
    "BranchValue", "CategoryValue", "Change", "CountTotals", "EXPLAINED_AT_MOST", "Entry", "Expected", "Explanation",
    "Proposed", "PurchaseNeed", "WaitingPart", "branches_of", "branches_visible_to", "branches_within",
    "categories_by_name", "category_parents", "count_changes", "count_lines", "count_totals", "counted_last",
    "counts_visible_to", "covered_by_purchases", "difference_by_units", "expected_at", "explain", "get_count",
    "get_count_line", "get_purchase", "has_units", "home_branch", "items_of_purchase", "items_with_code",
    "last_issued", "last_movement", "lays_down_everywhere", "lead_times", "levels_of_branch", "levels_of_item",
    "levels_visible_to", "line_of_entry", "lines_at", "lines_in_transit", "lines_to_settle", "low_levels",
    "memberships_visible_to", "movements_of", "movements_of_serial", "movements_visible_to", "of_items_found_by",
    "own_branch_ids", "preferred_offers", "preview", "purchase_needs", "purchases_visible_to", "receipts_of",
    "receipts_standing", "reorder_points_visible_to", "reorder_proposals", "reservations_to_pick",
    "reservations_visible_to", "serials_counted", "serials_found_by", "serials_of", "serials_visible_to",
    "settings_within", "shows_expected", "stock_figures", "stock_value", "supplier_of", "transfers_visible_to",
    "units_picked_for", "weekly_usage", "within_category", "works_at",
]  # fmt: skip
