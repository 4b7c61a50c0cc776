"""Shapes of repair orders and bookings: what is answered, and what is taken."""

from apps.repairs.api.serializers.answers import (
    CustomerOrderSerializer,
    HistorySerializer,
    LineSerializer,
    NoteSerializer,
    OrderSerializer,
    PasswordSerializer,
    PaymentSerializer,
    PublicHistorySerializer,
    TransitionsSerializer,
)
from apps.repairs.api.serializers.bookings import (
    AvailabilityQuery,
    AvailabilitySerializer,
    BookingEditSerializer,
    BookingSerializer,
    BookingWriteSerializer,
    CancelSerializer,
    UnnamedBookingSerializer,
)
from apps.repairs.api.serializers.requests import (
    AssignSerializer,
    CheckInSerializer,
    EditSerializer,
    IntakeSerializer,
    LineWriteSerializer,
    NoteWriteSerializer,
    PaymentWriteSerializer,
    StatusSerializer,
    WarrantyClaimSerializer,
)

__all__ = [
    "AssignSerializer", "AvailabilityQuery", "AvailabilitySerializer", "BookingEditSerializer", "BookingSerializer",
    "BookingWriteSerializer", "CancelSerializer", "CheckInSerializer", "CustomerOrderSerializer", "EditSerializer",
    "HistorySerializer", "IntakeSerializer", "LineSerializer", "LineWriteSerializer", "NoteSerializer",
    "NoteWriteSerializer", "OrderSerializer", "PasswordSerializer", "PaymentSerializer", "PaymentWriteSerializer",
    "PublicHistorySerializer", "StatusSerializer", "TransitionsSerializer", "UnnamedBookingSerializer",
    "WarrantyClaimSerializer",
]  # fmt: skip
