"""manage.py bootstrap: make an installation ready: migrate, and where it is allowed load the demo shop."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from apps.accounts.models.user import DEMO_DOMAIN
from apps.accounts.selectors import has_admin
from apps.demo import services

LOGINS = ("admin", "manager", "technician", "seller", "customer")


class Command(BaseCommand):
    help = "Migrates the database and, outside production, loads the demo shop once and prints its logins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="Leave an empty installation empty.")

    def handle(self, *args: Any, no_demo: bool = False, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if settings.ALLOW_DEMO_SHOP and not no_demo and services.is_empty():
            self._load()
        elif settings.ALLOW_DEMO_SHOP and settings.DEMO_PASSWORD and services.set_demo_password(settings.DEMO_PASSWORD):
            services.remember_password(settings.DEMO_PASSWORD)
            self.stdout.write("The demo users have the password from DEMO_PASSWORD now.")
        self._print_logins()

    def _load(self) -> None:
        password = settings.DEMO_PASSWORD or services.fresh_password()
        self.stdout.write("Loading the demo shop …")
        services.load_demo(password)

    def _print_logins(self) -> None:
        if settings.ALLOW_DEMO_SHOP and services.demo_users().exists():
            self.stdout.write(
                "\nDemo logins, all with the password " + self.style.WARNING(services.remembered_password())
            )
            for name in LOGINS:
                self.stdout.write(f"  {name:<11} {name}@{DEMO_DOMAIN}")
        elif not has_admin():
            self.stdout.write("There is no admin yet: make one with “manage.py createsuperuser”.")
