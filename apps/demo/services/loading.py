"""The whole demo shop in one transaction: all of it, or none."""

from django.db import transaction

from apps.demo.services.orders import load_orders
from apps.demo.services.passwords import remember_password
from apps.demo.services.shop import load_shop
from apps.demo.services.stock_room import load_stock_room


@transaction.atomic
def load_demo(password: str) -> None:
    """Load the shop, its orders and its stock room, and remember the password. Raises ``ImproperlyConfigured`` in
    production."""
    shop = load_shop(password)
    load_orders(shop)
    load_stock_room(shop)
    remember_password(password)
