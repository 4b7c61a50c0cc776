"""Questions about messages."""

from django.db.models import QuerySet

from apps.core.text import searchable
from apps.notifications.models import Notification


def found_by(messages: QuerySet[Notification], text: str) -> QuerySet[Notification]:
    """Those to the users in whose name, e-mail address, username or phone number ``text`` is found."""
    return messages.filter(user__search_text__contains=searchable(text))
