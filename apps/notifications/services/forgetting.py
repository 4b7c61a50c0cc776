"""What was written to somebody who is erased."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.notifications.enums import Status
from apps.notifications.models import Notification
from apps.notifications.models.messages import OPEN


@transaction.atomic
def forget_customer(customer_id: UUID) -> int:
    """Take words and addresses out of the messages to a customer, and to those merged into it; what waits is given up.

    That something was sent, when and what of, stays. The number of messages.
    """
    now = timezone.now()
    theirs = Notification.objects.filter(Q(customer_id=customer_id) | Q(customer__merged_into_id=customer_id))
    theirs.filter(status__in=OPEN).update(
        status=Status.CANCELLED, reason="The customer was erased.", lease_owner=None, lease_until=None, updated_at=now
    )
    return theirs.update(recipient="", subject="", body="", updated_at=now)
