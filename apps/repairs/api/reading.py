"""What was sent, as the services take it."""

from collections.abc import Mapping
from typing import Any

from apps.repairs import services
from apps.repairs.rules.checklists import Answer


def device_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of an ``Intake`` from those of its shape."""
    found = dict(fields)
    if "items" in found:
        found["items"] = [services.LineRequest(**item) for item in found["items"]]
    if "checklist" in found:
        found["checklist"] = checklist_of(found["checklist"])
    return found


def checklist_of(fields: Mapping[str, Any]) -> services.ChecklistRequest:
    """A request for a checklist from its shape."""
    answers = [Answer(**answer) for answer in fields["answers"]]
    return services.ChecklistRequest(**{**fields, "answers": answers})
