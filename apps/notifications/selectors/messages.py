"""Messages within what the asker may see."""

from uuid import UUID

from django.db.models import Q, QuerySet

from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.core.text import searchable
from apps.inventory.selectors import branches_within
from apps.notifications.models import Notification
from apps.repairs.selectors import orders_visible_to


def notifications_visible_to(actor: Actor, right: Right = Right.MESSAGES_READ) -> QuerySet[Notification]:
    """Everything for admins; else what was written to customers of one's branches, about the orders that a technician
    has, or to oneself.
    """
    if reach(actor, right) == Reach.ALL:
        return Notification.objects.all()
    if reach(actor, right) == Reach.BRANCH:
        return Notification.objects.filter(customer__isnull=False, branch__in=branches_within(actor, right))
    own = Q(customer__user_id=actor.id) | Q(customer__isnull=False, order__in=orders_visible_to(actor))
    return Notification.objects.filter(own) if reach(actor, right) else Notification.objects.none()


def get_notification(pk: UUID, *, actor: Actor, right: Right = Right.MESSAGES_READ) -> Notification:
    """Raises ``NotFound`` outside the actor's scope."""
    found = notifications_visible_to(actor, right).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such message.")
    return found


def found_by(messages: QuerySet[Notification], text: str) -> QuerySet[Notification]:
    """Those to the users or customers in whose name, e-mail address, username or phone number ``text`` is found, and
    those about the order of this number.
    """
    words = searchable(text)
    to = Q(user__search_text__contains=words) | Q(customer__search_text__contains=words)
    return messages.filter(to | Q(order__order_number__iexact=text.strip()))
