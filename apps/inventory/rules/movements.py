"""What each kind of movement needs."""

from uuid import UUID

from apps.core.exceptions import FieldError, ValidationFailed
from apps.inventory.enums import MovementType


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


def reversal_of(
    kind: MovementType, quantity: int, from_branch: UUID | None, to_branch: UUID | None
) -> tuple[MovementType, int, UUID | None, UUID | None]:
    """Kind, quantity and branches of the movement that undoes one."""
    match kind:
        case MovementType.TRANSFER:
            return kind, quantity, to_branch, from_branch
        case MovementType.ADJUSTMENT:
            return kind, -quantity, None, to_branch
        case MovementType.OUT:
            return MovementType.RETURN, quantity, None, from_branch
        case _:
            return MovementType.OUT, quantity, to_branch, None
