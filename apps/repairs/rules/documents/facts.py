"""What the papers say, as plain values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from apps.core.money import ZERO


@dataclass(frozen=True)
class ShopFacts:
    """The letterhead: ``lines`` are address and ways to reach the shop."""

    name: str
    lines: tuple[str, ...] = ()
    letterhead: str = ""
    footer: str = ""
    tax_number: str = ""


@dataclass(frozen=True)
class PersonFacts:
    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeviceFacts:
    model: str
    imei: str = ""
    serial: str = ""


@dataclass(frozen=True)
class LineFacts:
    """A line with its price; ``options`` are other ways to do it, each with what it would cost."""

    description: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    total: Decimal
    tax_percent: Decimal = ZERO
    tax_amount: Decimal = ZERO
    warranty_months: int = 0
    chosen: bool = True
    is_option: bool = False
    quality: str = ""  # of the part, where the description does not say it


@dataclass(frozen=True)
class PaymentFacts:
    """``amount`` is negative for money that was given back."""

    at: datetime
    kind: str
    method: str
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True)
class SignatureFacts:
    """Who has signed when, and below which words; ``image`` is a PNG."""

    name: str
    at: datetime
    text: str
    image: bytes


@dataclass(frozen=True)
class WarrantyFacts:
    description: str
    until: date


@dataclass(frozen=True)
class OrderFacts:
    """A device in for repair. ``due`` is what is to be paid for it altogether, whatever its lines say."""

    number: str
    code: str  # what is scanned: the address of the customer's page, or the number
    taken_in: datetime
    device: DeviceFacts
    issue: str
    condition: str
    accessories: tuple[str, ...]
    lines: tuple[LineFacts, ...]
    due: Decimal
    paid: Decimal
    currency: str
    includes_tax: bool = True
    promised: datetime | None = None
    fee: Decimal = ZERO  # for looking at it, where it goes back unrepaired
    unrepaired: bool = False
    outcome: str = ""
    delivered_at: datetime | None = None
    checklist: tuple[tuple[str, str], ...] = ()
    payments: tuple[PaymentFacts, ...] = ()
    warranties: tuple[WarrantyFacts, ...] = ()


@dataclass(frozen=True)
class VisitFacts:
    """One device, or several of one drop-off, whose ``number`` it then is. ``zone`` is the branch's."""

    number: str
    code: str
    day: datetime
    shop: ShopFacts
    customer: PersonFacts
    orders: tuple[OrderFacts, ...]
    zone: str
    terms: str = ""
    signed: SignatureFacts | None = None


@dataclass(frozen=True)
class DecisionFacts:
    approved: bool
    name: str
    at: datetime
    total: Decimal
    reason: str = ""


@dataclass(frozen=True)
class QuoteFacts:
    """A frozen version; options stand behind the line that they would replace."""

    order_number: str
    version: int
    status: str
    sent_at: datetime
    valid_until: datetime
    message: str
    shop: ShopFacts
    customer: PersonFacts
    device: DeviceFacts
    lines: tuple[LineFacts, ...]
    total: Decimal
    currency: str
    includes_tax: bool
    zone: str
    code: str = ""  # what is scanned
    decision: DecisionFacts | None = None


@dataclass(frozen=True)
class InvoiceFacts:
    """An invoice or a credit note, as it was issued."""

    number: str
    is_credit_note: bool
    corrects: str
    issued_on: date
    shop: ShopFacts
    customer: PersonFacts
    orders: tuple[str, ...]
    lines: tuple[LineFacts, ...]
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    currency: str
    includes_tax: bool
    reason: str = ""


@dataclass(frozen=True)
class LabelFacts:
    """What is stuck onto a device."""

    number: str
    code: str
    customer: str
    model: str
    promised: datetime | None
    zone: str
    locale: str = "en"
    notes: tuple[str, ...] = field(default_factory=tuple)
