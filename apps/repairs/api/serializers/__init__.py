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
    LinkedBookingQuery,
    LinkedBookingSerializer,
    MoveSerializer,
    UnnamedBookingSerializer,
)
from apps.repairs.api.serializers.quotes import (
    AnswerSerializer,
    CustomerQuoteSerializer,
    DecisionSerializer,
    LinkedQuoteSerializer,
    QuoteSerializer,
    QuoteWriteSerializer,
    SentQuoteSerializer,
    TrackingSerializer,
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
from apps.repairs.api.serializers.tracking import TrackedSerializer

__all__ = [
    "LinkedBookingQuery", "LinkedBookingSerializer", "MoveSerializer", "TrackedSerializer",
    "AnswerSerializer", "CustomerQuoteSerializer", "DecisionSerializer", "LinkedQuoteSerializer", "QuoteSerializer",
    "QuoteWriteSerializer", "SentQuoteSerializer", "TrackingSerializer",
    "AssignSerializer", "AvailabilityQuery", "AvailabilitySerializer", "BookingEditSerializer", "BookingSerializer",
    "BookingWriteSerializer", "CancelSerializer", "CheckInSerializer", "CustomerOrderSerializer", "EditSerializer",
    "HistorySerializer", "IntakeSerializer", "LineSerializer", "LineWriteSerializer", "NoteSerializer",
    "NoteWriteSerializer", "OrderSerializer", "PasswordSerializer", "PaymentSerializer", "PaymentWriteSerializer",
    "PublicHistorySerializer", "StatusSerializer", "TransitionsSerializer", "UnnamedBookingSerializer",
    "WarrantyClaimSerializer",
]  # fmt: skip
