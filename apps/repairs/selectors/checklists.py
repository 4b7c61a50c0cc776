"""Questions about checklists: which one there is for a device, and what was answered."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.repairs.models import Checklist, ChecklistTemplate, RepairOrder


def checklist_templates() -> QuerySet[ChecklistTemplate]:
    """Those in use."""
    return ChecklistTemplate.objects.filter(is_active=True)


def templates_for_device(templates: QuerySet[ChecklistTemplate], device_type: str) -> QuerySet[ChecklistTemplate]:
    """Of ``templates`` those for a kind of device; the general one of a stage where there is none of its own."""
    own = checklist_templates().filter(stage=OuterRef("stage"), device_type=device_type)
    return templates.filter(Q(device_type=device_type) | Q(~Exists(own), device_type=""))


def template_for(order: RepairOrder, stage: str) -> ChecklistTemplate | None:
    """What is gone through for an order at a stage."""
    return templates_for_device(checklist_templates().filter(stage=stage), order.device_model.device_type).first()


def latest_checklist(order: RepairOrder, stage: str) -> Checklist | None:
    """The checklist of a stage that counts: the last one."""
    return Checklist.objects.filter(order=order, stage=stage).order_by("-created_at", "-id").first()
