"""What a stock room is busy with: suppliers, parts on their way, a transfer, a count that has been begun."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.demo import content
from apps.demo.services.shop import ACTOR, Shop, make
from apps.inventory import services as inventory
from apps.inventory.models import Supplier, SupplierItem
from apps.inventory.services import purchasing


@transaction.atomic
def load_stock_room(shop: Shop) -> None:
    """Suppliers with what they sell, purchases, transfers and a count. The orders that wait for parts are there."""
    suppliers = _load_suppliers(shop)
    _load_purchases(shop, suppliers)
    _load_transfers(shop)
    _begin_count(shop)
    inventory.compute_reorder_points(actor=ACTOR, now=timezone.now())


def _load_suppliers(shop: Shop) -> dict[str, Supplier]:
    suppliers: dict[str, Supplier] = {}
    for name, contact, email, phone, account, currency, days in content.SUPPLIERS:
        own = {"currency": currency} if currency else {}
        suppliers[name] = make(
            Supplier(
                name=name, contact_name=contact, email=email, phone_number=phone, account_number=account,
                lead_time_days=days, **own,
            )
        )  # fmt: skip
    offered = set()
    for name, sku, number, cost, pack, least in content.OFFERS:
        offer = SupplierItem(
            supplier=suppliers[name], item=shop.items[sku], supplier_sku=number, unit_cost=cost, pack_size=pack,
            minimum_quantity=least, is_preferred=sku not in offered,
        )  # fmt: skip
        inventory.save_offer(offer, (), actor=ACTOR)
        offered.add(sku)
    return suppliers


def _load_purchases(shop: Shop, suppliers: dict[str, Supplier]) -> None:
    """The parts that repair orders wait for, and what was bought for the shelf and has come in part."""
    today = timezone.now().date()
    for code in sorted({order[1] for order in content.ORDERS if "waiting_parts" in order}):
        needed = purchasing.draft_from_needs(
            shop.branches[code].pk, actor=_manager(shop, code), exchange_rates=dict(content.EXCHANGE_RATES)
        )
        for order in needed:
            due = today + timedelta(days=order.supplier.lead_time_days)
            purchasing.order_purchase(order.pk, actor=_manager(shop, code), expected_on=due)
    for name, code, lines, came in content.PURCHASES:
        supplier, branch, actor = suppliers[name], shop.branches[code], _manager(shop, code)
        wanted = [purchasing.PurchaseLineRequest(shop.items[sku].pk, units) for sku, units in lines]
        rate = content.EXCHANGE_RATES.get(supplier.currency) if supplier.currency != branch.currency else None
        order = purchasing.draft_purchase(
            purchasing.PurchaseRequest(supplier.pk, branch.pk, wanted, exchange_rate=rate), actor=actor
        )
        due = today + timedelta(days=supplier.lead_time_days)
        purchasing.order_purchase(order.pk, actor=actor, expected_on=due)
        received = [
            purchasing.ReceivedLine(line.pk, came[line.item.sku])
            for line in order.lines.select_related("item")
            if line.item.sku in came
        ]
        delivery = purchasing.ReceiptRequest(received, delivery_note="LS-88213", notes="The rest is to follow.")
        purchasing.receive_purchase(order.pk, delivery, actor=actor)


def _load_transfers(shop: Shop) -> None:
    for origin, target, notes, lines, sent in content.TRANSFERS:
        actor = _manager(shop, origin)
        wanted = [
            inventory.TransferLineRequest(
                shop.items[sku].pk,
                len(units) if isinstance(units, list) else units,
                units if isinstance(units, list) else (),
            )
            for sku, units in lines
        ]
        transfer = inventory.draft_transfer(
            inventory.TransferRequest(shop.branches[origin].pk, shop.branches[target].pk, wanted, notes), actor=actor
        )
        if sent:
            inventory.send_transfer(transfer.pk, actor=actor)


def _begin_count(shop: Shop) -> None:
    code, category, counted = content.COUNT
    wanted = inventory.CountRequest(shop.branches[code].pk, shop.categories[category].pk)
    count = inventory.start_count(wanted, actor=_manager(shop, code))
    for sku, units in counted:
        entry = inventory.CountEntryRequest(item_id=shop.items[sku].pk, total=units)
        inventory.enter_count(count.pk, entry, actor=Actor.user(shop.users["technician"]))


def _manager(shop: Shop, code: str) -> Actor:
    managers: dict[str, User] = {"HAR": shop.users["manager"], "STA": shop.users["manager2"]}
    return Actor.user(managers[code])
