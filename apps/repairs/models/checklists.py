"""Questions about a device, and what was answered."""

from django.db import models

from apps.catalog.enums import DeviceType
from apps.core.models import Record
from apps.repairs.enums import AnswerKind, ChecklistStage
from apps.repairs.models.actors import ActorColumns
from apps.repairs.models.attachments import Attachment
from apps.repairs.models.orders import RepairOrder


class ChecklistTemplate(Record):
    """What is looked at; for one kind of device, or without one for all that have no template of their own."""

    name = models.CharField(max_length=100)
    stage = models.CharField(max_length=10, choices=ChecklistStage)
    device_type = models.CharField(max_length=20, choices=DeviceType, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["stage", "device_type"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "device_type"],
                condition=models.Q(is_active=True),
                name="repairs_one_checklist_template",
                violation_error_message="There is an active template for this kind of device.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ChecklistQuestion(Record):
    """A question of a template."""

    template = models.ForeignKey(ChecklistTemplate, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=AnswerKind, default=AnswerKind.YES_NO)
    is_required = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text


class Checklist(Record, ActorColumns):
    """A template that was gone through for an order; a later one of the same stage replaces it. Append-only."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="checklists")
    stage = models.CharField(max_length=10, choices=ChecklistStage)
    name = models.CharField(max_length=100)
    # Of a quality check: whether everything was as it is to be.
    passed = models.BooleanField(null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name


class ChecklistAnswer(Record):
    """A question as it was put, and its answer. Append-only. ``answer`` is yes, no or not_testable."""

    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    question_id = models.UUIDField(null=True)
    question = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=AnswerKind)
    answer = models.CharField(max_length=15, blank=True)
    text = models.CharField(max_length=500, blank=True)
    number = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.question
