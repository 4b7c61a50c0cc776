"""Registers the inventory, takes erased accounts off their branches, and lets it hear of renamed models."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "apps.inventory"
    verbose_name = "Inventory"

    def ready(self) -> None:
        from apps.accounts.registry import part_from_user_with
        from apps.inventory import subscribers
        from apps.inventory.services import leave_branches

        assert subscribers
        part_from_user_with(leave_branches)
