"""manage.py train_estimator: teach the estimator the prices of today."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core import money
from apps.core.actor import Actor
from apps.pricing import selectors, services


class Command(BaseCommand):
    help = "Trains the estimator of each currency that has prices, where there is anything new to be learnt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--currency", help="only this one, such as USD")

    def handle(self, *args: Any, **options: Any) -> None:
        currency = options["currency"]
        if currency is not None and not money.is_known(currency):
            raise CommandError(f"{currency} is not an ISO 4217 currency code.")
        wanted = None if currency is None else [currency]
        made = services.train_estimators(actor=Actor.system("train_estimator"), currencies=wanted)
        for version in made:
            known = f"{version.known_prices} prices and {version.known_lines} lines of the past"
            odd = f", {len(version.suspicious)} of them look like typing errors" if version.suspicious else ""
            self.stdout.write(f"{version}: {known}{odd}, in {version.seconds:.1f} s")
        failed = selectors.training_errors(wanted)
        if failed:
            raise CommandError("\n".join(f"{currency}: {words}" for currency, words in sorted(failed.items())))
        if not made:
            self.stdout.write("There is nothing new to be learnt.")
