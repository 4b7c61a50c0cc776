"""Loading the demo shop."""

from apps.demo.services.orders import load_orders
from apps.demo.services.passwords import remember_password, remembered_password
from apps.demo.services.shop import demo_users, is_empty, load_shop, set_demo_password

__all__ = [
    "demo_users", "is_empty", "load_orders", "load_shop", "remember_password", "remembered_password",
    "set_demo_password",
]  # fmt: skip
