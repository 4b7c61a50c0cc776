"""What customers sign: a text as it stood, with the drawn name, the time and the address."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound
from apps.core.ids import new_id
from apps.core.written_names import written_name
from apps.repairs import events
from apps.repairs.models import DropOff, RepairOrder, Signature
from apps.repairs.selectors.drop_offs import drop_offs_visible_to
from apps.repairs.selectors.terms import TermsText, terms_for
from apps.repairs.services.locking import actor_columns, locked_for


@dataclass(frozen=True)
class SignatureRequest:
    """Who signs what; without a picture the name is drawn, for who signs with the keyboard."""

    purpose: str
    name: str
    text_sha256: str
    image: bytes = b""
    id: UUID | None = None


@transaction.atomic
def sign_order(order_id: UUID, request: SignatureRequest, *, actor: Actor) -> Signature:
    """Keep a signature with an order.

    Raises ``NotFound`` outside the actor's scope, ``Conflict`` when the text is another one than was shown.
    """
    order = locked_for(actor, Right.ORDERS_NOTE, order_id)
    text = terms_for(order.branch_id, request.purpose, order.customer.locale)
    signature = _kept(request, text, actor, order=order)
    event = events.OrderSigned(aggregate_id=order.pk, signature_id=signature.pk, purpose=request.purpose)
    audit.record(event, actor=actor)
    return signature


@transaction.atomic
def sign_drop_off(drop_off_id: UUID, request: SignatureRequest, *, actor: Actor) -> Signature:
    """``sign_order`` for all devices of a visit."""
    require(actor, Right.ORDERS_NOTE)
    drop_off = drop_offs_visible_to(actor, Right.ORDERS_NOTE).filter(pk=drop_off_id).first()
    if drop_off is None:
        raise NotFound("There is no such drop-off.")
    text = terms_for(drop_off.branch_id, request.purpose, drop_off.customer.locale)
    signature = _kept(request, text, actor, drop_off=drop_off)
    event = events.DropOffSigned(aggregate_id=drop_off.pk, signature_id=signature.pk, purpose=request.purpose)
    audit.record(event, actor=actor)
    return signature


def _kept(
    request: SignatureRequest,
    shown: TermsText,
    actor: Actor,
    *,
    order: RepairOrder | None = None,
    drop_off: DropOff | None = None,
) -> Signature:
    if request.text_sha256.lower() != shown.text_sha256:
        raise Conflict("The text has changed since it was shown; read it again before you sign.")
    signature = Signature(
        id=request.id or new_id(),
        order=order,
        drop_off=drop_off,
        purpose=request.purpose,
        name=request.name,
        text=shown.text,
        text_sha256=shown.text_sha256,
        image=request.image or written_name(request.name),
        address=actor.address,
        **actor_columns(actor),
    )
    signature.save(force_insert=True)
    return signature
