"""Questions about proposals, and about the prices that a part's cost has a say in."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.core.actor import Actor
from apps.inventory.models import Item, PurchaseLine, PurchaseReceiptLine
from apps.pricing.models import Price, PriceProposal
from apps.pricing.selectors.prices import prices_writable_by


def proposals_visible_to(actor: Actor) -> QuerySet[PriceProposal]:
    """All of them: whoever may read costs may read what they lead to."""
    return PriceProposal.objects.all()


def proposals_decided_by(actor: Actor) -> QuerySet[PriceProposal]:
    """Those on prices that ``actor`` sets."""
    return PriceProposal.objects.filter(price__in=prices_writable_by(actor).order_by().values("pk"))


def prices_made_with(item: Item, currency: str, day: date) -> QuerySet[Price]:
    """The prices in a currency, valid on a day or later, of repairs that put this item's kind of part into its models."""
    if item.part_type_id is None:
        return Price.objects.none()
    models = Item.compatible_models.through.objects.filter(item=item.pk).values("devicemodel_id")
    lasting = Price.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), currency=currency)
    return lasting.filter(part_type=item.part_type_id, device_model__in=models).select_related("device_model")


def open_on(price_ids: list[UUID]) -> QuerySet[PriceProposal]:
    """The open proposals on these prices."""
    return PriceProposal.objects.filter(price__in=price_ids, status="open")


def items_of_lines(line_ids: Sequence[UUID]) -> list[UUID]:
    """The items of purchase lines, each once."""
    lines = PurchaseLine.objects.filter(pk__in=line_ids)
    return list(lines.order_by("item_id").values_list("item_id", flat=True).distinct())


def last_receipt_of(item_id: UUID) -> PurchaseReceiptLine | None:
    """What came last of an item and was not taken back."""
    came = PurchaseReceiptLine.objects.filter(line__item=item_id, movement__reversed_by=None)
    return came.select_related("receipt__order__branch").order_by("-created_at", "-pk").first()
