"""What happens to the money of orders besides payments: invoices, credit notes, money for several orders at once."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class InvoiceEvent(DomainEvent):
    """Something that happened to an invoice or a credit note."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "repairs.invoice"


@dataclass(frozen=True, kw_only=True)
class InvoiceIssued(InvoiceEvent):
    event_type: ClassVar[str] = "repairs.invoice_issued"
    number: str
    branch_id: UUID
    order_ids: tuple[str, ...]
    total: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class CreditNoteIssued(InvoiceEvent):
    """``freed_order_ids`` are the orders that may be invoiced anew, for nothing of them is left on the invoice."""

    event_type: ClassVar[str] = "repairs.credit_note_issued"
    number: str
    corrects_id: UUID
    order_ids: tuple[str, ...]
    freed_order_ids: tuple[str, ...]
    total: Decimal
    currency: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TenderTaken(DomainEvent):
    """Money was handed over, or given back, for several orders of a drop-off at once; each has its payment."""

    event_type: ClassVar[str] = "repairs.tender_taken"
    aggregate: ClassVar[str] = "repairs.drop_off"
    tender_id: UUID
    kind: str
    amount: Decimal
    currency: str
