"""The standing data of the demo shop, made by the services that the doors use."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Model, QuerySet

from apps.accounts import services as accounts
from apps.accounts.enums import SessionEnd
from apps.accounts.events import UserSaved
from apps.accounts.models import Customer, User
from apps.accounts.models.user import DEMO_DOMAIN
from apps.audit import services as audit
from apps.catalog.models import Brand, DeviceModel, ModelNotice, PartType, RepairType
from apps.core.actor import Actor
from apps.demo import content
from apps.inventory import services as inventory
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Category, Item
from apps.pricing import services as pricing
from apps.pricing.models import BranchPriceRule, MarginRule
from apps.repairs.models import ChecklistQuestion, ChecklistTemplate

ACTOR = Actor.system("demo shop")


@dataclass
class Shop:
    """What has been made, by the names that ``content`` uses."""

    branches: dict[str, Branch] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    customers: list[Customer] = field(default_factory=list)
    models: dict[str, DeviceModel] = field(default_factory=dict)
    repair_types: dict[str, RepairType] = field(default_factory=dict)
    part_types: dict[tuple[str, str], PartType] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)


def is_empty() -> bool:
    """Whether this installation holds nobody's data yet."""
    return not User.objects.exists() and not Branch.objects.exists()


def demo_users() -> QuerySet[User]:
    """The accounts that the demo shop brought."""
    return User.objects.filter(email__endswith=f"@{DEMO_DOMAIN}")


def require_allowed() -> None:
    """Raises ``ImproperlyConfigured`` where demo users would be an open door."""
    if not settings.ALLOW_DEMO_SHOP:
        raise ImproperlyConfigured("The demo shop is for trying Mendery out; these settings refuse its users.")


@transaction.atomic
def load_shop(password: str) -> Shop:
    """Branches, staff, customers, catalogue, prices and stock. Raises ``ImproperlyConfigured`` in production."""
    require_allowed()
    shop = Shop()
    _load_people(shop, password)
    _load_catalogue(shop)
    _load_items(shop)
    _load_prices(shop)
    _load_notices(shop)
    _load_checklists()
    return shop


@transaction.atomic
def set_demo_password(password: str) -> bool:
    """Give the demo users another password, if they do not have it already; whether anything changed.

    It may be a weak one: it opens nothing but a trial. All their sessions end.
    """
    require_allowed()
    users = list(demo_users())
    if not users or users[0].check_password(password):
        return False
    hashed = _hashed(password)
    for user in users:
        user.password = hashed
        user.save(update_fields=["password"])
        accounts.end_all_sessions(user.pk, SessionEnd.CHANGED, actor=ACTOR)
        audit.record(UserSaved(aggregate_id=user.pk, changed=("password",)), actor=ACTOR)
    return True


def make(instance: Any) -> Any:
    """Save a new record, with its event."""
    with audit.creating(actor=ACTOR) as created:
        instance.save(force_insert=True)
        made: Model = instance
        created.append(made)
    return instance


def _load_people(shop: Shop, password: str) -> None:
    for fields in content.BRANCHES:
        shop.branches[fields["code"]] = make(Branch(**fields))
    hashed = _hashed(password)
    for name, first, last, role, codes in content.STAFF:
        shop.users[name] = _user(name, first, last, role, hashed)
        for code in codes:
            inventory.add_member(shop.branches[code], shop.users[name], actor=ACTOR)
    first, last, *_ = content.CUSTOMERS[0]
    shop.users["customer"] = _user("customer", first, last, "customer", hashed)
    for number, (first, last, phone, email, locale) in enumerate(content.CUSTOMERS):
        details = {"first_name": first, "last_name": last, "phone": phone, "email": email, "locale": locale}
        owner = {"user": shop.users["customer"]} if number == 0 else {}
        shop.customers.append(accounts.create_customer(details | owner, actor=ACTOR))


def _hashed(password: str) -> str:
    # One hash for all: at cost 12 each would take a quarter of a second.
    template = User()
    template.set_password(password)
    return template.password


