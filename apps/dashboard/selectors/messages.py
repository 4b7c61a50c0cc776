"""The messages that wait to be sent, for the page of the jobs."""

from django.db.models import Count, Min

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.backlogs import Backlog
from apps.notifications.enums import Status
from apps.notifications.selectors import notifications_visible_to

OPEN = (Status.PENDING, Status.SENDING, Status.UNCERTAIN)


def backlog(actor: Actor) -> Backlog:
    """Those on their way, since when the oldest is, and those that failed."""
    messages = notifications_visible_to(actor, Right.MESSAGES_RETRY)
    found = messages.filter(status__in=OPEN).aggregate(number=Count("pk"), oldest=Min("created_at"))
    failed = messages.filter(status=Status.FAILED).count()
    query = f"status__exact={Status.FAILED.value}"
    return Backlog("Messages", found["number"], found["oldest"], failed, "notifications_notification_changelist", query)
