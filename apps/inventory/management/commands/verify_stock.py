"""manage.py verify_stock: prove every stock number against its movements and reservations."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.inventory import selectors, services


class Command(BaseCommand):
    help = (
        "Compares every stock level with the sum of its movements and live reservations. Exit status 1 on a difference."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        found = services.verify_stock()
        seconds = time.perf_counter() - started
        for difference in found:
            self.stdout.write(
                f"item {difference.item_id} at branch {difference.branch_id}: {difference.what} is {difference.stored}, "
                f"its movements and reservations say {difference.proven}"
            )
        levels, movements = selectors.stock_figures()
        summary = f"{levels} levels against {movements} movements in {seconds:.1f} s: {len(found)} differences"
        if found:
            raise CommandError(summary)
        self.stdout.write(self.style.SUCCESS(summary))
