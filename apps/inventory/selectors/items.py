"""Questions about items and their categories."""

from uuid import UUID

from django.db.models import Count, QuerySet

from apps.core.exceptions import NotFound
from apps.inventory.models import Category, Item
from apps.inventory.rules.categories import category_and_below, totals_below


def items_with_code(code: str) -> QuerySet[Item]:
    """The one item with this barcode or SKU; raises ``NotFound``."""
    item: Item | None = Item.objects.with_code(code.strip()).first() if "\0" not in code else None
    if item is None:
        raise NotFound("No item has this barcode or SKU.")
    return Item.objects.filter(pk=item.pk)


def photo_of(item_id: UUID) -> UUID:
    """The photo of an item; raises ``NotFound`` where there is no such item, or none of it."""
    photo: UUID | None = Item.objects.filter(pk=item_id).values_list("photo", flat=True).first()
    if photo is None:
        raise NotFound("There is no photo of such an item.")
    return photo


def categories_by_name() -> QuerySet[Category]:
    """The whole tree, as it is listed."""
    return Category.objects.order_by("name")


def category_parents() -> dict[UUID, UUID | None]:
    """The tree of categories as it is: id to parent id."""
    return dict(Category.objects.values_list("pk", "parent_id"))


def item_counts() -> dict[UUID, tuple[int, int]]:
    """Of every category: how many items are directly in it, and how many in it and everything below."""
    counted = Item.objects.exclude(category=None).order_by().values_list("category").annotate(Count("pk"))
    own, parents = dict(counted), category_parents()
    below = totals_below(own, parents)
    return {pk: (own.get(pk, 0), below[pk]) for pk in parents}


def ids_of_category_and_below(category_id: UUID) -> set[UUID]:
    """The ids of a category and of everything below it."""
    return category_and_below(category_id, category_parents())
