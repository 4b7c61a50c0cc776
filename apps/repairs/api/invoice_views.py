"""Doors to invoices and credit notes, and to money that is handed over for several orders at once."""

from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.rows import reader_for
from apps.core.api.views import ContractView, ResourceViewSet
from apps.core.exceptions import NotFound
from apps.repairs import selectors, services
from apps.repairs.api import filters
from apps.repairs.api.serializers import invoices as shapes
from apps.repairs.models import Invoice, Tender

_INVOICE, _TENDER = shapes.InvoiceSerializer, shapes.TenderSerializer


class InvoiceViewSet(ResourceViewSet):
    """Invoices and credit notes: what was issued stays as it is."""

    model = Invoice
    searchable = True
    scoped_by_role = True
    filterset_class = filters.InvoiceFilter
    ordering = {"createdAt": "created_at", "number": "number"}
    endpoints = {
        "list": Endpoint(Right.PAYMENTS_READ, answer=_INVOICE, paged=True),
        "retrieve": Endpoint(Right.PAYMENTS_READ, answer=_INVOICE),
        "credit": Endpoint(Right.PAYMENTS_REFUND, shapes.CreditNoteWriteSerializer, _INVOICE, 201),
        "of_order": Endpoint(Right.PAYMENTS_READ, answer=_INVOICE),
        "issue": Endpoint(Right.PAYMENTS_TAKE, answer=_INVOICE, status=201),
        "issue_for_drop_off": Endpoint(Right.PAYMENTS_TAKE, answer=_INVOICE, status=201),
    }

    def records(self) -> QuerySet[Invoice]:
        return selectors.invoices_visible_to(self.actor)

    def credit(self, request: Request, pk: UUID) -> Response:
        """Answers the credit note."""
        self.require_in_scope(pk)
        fields = self.validated()
        lines = [services.CreditRequest(**line) for line in fields.get("lines", [])]
        note = services.issue_credit_note(pk, fields["reason"], lines, actor=self.actor, note_id=fields.get("id"))
        return self.answer(note.pk, status=201)

    def of_order(self, request: Request, order_id: UUID) -> Response:
        """The invoice that holds for an order."""
        order = selectors.get_order(order_id, actor=self.actor, right=Right.PAYMENTS_READ)
        found = selectors.invoice_of(order)
        if found is None:
            raise NotFound("This order has no invoice.")
        return self.answer(found.pk)

    def issue(self, request: Request, order_id: UUID) -> Response:
        """Answers 201 with a new invoice, and 200 with the one that the order has."""
        selectors.get_order(order_id, actor=self.actor, right=Right.PAYMENTS_TAKE)
        return self._issued(services.issue_invoice(order_id, actor=self.actor))

    def issue_for_drop_off(self, request: Request, drop_off_id: UUID) -> Response:
        return self._issued(services.issue_drop_off_invoice(drop_off_id, actor=self.actor))

    def _issued(self, issued: services.Issued) -> Response:
        return self.answer(issued.invoice.pk, status=201 if issued.is_new else 200)


class DropOffPaymentsView(ContractView):
    """What was handed over, or given back, for a drop-off, and its share of each order."""

    endpoints = {
        "get": Endpoint(Right.PAYMENTS_READ, answer=_TENDER, paged=True),
        "post": Endpoint(Right.PAYMENTS_TAKE, shapes.TenderWriteSerializer, _TENDER, 201),
    }

    def get(self, request: Request, drop_off_id: UUID) -> Response:
        found = selectors.get_drop_off(drop_off_id, actor=self.actor, right=Right.PAYMENTS_READ)
        return self.page(found.tenders.all(), _TENDER)

    def post(self, request: Request, drop_off_id: UUID) -> Response:
        selectors.get_drop_off(drop_off_id, actor=self.actor, right=Right.PAYMENTS_TAKE)
        fields = self.validated()
        named = fields.pop("allocations", None)
        shares = None if named is None else [services.Allocation(**share) for share in named]
        tender = services.take_tender(
            drop_off_id, services.TenderRequest(allocations=shares, **fields), actor=self.actor
        )
        return Response(reader_for(_TENDER, Tender).read_ids([tender.pk])[0], status=201)
