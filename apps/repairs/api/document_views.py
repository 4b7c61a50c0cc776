"""Doors to papers, as PDF."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.files import FileView, attachment
from apps.core.api.filters import refuse_unknown
from apps.repairs.api.serializers.documents import DeviceLabelQuery, PaperQuery
from apps.repairs.enums import PrintedKind
from apps.repairs.services import documents as services

PDF = "application/pdf"


class PaperView(FileView):
    """What all of them share."""

    kind = ""
    query: Any = PaperQuery

    def asked(self, request: Request, name: str) -> str:
        """The one parameter, or what it is without being given. Raises ``ValidationError``."""
        query = self.query(data=request.query_params.dict())
        refuse_unknown(request.query_params, query.fields)
        query.is_valid(raise_exception=True)
        value: str = query.validated_data[name]
        return value

    def by(self, request: Request) -> dict[str, Any]:
        """For whom it is, and where they reach this installation: codes lead there."""
        return {"actor": self.actor, "address_of": request.build_absolute_uri}

    def file(self, printed: services.Printed) -> HttpResponseBase:
        return attachment(printed.content, printed.name, PDF)


class OrderDocumentView(PaperView):
    """A paper of an order. What was not issued yet is printed as what it is until then."""

    kinds = tuple(PrintedKind.values)
    endpoints = {"get": Endpoint(Right.ORDERS_READ, query=PaperQuery, media=(PDF,))}

    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        paper = self.asked(request, "paper")
        return self.file(services.print_order(pk, PrintedKind(self.kind), paper, **self.by(request)))


class LabelView(PaperView):
    """The label of a device, for the shop alone."""

    query = DeviceLabelQuery
    endpoints = {"get": Endpoint(Right.ORDERS_STATUS, query=DeviceLabelQuery, media=(PDF,))}

    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        return self.file(services.print_label(pk, self.asked(request, "size"), actor=self.actor))


class QuoteDocumentView(PaperView):
    """One version of a quote."""

    endpoints = {"get": Endpoint(Right.ORDERS_READ, query=PaperQuery, media=(PDF,))}

    def get(self, request: Request, pk: UUID, version: int) -> HttpResponseBase:
        return self.file(services.print_quote(pk, version, self.asked(request, "paper"), **self.by(request)))


class DropOffDocumentView(PaperView):
    """One paper for all devices of a visit."""

    kinds = (PrintedKind.INTAKE.value, PrintedKind.RECEIPT.value)
    endpoints = {"get": Endpoint(Right.ORDERS_READ, query=PaperQuery, media=(PDF,))}

    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        paper = self.asked(request, "paper")
        return self.file(services.print_drop_off(pk, PrintedKind(self.kind), paper, **self.by(request)))


class InvoiceDocumentView(PaperView):
    """An invoice or a credit note."""

    endpoints = {"get": Endpoint(Right.PAYMENTS_READ, query=PaperQuery, media=(PDF,))}

    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        return self.file(services.print_invoice(pk, self.asked(request, "paper"), actor=self.actor))
