"""Changes to customers."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ForeignKey
from django.utils import timezone

from apps.accounts import events, registry
from apps.accounts.enums import Role
from apps.accounts.models import Customer
from apps.accounts.models.customer import default_preferences
from apps.accounts.rules import Reach, Right, require
from apps.accounts.selectors import customers_visible_to
from apps.accounts.services.removal import erase_account
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Forbidden, NotFound, ReferenceMissing, ValidationFailed
from apps.core.models import Record

ERASED_NAME = ("Erased", "customer")


@transaction.atomic
def create_customer(fields: dict[str, Any], *, actor: Actor) -> Customer:
    """A new customer; ``fields`` are model fields, the id among them if the client made it.

    Preferences that are not given keep their defaults. Raises ``Forbidden``. A repeated id raises ``IntegrityError``.
    """
    require(actor, Right.CUSTOMERS_CREATE)
    preferences = {**default_preferences(), **fields.get("notification_preferences", {})}
    customer = Customer(**{**fields, "notification_preferences": preferences})
    customer.save(force_insert=True)
    audit.record(events.CustomerCreated(aggregate_id=customer.pk), actor=actor)
    return customer


@transaction.atomic
def update_customer(customer_id: UUID, fields: dict[str, Any], *, actor: Actor) -> Customer:
    """Change the given fields. Raises ``NotFound`` outside the scope, ``Forbidden`` without the right.

    Preferences are merged, so that switching one channel does not reset the others. Customers may not write the shop's
    notes about them.
    """
    reach = require(actor, Right.CUSTOMERS_UPDATE)
    customer = _locked(customer_id, actor)
    if reach is Reach.OWN and "notes" in fields:
        raise Forbidden("The notes belong to the shop.")
    if "notification_preferences" in fields:
        merged = {**default_preferences(), **customer.notification_preferences, **fields["notification_preferences"]}
        fields = {**fields, "notification_preferences": merged}
    changed = tuple(name for name, value in fields.items() if getattr(customer, name) != value)
    if changed:
        for name in changed:
            setattr(customer, name, fields[name])
        customer.save()
        audit.record(events.CustomerChanged(aggregate_id=customer.pk, changed=changed), actor=actor)
    return customer


@transaction.atomic
def merge_customers(customer_id: UUID, into_id: UUID, *, actor: Actor) -> Customer:
    """Move everything that refers to one customer to another; the first stays behind, inactive, and says where to.

    Raises ``NotFound``, ``ReferenceMissing`` for an unknown target, ``ValidationFailed`` for a customer and itself or
    for two that both have an account.
    """
    require(actor, Right.CUSTOMERS_REMOVE)
    if customer_id == into_id:
        raise ValidationFailed.on("intoId", "invalid", "A customer cannot be merged into itself.")
    found = Customer.objects.current().select_for_update().filter(pk__in=[customer_id, into_id]).order_by("pk")
    pair = {customer.pk: customer for customer in found}
    if customer_id not in pair:
        raise NotFound("There is no such customer.")
    if into_id not in pair:
        raise ReferenceMissing.on("intoId", "customer")
    source, target = pair[customer_id], pair[into_id]
    if source.user_id and target.user_id:
        raise ValidationFailed.on("intoId", "invalid", "Both customers have an account of their own.")
    moved = _move_references(source, target)
    _hand_over(source, target)
    event = events.CustomerMerged(aggregate_id=source.pk, into_id=target.pk, moved=moved)
    audit.record(event, actor=actor)
    return target


def _move_references(source: Customer, target: Customer) -> dict[str, int]:
    """Every foreign key to a customer, in whichever app: this app knows none of them by name."""
    moved = {}
    for relation in Customer._meta.related_objects:
        field = relation.field
        if isinstance(field, ForeignKey) and field.model is not Customer:
            rows = field.model._default_manager.filter(**{field.name: source})
            stamp = {"updated_at": timezone.now()} if issubclass(field.model, Record) else {}
            moved[field.model._meta.label_lower] = rows.update(**{field.name: target}, **stamp)
    return moved


def _hand_over(source: Customer, target: Customer) -> None:
    user, source.user = source.user, None
    source.is_active, source.merged_into = False, target
    source.save()
    # Whoever was merged into the source points at the target: to erase the target is to erase all of them.
    Customer.objects.filter(merged_into=source).update(merged_into=target)
    target.user = target.user or user
    target.email = target.email or source.email
    target.phone = target.phone or source.phone
    target.notes = "\n".join(filter(None, [target.notes, source.notes]))[:1000]
    target.save()


@transaction.atomic
def erase_customer(customer_id: UUID, *, actor: Actor) -> None:
    """Take the person out of the record and of those merged into it: name, contact and notes go, and their account.

    The history of the orders stays; an account of staff stays too, but no longer leads here. Raises ``NotFound`` outside
    the scope, ``InUse`` while work for the customer is open.
    """
    require(actor, Right.CUSTOMERS_REMOVE)
    customer = _locked(customer_id, actor)
    registry.require_erasable(customer.pk)
    if customer.user is not None and customer.user.role == Role.CUSTOMER:
        erase_account(customer.user, actor=actor)
    for record in [customer, *Customer.objects.select_for_update().filter(merged_into=customer)]:
        _wipe(record)
    audit.record(events.CustomerErased(aggregate_id=customer.pk), actor=actor)


def _wipe(customer: Customer) -> None:
    customer.user = None
    customer.first_name, customer.last_name = ERASED_NAME
    customer.email = customer.phone = customer.notes = ""
    customer.is_active = False
    customer.save()


def _locked(customer_id: UUID, actor: Actor) -> Customer:
    visible = customers_visible_to(actor).filter(pk=customer_id)
    customer = Customer.objects.select_for_update().filter(pk__in=visible.values("pk")).first()
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer
