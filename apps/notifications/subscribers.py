"""What is told outside when something happens to an account, to an order or to a booking."""

from uuid import UUID

from apps.accounts.events import CodeRequested, CodeWithheld, CustomerErased, RegisteredAgain, UnknownCodeRequested
from apps.audit.models import Event
from apps.audit.registry import subscribe
from apps.notifications import selectors, services
from apps.notifications.enums import MessageEvent
from apps.repairs import events as repairs
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


@subscribe("notifications.erased", CustomerErased)
def forget_customer(event: Event) -> None:
    services.forget_customer(event.aggregate_id)


@subscribe("notifications.report", ReportMade)
def mail_report(event: Event) -> None:
    for recipient_id in event.payload["recipient_ids"]:
        services.tell_by_email(UUID(recipient_id), MessageEvent.REPORT, source_id=event.pk)


@subscribe(
    "notifications.customers",
    repairs.OrderCreated,
    repairs.StatusChanged,
    repairs.RepairDelayed,
    repairs.PickupReminderDue,
    repairs.PaymentTaken,
    repairs.QuoteSent,
    repairs.BookingReminderDue,
)
def tell_customer(event: Event) -> None:
    told = selectors.told_by(event)
    if told is not None:
        services.tell_customer(told, source_id=event.pk, happened_at=event.created_at)
