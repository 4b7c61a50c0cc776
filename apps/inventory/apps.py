"""Registers the inventory, and takes erased accounts off their branches."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "apps.inventory"
    verbose_name = "Inventory"

    def ready(self) -> None:
        from apps.accounts.registry import part_from_user_with
        from apps.inventory.services import leave_branches

        part_from_user_with(leave_branches)
