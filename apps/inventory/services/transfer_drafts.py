"""Transfers that have not been sent: written, changed and thrown away without any effect on stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, FieldError, Forbidden, NotFound, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory import events, selectors
from apps.inventory.enums import TransferStatus
from apps.inventory.models import Branch, Item, Transfer, TransferLine
from apps.inventory.rules import LARGEST_QUANTITY, serials
from apps.inventory.rules.transfers import LONGEST_TRANSFER
from apps.inventory.services.numbering import next_number


@dataclass(frozen=True)
class TransferLineRequest:
    """Units of an item that are to be sent; ``serials`` may be chosen later, until it is sent."""

    item_id: UUID
    quantity: int
    serials: Sequence[str] = ()


@dataclass(frozen=True)
class TransferRequest:
    """A transfer as it is asked for."""

    from_branch_id: UUID
    to_branch_id: UUID
    lines: Sequence[TransferLineRequest]
    notes: str = ""
    id: UUID | None = None


@transaction.atomic
def draft_transfer(request: TransferRequest, *, actor: Actor) -> Transfer:
    """Write down what is to be sent from an own branch to any that is open. Stock stays as it is.

    Raises ``Forbidden``, ``ReferenceMissing`` for a branch or an item that there is not (in the actor's scope), and
    ``ValidationFailed`` for lines that cannot be.
    """
    require(actor, Right.STOCK_MANAGE)
    source, target = _ends(request.from_branch_id, request.to_branch_id, actor)
    transfer = Transfer(
        id=request.id or new_id(),
        from_branch=source,
        to_branch=target,
        notes=request.notes,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
    )
    lines = _lines(transfer, request.lines, {})
    # The series' row is held until the commit, so that all who draft wait for what follows.
    transfer.number = next_number("T", transfer.created_at.astimezone(source.zone).year)
    transfer.save(force_insert=True)
    TransferLine.objects.bulk_create(lines)
    audit.record(events.TransferDrafted(**about(transfer)), actor=actor)
    return transfer


@transaction.atomic
def edit_transfer(transfer_id: UUID, changes: Mapping[str, Any], *, actor: Actor) -> Transfer:
    """Change fields of a draft (those of a ``TransferRequest`` but the id); ``lines`` replace all that there were.

    Raises ``NotFound`` outside the actor's scope, ``Conflict`` once it has been sent, and as ``draft_transfer``.
    """
    transfer = held(transfer_id, "from_branch", actor)
    require_draft(transfer)
    transfer.from_branch, transfer.to_branch = _ends(
        changes.get("from_branch_id", transfer.from_branch_id),
        changes.get("to_branch_id", transfer.to_branch_id),
        actor,
    )
    transfer.notes = changes.get("notes", transfer.notes)
    if "lines" in changes:
        ids = dict(transfer.lines.values_list("item_id", "pk"))
        lines = _lines(transfer, changes["lines"], ids)
        transfer.lines.all().delete()
        TransferLine.objects.bulk_create(lines)
    transfer.save(update_fields=["from_branch", "to_branch", "notes"])
    audit.record(events.TransferChanged(**about(transfer)), actor=actor)
    return transfer


@transaction.atomic
def delete_transfer(transfer_id: UUID, *, actor: Actor) -> None:
    """Throw a draft away. Raises ``NotFound``, ``Forbidden``, and ``Conflict`` for what has ever been sent."""
    transfer = held(transfer_id, "from_branch", actor)
    require_draft(transfer)
    told = events.TransferDiscarded(**about(transfer))
    transfer.delete()
    audit.record(told, actor=actor)


def held(transfer_id: UUID, end: str, actor: Actor) -> Transfer:
    """The transfer under its row lock, if the actor runs the branch at that ``end`` of it.

    Stock is locked after it, never before. Raises ``NotFound`` for one that touches no own branch, ``Forbidden`` for
    one whose other end is the actor's.
    """
    require(actor, Right.STOCK_MANAGE)
    found = selectors.transfers_visible_to(actor).select_for_update(of=("self",)).filter(pk=transfer_id)
    transfer = found.select_related("from_branch", "to_branch").order_by().first()
    if transfer is None:
        raise NotFound("There is no such transfer.")
    branch: Branch = getattr(transfer, end)
    if not selectors.branches_within(actor, Right.STOCK_MANAGE).filter(pk=branch.pk).exists():
        raise Forbidden(f"This is for {branch.name} to do.")
    return transfer


def require_draft(transfer: Transfer) -> None:
    """Raises ``Conflict`` once it is no draft any more."""
    if transfer.status != TransferStatus.DRAFT:
        raise Conflict(f"{transfer.number} is {transfer.get_status_display()}; only a draft can be changed.")


def about(transfer: Transfer) -> dict[str, Any]:
    """What every event says of its transfer."""
    return {
        "aggregate_id": transfer.pk,
        "number": transfer.number,
        "from_branch_id": transfer.from_branch_id,
        "to_branch_id": transfer.to_branch_id,
    }


def _ends(from_id: UUID, to_id: UUID, actor: Actor) -> tuple[Branch, Branch]:
    if from_id == to_id:
        raise ValidationFailed.on("toBranchId", "same_branch", "A transfer needs two different branches.")
    source = selectors.branches_within(actor, Right.STOCK_MANAGE).filter(pk=from_id).first()
    if source is None:
        raise ReferenceMissing.on("fromBranchId", "branch among yours")
    target = Branch.objects.active().filter(pk=to_id).first()
    if target is None:
        raise ReferenceMissing.on("toBranchId", "open branch")
    return source, target


def _lines(transfer: Transfer, requests: Sequence[TransferLineRequest], ids: Mapping[UUID, UUID]) -> list[TransferLine]:
    """Lines for what is asked; one for an item that had a line keeps its id, from ``ids``."""
    if not 1 <= len(requests) <= LONGEST_TRANSFER:
        raise ValidationFailed.on("lines", "invalid", f"A transfer has between 1 and {LONGEST_TRANSFER} lines.")
    items = Item.objects.in_bulk({request.item_id for request in requests})
    missing = [number for number, request in enumerate(requests) if request.item_id not in items]
    if missing:
        words = "There is no such item."
        raise ReferenceMissing(words, [FieldError(f"lines.{n}.itemId", "does_not_exist", words) for n in missing])
    errors, seen, lines = [], set(), []
    for number, request in enumerate(requests):
        errors += _line_errors(f"lines.{number}", request, items[request.item_id], request.item_id in seen)
        seen.add(request.item_id)
        lines.append(
            TransferLine(
                id=ids.get(request.item_id) or new_id(),
                transfer=transfer,
                item_id=request.item_id,
                position=number + 1,
                quantity=request.quantity,
                serial_numbers=[serials.normal(one) for one in request.serials],
            )
        )
    if errors:
        raise ValidationFailed(errors[0].message if len(errors) == 1 else f"{len(errors)} fields are wrong.", errors)
    return lines


def _line_errors(path: str, request: TransferLineRequest, item: Item, is_twice: bool) -> list[FieldError]:
    errors = []
    if is_twice:
        errors.append(FieldError(f"{path}.itemId", "duplicate", f"{item.name} is on this transfer twice."))
    if not 1 <= request.quantity <= LARGEST_QUANTITY:
        message = f"{item.name}: send between 1 and {LARGEST_QUANTITY} units."
        errors.append(FieldError(f"{path}.quantity", "invalid", message))
    if len(request.serials) > request.quantity:
        message = f"{item.name}: {len(request.serials)} serial numbers are named for {request.quantity} units."
        errors.append(FieldError(f"{path}.serials", "invalid", message))
    try:
        serials.named(request.serials, len(request.serials), tracked=item.tracks_serials)
    except ValidationFailed as refusal:
        errors += [FieldError(f"{path}.serials", one.code, f"{item.name}: {one.message}") for one in refusal.details]
    return errors
