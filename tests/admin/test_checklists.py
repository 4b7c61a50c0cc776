"""Checklists as managers lay them down."""

from __future__ import annotations

import pytest

from apps.audit.models import Event
from apps.repairs.models import ChecklistQuestion, ChecklistTemplate
from tests.admin.office import Office
from tests.factories import member

pytestmark = pytest.mark.django_db


def form(rows: list[dict[str, str]], old: int = 0) -> dict[str, str]:
    body = {
        "name": "Condition", "stage": "intake", "device_type": "phone", "is_active": "on",
        "questions-TOTAL_FORMS": str(len(rows)), "questions-INITIAL_FORMS": str(old),
        "questions-MIN_NUM_FORMS": "0", "questions-MAX_NUM_FORMS": "1000",
    }  # fmt: skip
    for number, row in enumerate(rows):
        body |= {f"questions-{number}-{name}": value for name, value in row.items()}
    return body


def test_template_is_laid_down_and_changed_with_its_questions() -> None:
    office = Office(member("manager", None))
    rows = [
        {"position": "1", "text": "Does it turn on?", "kind": "yes_no", "is_required": "on"},
        {"position": "2", "text": "Scratches", "kind": "text"},
    ]

    office.post("/admin/repairs/checklisttemplate/add/", **form(rows))
    template = ChecklistTemplate.objects.get()
    first, second = ChecklistQuestion.objects.order_by("position")
    known = {"template": str(template.pk)}
    changed = [
        {**rows[0], **known, "id": str(first.pk), "text": "Does it start?"},
        {**rows[1], **known, "id": str(second.pk), "DELETE": "on"},
    ]
    office.post(f"/admin/repairs/checklisttemplate/{template.pk}/change/", **form(changed, old=2))

    left = ChecklistQuestion.objects.get()
    assert (left.pk, left.text, left.is_required) == (first.pk, "Does it start?", True)
    types = list(
        Event.objects.filter(type__startswith="repairs.checklist")
        .order_by("created_at", "id")
        .values_list("type", flat=True)
    )
    assert types == [
        "repairs.checklisttemplate.created", "repairs.checklistquestion.created", "repairs.checklistquestion.created",
        "repairs.checklistquestion.deleted", "repairs.checklistquestion.updated",
    ]  # fmt: skip


def test_kind_of_device_has_one_template_in_use() -> None:
    office = Office(member("manager", None))
    ChecklistTemplate.objects.create(name="there", stage="intake", device_type="phone")

    page = office.post("/admin/repairs/checklisttemplate/add/", **form([]))

    assert "There is an active template for this kind of device." in page.content.decode()
    assert ChecklistTemplate.objects.count() == 1
