"""Registers the repairs, and tells the apps below what they cannot know: which orders there are."""

from django.apps import AppConfig


class RepairsConfig(AppConfig):
    name = "apps.repairs"
    verbose_name = "Repairs"

    def ready(self) -> None:
        from apps.accounts.registry import guard_customer_with, part_from_user_with
        from apps.catalog.registry import move_by
        from apps.inventory.registry import know_orders_by
        from apps.pricing.registry import learn_from
        from apps.repairs import selectors, services, subscribers
        from apps.repairs.services.merging import MERGED_DEVICES

        guard_customer_with(selectors.require_no_open_orders)
        guard_customer_with(selectors.require_no_coming_bookings)
        part_from_user_with(services.unassign_orders)
        know_orders_by(selectors.RepairBook())
        learn_from(selectors.ChargedLines())
        move_by(MERGED_DEVICES)
        assert subscribers
