"""Stock arithmetic, and what each kind of movement needs. Quantities are whole units of the item."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from apps.core.exceptions import FieldError, ValidationFailed
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import InsufficientStock

LARGEST_QUANTITY = 1_000_000  # of one movement
LARGEST_ON_HAND = 2_000_000_000  # what a 32-bit column holds, on either database


@dataclass(frozen=True)
class Balance:
    """What a branch holds of an item: ``quantity`` on hand, of which ``reserved`` is promised."""

    quantity: int
    reserved: int

    @property
    def available(self) -> int:
        return self.quantity - self.reserved

    def moved(self, change: int) -> "Balance":
        """After ``change`` units came (or went, if negative); raises ``InsufficientStock`` below what is reserved.

        Raises ``ValidationFailed`` beyond what a level can hold.
        """
        after = Balance(self.quantity + change, self.reserved)
        if after.quantity > LARGEST_ON_HAND:
            raise ValidationFailed.on("quantity", "max_value", f"A branch holds at most {LARGEST_ON_HAND} of an item.")
        if after.available < 0:
            raise InsufficientStock(f"Only {self.available} available, {-change} asked for.")
        return after

    def with_reserved(self, change: int) -> "Balance":
        """After ``change`` more units are promised; raises ``InsufficientStock`` beyond what is on hand."""
        after = Balance(self.quantity, self.reserved + change)
        if after.available < 0:
            raise InsufficientStock(f"Only {self.available} available, {change} asked for.")
        return after


def crosses_reorder_level(before: int, after: int, reorder_level: int) -> bool:
    """Whether available stock fell to the reorder level or below it just now: once per crossing."""
    return before > reorder_level >= after


def check_shape(
    kind: MovementType,
    quantity: int | None,
    counted: int | None,
    from_branch: UUID | None,
    to_branch: UUID | None,
    notes: str,
) -> None:
    """Raise ``ValidationFailed`` unless the movement has what its kind needs, and nothing else."""
    errors = [*_branch_errors(kind, from_branch, to_branch)]
    if kind is MovementType.ADJUSTMENT:
        errors += _adjustment_errors(quantity, counted, notes)
    else:
        errors += _quantity_errors(quantity, counted)
    if errors:
        raise ValidationFailed(errors[0].message if len(errors) == 1 else f"{len(errors)} fields are wrong.", errors)


def _branch_errors(kind: MovementType, from_branch: UUID | None, to_branch: UUID | None) -> list[FieldError]:
    needs_from = kind in {MovementType.OUT, MovementType.TRANSFER}
    needs_to = kind is not MovementType.OUT
    errors = []
    for field, needed, given in (("fromBranchId", needs_from, from_branch), ("toBranchId", needs_to, to_branch)):
        if needed and given is None:
            errors.append(FieldError(field, "required", f"{kind.value} needs this branch."))
        if not needed and given is not None:
            errors.append(FieldError(field, "not_allowed", f"{kind.value} does not take this branch."))
    if kind is MovementType.TRANSFER and from_branch is not None and from_branch == to_branch:
        errors.append(FieldError("toBranchId", "same_branch", "A transfer needs two different branches."))
    return errors


def _adjustment_errors(quantity: int | None, counted: int | None, notes: str) -> list[FieldError]:
    errors = []
    if (quantity is None) == (counted is None):
        errors.append(FieldError("countedQuantity", "required", "Give either countedQuantity or a signed quantity."))
    if quantity == 0:
        errors.append(FieldError("quantity", "invalid", "An adjustment by nothing changes nothing."))
    if not notes.strip():
        errors.append(FieldError("notes", "required", "An adjustment says why."))
    return errors


def _quantity_errors(quantity: int | None, counted: int | None) -> list[FieldError]:
    errors = []
    if counted is not None:
        errors.append(FieldError("countedQuantity", "not_allowed", "Only an ADJUSTMENT has a counted quantity."))
    if quantity is None:
        errors.append(FieldError("quantity", "required", "This field is required."))
    elif quantity < 1:
        errors.append(FieldError("quantity", "min_value", "Ensure this value is greater than or equal to 1."))
    return errors


def would_cycle(category_id: UUID, parent_id: UUID | None, parents: Mapping[UUID, UUID | None]) -> bool:
    """Whether hanging a category under ``parent_id`` would put it above itself; ``parents`` is the tree as it is."""
    seen = {category_id}
    while parent_id is not None:
        if parent_id in seen:
            return True
        seen.add(parent_id)
        parent_id = parents.get(parent_id)
    return False
