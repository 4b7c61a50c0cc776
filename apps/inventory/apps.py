"""Registers the inventory, takes erased accounts off their branches, and lets it hear of renamed and merged models."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "apps.inventory"
    verbose_name = "Inventory"

    def ready(self) -> None:
        from apps.accounts.registry import part_from_user_with
        from apps.catalog.registry import move_by
        from apps.inventory import subscribers
        from apps.inventory.services import leave_branches
        from apps.inventory.services.merging import MERGED_MODELS

        assert subscribers
        part_from_user_with(leave_branches)
        move_by(MERGED_MODELS)
