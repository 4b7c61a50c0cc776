"""Shapes of repair orders: what is answered, and what is taken."""

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
from apps.repairs.api.serializers.requests import (
    AssignSerializer,
    EditSerializer,
    IntakeSerializer,
    LineWriteSerializer,
    NoteWriteSerializer,
    PaymentWriteSerializer,
    StatusSerializer,
    WarrantyClaimSerializer,
)

__all__ = [
    "AssignSerializer", "CustomerOrderSerializer", "EditSerializer", "HistorySerializer", "IntakeSerializer",
    "LineSerializer", "LineWriteSerializer", "NoteSerializer", "NoteWriteSerializer", "OrderSerializer",
    "PasswordSerializer", "PaymentSerializer", "PaymentWriteSerializer", "PublicHistorySerializer", "StatusSerializer",
    "TransitionsSerializer", "WarrantyClaimSerializer",
]  # fmt: skip
