"""The whole demo shop in one transaction: all of it, or none."""

from django.db import transaction

from apps.demo.services.orders import load_orders
from apps.demo.services.passwords import remember_password
from apps.demo.services.shop import load_shop


@transaction.atomic
def load_demo(password: str) -> None:
    """Load the shop and its orders and remember the password. Raises ``ImproperlyConfigured`` in production."""
    load_orders(load_shop(password))
    remember_password(password)
