"""Loading the demo shop."""

from apps.demo.services.loading import load_demo
from apps.demo.services.orders import load_orders
from apps.demo.services.passwords import fresh_password, remember_password, remembered_password
from apps.demo.services.shop import demo_users, is_empty, load_shop, set_demo_password
from apps.demo.services.stock_room import load_stock_room

__all__ = [
    "demo_users", "fresh_password", "is_empty", "load_demo", "load_orders", "load_shop",
    "load_stock_room", "remember_password", "remembered_password", "set_demo_password",
]  # fmt: skip
