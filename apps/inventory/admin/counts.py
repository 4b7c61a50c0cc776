"""Stock counts in the back office, to be read: they are counted on the phones and posted there."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.core import money
from apps.core.actor import Actor
from apps.core.admin_base import ScopedFilter, Table
from apps.core.admin_site import actor_of, site
from apps.inventory import rules, selectors
from apps.inventory.events import CountEvent
from apps.inventory.models import CountLine, StockCount

SHOWN_AT_MOST = 500


@admin.register(StockCount, site=site)
class CountAdmin(HistoryAdmin):
    """What was counted, what was expected, and what that changed."""

    reads = Right.STOCK_COUNT
    aggregate = CountEvent.aggregate
    list_display = ["number", "branch", "scope", "status", "actor_label", "created_at", "closed_at"]
    list_filter = ["status", ("branch", ScopedFilter), "created_at"]
    list_select_related = ["branch", "category"]
    search_fields = ["number"]
    search_help_text = "Number"
    fields = [
        "number", "branch", "scope", "status", "is_blind", "progress", "outcome", "notes", "actor_label", "created_at",
        "closed_at",
    ]  # fmt: skip
    readonly_fields = ["scope", "progress", "outcome"]
    ordering = ["-created_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        is_told = obj is None or selectors.shows_expected(obj, actor_of(request))
        return [name for name in self.fields if is_told or name != "outcome"]

    def records(self, actor: Actor) -> QuerySet[StockCount]:
        return selectors.counts_visible_to(actor)

    @admin.display(description="counts")
    def scope(self, count: StockCount) -> str:
        return str(count.category) if count.category else "the whole branch"

    @admin.display(description="progress")
    def progress(self, count: StockCount) -> str:
        totals = selectors.count_totals(count)
        return f"{totals.counted} of {totals.lines} lines are counted, {totals.disturbed} are to be counted again"

    @admin.display(description="found")
    def outcome(self, count: StockCount) -> str:
        totals, currency = selectors.count_totals(count), count.branch.currency
        more, less = (money.text(value, currency) for value in (totals.surplus_value, totals.shortage_value))
        return f"{totals.surplus} too many ({more} {currency}), {totals.shortage} too few ({less} {currency})"

    def tables(self, request: HttpRequest, record: StockCount) -> list[Table]:
        if not selectors.shows_expected(record, actor_of(request)):
            return []
        lines = selectors.count_lines(record).select_related("item").order_by("item__name", "pk")
        columns = ("Item", "On hand", "Counted", "Difference", "Value", "Counted at")
        differing = selectors.lines_at(lines, "differing")[:SHOWN_AT_MOST]
        return [
            Table("Differences", columns, [_row(line, record.branch.currency) for line in differing]),
            Table("All lines", columns, [_row(line, record.branch.currency) for line in lines[:SHOWN_AT_MOST]]),
        ]


def _row(line: CountLine, currency: str) -> tuple[Any, ...]:
    if line.difference is None:
        return line.item, line.on_hand, "–", "–", "–", "–"
    value = money.text(rules.costs.amount(line.difference * line.unit_micros), currency)
    again = " (count again)" if line.disturbed else ""
    return line.item, line.on_hand, f"{line.counted}{again}", f"{line.difference:+d}", value, line.counted_at
