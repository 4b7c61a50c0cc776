"""Everything that changes stock, and who works where."""

from apps.inventory.services.categories import rearranging
from apps.inventory.services.movements import MovementRequest, record_movement
from apps.inventory.services.reservations import Need, issue, release, reserve
from apps.inventory.services.staff import add_member, leave_branches, remove_member
from apps.inventory.services.verification import Discrepancy, report_discrepancies, verify_stock

__all__ = [
    "Discrepancy", "MovementRequest", "Need", "add_member", "issue", "leave_branches", "rearranging", "record_movement",
    "release", "remove_member", "report_discrepancies", "reserve", "verify_stock",
]  # fmt: skip
