"""What happens in the workshop, in the past tense."""

from apps.repairs.events.bookings import (
    BookingCancelled,
    BookingChanged,
    BookingCheckedIn,
    BookingEvent,
    BookingLinkChanged,
    BookingMade,
    BookingReminderDue,
)
from apps.repairs.events.drop_offs import DeviceAdded, DropOffEvent, DropOffMade, DropOffSigned
from apps.repairs.events.files import AttachmentAdded, AttachmentChanged, AttachmentRemoved, ThumbnailMade
from apps.repairs.events.intake import ChecklistDone, DevicePasswordWiped, OrderSigned
from apps.repairs.events.invoices import CreditNoteIssued, InvoiceEvent, InvoiceIssued, TenderTaken
from apps.repairs.events.orders import (
    BackorderFilled,
    DevicePasswordRead,
    LinesChanged,
    NoteAdded,
    OrderAssigned,
    OrderChanged,
    OrderCreated,
    OrderEvent,
    OutcomeChanged,
    PaymentTaken,
    StatusChanged,
)
from apps.repairs.events.parts import BackorderCovered, PartFaulty, PartReturned, WaitingChanged
from apps.repairs.events.promises import PickupReminderDue, RepairDelayed
from apps.repairs.events.quotes import QuoteDecided, QuoteEnded, QuoteSent, TrackingLinkChanged
from apps.repairs.events.warranties import LineCharged, WarrantiesStarted
from apps.repairs.events.work import ReworkNoted, WorkCorrected, WorkStarted, WorkStopped

__all__ = [
    "AttachmentAdded", "AttachmentChanged", "AttachmentRemoved", "BackorderCovered", "BackorderFilled",
    "BookingCancelled", "BookingChanged", "BookingCheckedIn", "BookingEvent", "BookingLinkChanged", "BookingMade",
    "BookingReminderDue",
    "ChecklistDone", "CreditNoteIssued", "DeviceAdded", "DevicePasswordRead", "DevicePasswordWiped", "DropOffEvent",
    "DropOffMade", "DropOffSigned", "InvoiceEvent", "InvoiceIssued", "LineCharged", "LinesChanged", "NoteAdded",
    "OrderAssigned", "OrderChanged", "OrderCreated", "OrderEvent", "OrderSigned", "OutcomeChanged", "PartFaulty",
    "PartReturned", "PaymentTaken", "PickupReminderDue", "QuoteDecided", "QuoteEnded", "QuoteSent", "RepairDelayed",
    "ReworkNoted", "StatusChanged", "TenderTaken", "ThumbnailMade", "TrackingLinkChanged", "WaitingChanged",
    "WarrantiesStarted", "WorkCorrected", "WorkStarted", "WorkStopped",
]  # fmt: skip
