"""Checklists that were gone through: the questions as they were put, with their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import FieldError, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.repairs import events
from apps.repairs.enums import ChecklistStage
from apps.repairs.models import Checklist, ChecklistAnswer, ChecklistQuestion, ChecklistTemplate, RepairOrder
from apps.repairs.rules import checklists as rules
from apps.repairs.selectors.attachments import attachments_of
from apps.repairs.selectors.checklists import checklist_templates, template_for
from apps.repairs.services.locking import actor_columns, locked_for


@dataclass(frozen=True)
class ChecklistRequest:
    """Answers to the questions of a template; without one, to those of the template for the device."""

    answers: Sequence[rules.Answer]
    stage: str = ChecklistStage.INTAKE
    template_id: UUID | None = None
    id: UUID | None = None


@transaction.atomic
def record_checklist(order_id: UUID, request: ChecklistRequest, *, actor: Actor) -> Checklist:
    """Keep what was answered; a later checklist of the same stage takes its place.

    Raises ``NotFound`` outside the actor's scope, ``ReferenceMissing`` for a template of another stage or a picture of
    another order, ``ValidationFailed`` for an answer that does not fit, or is missing.
    """
    order = locked_for(actor, Right.ORDERS_NOTE, order_id)
    return keep_checklist(order, request, actor=actor)


def keep_checklist(order: RepairOrder, request: ChecklistRequest, *, actor: Actor, path: str = "") -> Checklist:
    """``record_checklist`` for an order that is held already; ``path`` is how the client names what it has sent."""
    template = _template(order, request, path)
    questions = {question.pk: question for question in template.questions.all()}
    asked = [rules.Question(row.pk, row.kind, row.is_required) for row in questions.values()]
    rules.require_answers(asked, request.answers, f"{path}answers")
    _require_pictures(order, request, path)
    answers = sorted(request.answers, key=lambda answer: _place(questions[answer.question_id]))
    given = [(questions[answer.question_id].kind, answer.answer) for answer in answers]
    checklist = Checklist(
        id=request.id or new_id(),
        order=order,
        stage=template.stage,
        name=template.name,
        passed=rules.is_passed(given) if template.stage == ChecklistStage.QUALITY else None,
        **actor_columns(actor),
    )
    checklist.save(force_insert=True)
    ChecklistAnswer.objects.bulk_create(
        _kept(checklist, position, questions[answer.question_id], answer)
        for position, answer in enumerate(answers, start=1)
    )
    event = events.ChecklistDone(
        aggregate_id=order.pk, checklist_id=checklist.pk, stage=checklist.stage, passed=checklist.passed
    )
    audit.record(event, actor=actor)
    return checklist


def _template(order: RepairOrder, request: ChecklistRequest, path: str) -> ChecklistTemplate:
    if request.template_id is None:
        found = template_for(order, request.stage)
        if found is None:
            message = "There is no checklist for this kind of device; a manager makes one in the back office."
            raise ValidationFailed.on(f"{path}templateId", "required", message)
        return found
    named = checklist_templates().filter(pk=request.template_id, stage=request.stage).first()
    if named is None:
        raise ReferenceMissing.on(f"{path}templateId", "checklist of this stage")
    return named


def _require_pictures(order: RepairOrder, request: ChecklistRequest, path: str) -> None:
    wanted = {answer.attachment_id for answer in request.answers if answer.attachment_id is not None}
    known = set(attachments_of(order).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    errors = [
        FieldError(f"{path}answers.{number}.attachmentId", "does_not_exist", "There is no such file with this order.")
        for number, answer in enumerate(request.answers)
        if answer.attachment_id is not None and answer.attachment_id not in known
    ]
    if errors:
        raise ReferenceMissing("An answer refers to a file that is not with this order.", errors)


def _place(question: ChecklistQuestion) -> tuple[int, UUID]:
    return question.position, question.pk


def _kept(checklist: Checklist, position: int, question: ChecklistQuestion, answer: rules.Answer) -> ChecklistAnswer:
    return ChecklistAnswer(
        checklist=checklist,
        position=position,
        question_id=question.pk,
        question=question.text,
        kind=question.kind,
        answer=answer.answer,
        text=answer.text,
        number=answer.number,
        attachment_id=answer.attachment_id,
    )
