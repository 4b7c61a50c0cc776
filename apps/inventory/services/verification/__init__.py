"""Proves the stock: every number is compared with what is behind it, and never mended."""

from apps.core.db import snapshot
from apps.inventory.services.verification import documents, levels, movements, serials, transfers
from apps.inventory.services.verification.differences import Discrepancy, differences
from apps.inventory.services.verification.report import report_discrepancies

__all__ = ["CHECKS", "Discrepancy", "report_discrepancies", "verify_stock"]

CHECKS = (*levels.CHECKS, *movements.CHECKS, *transfers.CHECKS, *documents.CHECKS, *serials.CHECKS)


def verify_stock() -> list[Discrepancy]:
    """Compare what is stored about stock with the movements, reservations and documents behind it.

    The database adds up and compares, and only differences are fetched, at most 10,000 of each check. All of it is read
    from one snapshot, so that work which goes on meanwhile is neither held up nor taken for a difference.
    """
    with snapshot():
        return [difference for check in CHECKS for difference in differences(check)]
