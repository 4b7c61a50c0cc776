"""What the customer's page asks of what was chosen."""

from collections.abc import Container
from uuid import UUID

from django import template

from apps.repairs.selectors import OfferedLine

register = template.Library()


@register.filter
def is_among(line_id: UUID, chosen: Container[str]) -> bool:
    """Whether the field of a line is to be ticked."""
    return str(line_id) in chosen


@register.filter
def is_answered(line: OfferedLine, chosen: Container[str]) -> bool:
    """Whether the line, or another way to do it, is ticked."""
    return any(str(way.id) in chosen for way in (line, *line.alternatives))
