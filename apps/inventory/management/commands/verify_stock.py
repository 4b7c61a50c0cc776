"""manage.py verify_stock: prove every stock number against what is behind it."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.inventory import selectors, services


class Command(BaseCommand):
    help = (
        "Compares every number of the stock with the movements, reservations and documents behind it, and mends nothing. "
        "Exit status 1 on a difference."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        found = services.verify_stock()
        seconds = time.perf_counter() - started
        for difference in found:
            self.stdout.write(_words(difference))
        levels, movements = selectors.stock_figures()
        summary = f"{levels} levels against {movements} movements in {seconds:.1f} s: {len(found)} differences"
        if found:
            raise CommandError(summary)
        self.stdout.write(self.style.SUCCESS(summary))


def _words(difference: services.Discrepancy) -> str:
    places = {"item": difference.item_id, "at branch": difference.branch_id, "in": difference.document or None}
    where = " ".join(f"{word} {value}" for word, value in places.items() if value is not None)
    return f"{where}: {difference.what} is {difference.stored}, what is behind it says {difference.proven}"
