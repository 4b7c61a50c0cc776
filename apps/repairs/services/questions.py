"""The questions of a checklist, which change with their template."""

from collections.abc import Sequence
from uuid import UUID

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.repairs.models import ChecklistQuestion


def save_question(question: ChecklistQuestion, fields: Sequence[str], *, actor: Actor) -> None:
    """Save a new question, or these ``fields`` of one that there is."""
    if question._state.adding:
        with audit.creating(actor=actor) as created:
            question.save(force_insert=True)
            created.append(question)
        return
    with audit.changing(ChecklistQuestion.objects.all(), question.pk, actor=actor) as held:
        for name in fields:
            setattr(held, name, getattr(question, name))
        held.save()


def remove_question(question_id: UUID, *, actor: Actor) -> None:
    """Ask it no longer. What was answered keeps the words that it had. Raises ``NotFound``."""
    audit.delete(ChecklistQuestion.objects.all(), question_id, actor=actor)
