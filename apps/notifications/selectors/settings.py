"""What a branch has settled for its messages."""

from datetime import datetime
from uuid import UUID

from apps.inventory.models import Branch
from apps.notifications import rules
from apps.notifications.models import MessagingSettings


def messaging_of(branch_id: UUID) -> MessagingSettings:
    """The settings of a branch; an unsaved row of the defaults where it has none."""
    found = MessagingSettings.objects.filter(branch_id=branch_id).first()
    return found or MessagingSettings(branch_id=branch_id)


def held_until(branch: Branch, now: datetime) -> datetime | None:
    """The end of the branch's quiet hours, if it is within them."""
    settled = messaging_of(branch.pk)
    return rules.quiet_until(now, branch.zone, settled.quiet_from, settled.quiet_until)
