"""What is told outside when something happens to an account, and when a report is made."""

from uuid import UUID

from apps.accounts.events import CodeRequested, CodeWithheld, RegisteredAgain, UnknownCodeRequested
from apps.audit.models import Event
from apps.audit.registry import subscribe
from apps.notifications import services
from apps.notifications.enums import MessageEvent
from apps.reports.events import ReportMade


@subscribe("notifications.code", CodeRequested)
def send_code(event: Event) -> None:
    services.tell_by_email(event.aggregate_id, MessageEvent.OTP, source_id=event.pk, purpose=event.payload["purpose"])


@subscribe("notifications.registered_again", RegisteredAgain)
def tell_owner(event: Event) -> None:
    services.tell_by_email(event.aggregate_id, MessageEvent.ACCOUNT_NOTICE, source_id=event.pk)


@subscribe("notifications.nobody", CodeWithheld, UnknownCodeRequested)
def tell_nobody(event: Event) -> None:
    """Heard all the same: without a delivery and a wake-up the request would be quicker for an unknown address."""


@subscribe("notifications.report", ReportMade)
def mail_report(event: Event) -> None:
    for recipient_id in event.payload["recipient_ids"]:
        services.tell_by_email(UUID(recipient_id), MessageEvent.REPORT, source_id=event.pk)
