"""What is kept of an intake: files, checklists, signatures, visits."""

from __future__ import annotations

from hashlib import sha256

from apps.core.actor import Actor
from apps.core.uploads import Upload
from apps.repairs.models import (
    Attachment,
    Checklist,
    ChecklistQuestion,
    ChecklistTemplate,
    DropOff,
    RepairOrder,
    Signature,
)
from apps.repairs.rules.checklists import Answer
from apps.repairs.selectors import terms_for
from apps.repairs.services import (
    ChecklistRequest,
    SignatureRequest,
    add_attachment,
    record_checklist,
    sign_drop_off,
    sign_order,
)
from apps.repairs.services.attachments import make_thumbnail
from tests.pictures import drawn

SYSTEM = Actor.system("test")
_PICTURE = drawn()


def attached(order: RepairOrder, number: int = 0, *, for_customer: bool = True) -> Attachment:
    """A picture of an order, with its small form; each number is another one."""
    known = sha256(f"{number}".encode()).hexdigest()
    upload = Upload(_PICTURE, "image/jpeg", f"photo {number}.jpg", known, 300, 200)
    kept, _ = add_attachment(order.pk, upload, actor=SYSTEM, for_customer=for_customer)
    make_thumbnail(kept.pk, actor=SYSTEM)
    return kept


def checklist_of(order: RepairOrder, stage: str = "quality") -> Checklist:
    """A checklist of one question, laid down for it and answered with yes."""
    template = ChecklistTemplate.objects.create(name="check", stage=stage, is_active=True)
    question = ChecklistQuestion.objects.create(template=template, text="Does it ring?", is_required=True)
    request = ChecklistRequest([Answer(question.pk, answer="yes")], stage, template.pk)
    made = record_checklist(order.pk, request, actor=SYSTEM)
    ChecklistTemplate.objects.filter(pk=template.pk).update(is_active=False)
    return made


def signature_of(order: RepairOrder | None = None, drop_off: DropOff | None = None) -> Signature:
    """A typed name below the terms of an order, or of a visit."""
    owner = order or drop_off
    assert owner is not None
    shown = terms_for(owner.branch_id, "intake", "en")
    request = SignatureRequest("intake", "Kim", shown.text_sha256)
    sign = sign_order if order is not None else sign_drop_off
    return sign(owner.pk, request, actor=SYSTEM)