def _user(name: str, first: str, last: str, role: str, password_hash: str) -> User:
    fields = {
        "email": f"{name}@{DEMO_DOMAIN}",
        "first_name": first,
        "last_name": last,
        "role": role,
        "is_verified": True,
    }
    user = accounts.create_user(fields, None, actor=ACTOR)
    user.password = password_hash
    user.save(update_fields=["password"])
    return user


def _load_catalogue(shop: Shop) -> None:
    brands: dict[str, Brand] = {}
    for brand, name, number, year, kind, screen, tier, aliases in content.MODELS:
        maker = brands.get(brand) or brands.setdefault(brand, make(Brand(name=brand)))
        shop.models[name] = make(
            DeviceModel(
                brand=maker, name=name, model_number=number, release_year=year, device_type=kind,
                screen_size=Decimal(screen), tier_level=tier, aliases=aliases,
            )
        )  # fmt: skip
    for name, description in content.REPAIR_TYPES:
        shop.repair_types[name] = make(RepairType(name=name, description=description))
    for name, quality, level, months in content.PART_TYPES:
        part = PartType(name=name, quality=quality, quality_level=level, warranty_months=months)
        shop.part_types[name, quality] = make(part)


def _load_items(shop: Shop) -> None:
    for name, parent in content.CATEGORIES:
        shop.categories[name] = make(Category(name=name, parent=shop.categories[parent] if parent else None))
    for sku, name, category, price, cost, level, lot, part, models, *stock in content.ITEMS:
        item = Item(
            sku=sku, name=name, category=shop.categories[category], unit_price=price, cost_price=cost, reorder_level=level,
            reorder_quantity=lot, part_type=shop.part_types[part] if part else None, barcode=f"29{abs(hash_of(sku)):011d}",
            tracks_serials=isinstance(stock[0], list),
        )  # fmt: skip
        with audit.creating(actor=ACTOR) as created:
            item.save(force_insert=True)
            item.compatible_models.set([shop.models[model] for model in models])
            created.append(item)
        shop.items[sku] = item
        for branch, units in zip(shop.branches.values(), stock, strict=True):
            if units:
                serials = units if item.tracks_serials else []
                opening = inventory.MovementRequest(
                    item_id=item.pk, movement_type=MovementType.IN, quantity=len(serials) or units,
                    to_branch_id=branch.pk, unit_price=cost, reference_number="OPENING", notes="Opening stock",
                    serials=serials,
                )  # fmt: skip
                inventory.record_movement(opening, actor=ACTOR)


def hash_of(sku: str) -> int:
    """A number of at most eleven digits that is always the same for a SKU; for barcodes of the house range."""
    value = 0
    for char in sku:
        value = (value * 131 + ord(char)) % 99_999_999_977
    return value


def _load_prices(shop: Shop) -> None:
    for model, repair, part, price, cost in content.PRICES:
        fields = {
            "device_model": shop.models[model], "repair_type": shop.repair_types[repair], "price": price, "cost": cost,
            "part_type": shop.part_types[part] if part else None, "part_quality": part[1] if part else "original",
        }  # fmt: skip
        pricing.create_price(fields, actor=ACTOR)
    for code, percent, step in content.BRANCH_RULES:
        branch_rule = {"branch": shop.branches[code], "markup_percent": percent, "rounding_step": step}
        pricing.create_rule(BranchPriceRule, branch_rule, actor=ACTOR)
    pricing.create_rule(MarginRule, content.MARGIN_RULE, actor=ACTOR)


def _load_notices(shop: Shop) -> None:
    for model, level, text in content.NOTICES:
        make(ModelNotice(device_model=shop.models[model], level=level, text=text))


def _load_checklists() -> None:
    for name, stage, device_type, questions in content.CHECKLISTS:
        template = make(ChecklistTemplate(name=name, stage=stage, device_type=device_type))
        for position, (text, kind, required) in enumerate(questions):
            make(ChecklistQuestion(template=template, position=position, text=text, kind=kind, is_required=required))
