"""Registers the inventory, and tells ``accounts`` how to name a user's branches."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "apps.inventory"
    verbose_name = "Inventory"

    def ready(self) -> None:
        from apps.accounts.registry import describe_user_with
        from apps.inventory.selectors import describe_branches_of

        describe_user_with("branches", describe_branches_of)
