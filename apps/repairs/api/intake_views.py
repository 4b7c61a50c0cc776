"""Doors to what is kept of an intake: checklists, terms and signatures; and to what is known of a device before it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.files import FileView, attachment
from apps.core.api.filters import refuse_unknown
from apps.core.api.rows import reader_for
from apps.core.api.views import ContractView, ResourceViewSet
from apps.repairs import selectors, services
from apps.repairs.api import filters
from apps.repairs.api.reading import checklist_of
from apps.repairs.api.serializers import OrderSerializer, intake
from apps.repairs.api.serializers.drop_offs import DropOffSerializer
from apps.repairs.api.views import OrderRecords
from apps.repairs.models import Checklist, ChecklistTemplate, DropOff, Signature
from apps.repairs.rules import bare_imei

PNG = "image/png"


class ChecklistTemplateViewSet(ResourceViewSet):
    """The checklists that are in use. They are laid down in the back office."""

    model = ChecklistTemplate
    filterset_class = filters.TemplateFilter
    ordering = {"name": "name", "createdAt": "created_at"}
    default_ordering = ("stage", "device_type")
    endpoints = {"list": Endpoint(Right.ORDERS_NOTE, answer=intake.TemplateSerializer, paged=True)}

    def records(self) -> QuerySet[ChecklistTemplate]:
        return selectors.checklist_templates()

    def shape(self) -> Shape:
        return intake.TemplateSerializer


class OrderIntakeViewSet(FileView, OrderRecords):
    """Checklists, terms and signatures of an order."""

    endpoints = {
        "checklists": Endpoint(Right.ORDERS_NOTE, answer=intake.ChecklistSerializer, paged=True),
        "add_checklist": Endpoint(Right.ORDERS_NOTE, intake.ChecklistWriteSerializer, intake.ChecklistSerializer, 201),
        "terms": Endpoint(Right.ORDERS_READ, answer=intake.TermsSerializer, query=intake.TermsQuery),
        "signatures": Endpoint(Right.ORDERS_NOTE, answer=intake.SignatureSerializer, paged=True),
        "sign": Endpoint(Right.ORDERS_NOTE, intake.SignatureWriteSerializer, intake.SignatureSerializer, 201),
        "image": Endpoint(Right.ORDERS_NOTE, media=(PNG,)),
    }

    def shape(self) -> Shape:
        return OrderSerializer

    def checklists(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_NOTE)
        return self.page(order.checklists.all(), intake.ChecklistSerializer)

    def add_checklist(self, request: Request, pk: UUID) -> Response:
        """Keep the answers to a checklist; the last one of a stage counts."""
        self.order(pk, Right.ORDERS_NOTE)
        made = services.record_checklist(pk, checklist_of(self.validated()), actor=self.actor)
        return Response(reader_for(intake.ChecklistSerializer, Checklist).read_ids([made.pk])[0], status=201)

    def terms(self, request: Request, pk: UUID) -> Response:
        """The text that the customer signs, in their language if the shop has it in that."""
        order = self.order(pk, Right.ORDERS_READ)
        return terms_answer(request, order.branch_id, order.customer.locale)

    def signatures(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_NOTE)
        return self.page(order.signatures.all(), intake.SignatureSerializer)

    def sign(self, request: Request, pk: UUID) -> Response:
        """Keep a signature below the text whose hash is sent; 409 if that has changed since it was shown."""
        self.order(pk, Right.ORDERS_NOTE)
        return _signed(services.sign_order(pk, services.SignatureRequest(**self.validated()), actor=self.actor))

    def image(self, request: Request, pk: UUID, sid: UUID) -> HttpResponseBase:
        refuse_unknown(request.query_params, ())
        order = self.order(pk, Right.ORDERS_NOTE)
        return _image(order.signatures.all(), sid)


class DropOffSignatureViewSet(FileView, ResourceViewSet):
    """Signatures of a customer for all devices of a visit."""

    model = DropOff
    scoped_by_role = True
    endpoints = {
        "terms": Endpoint(Right.ORDERS_READ, answer=intake.TermsSerializer, query=intake.TermsQuery),
        "signatures": Endpoint(Right.ORDERS_NOTE, answer=intake.SignatureSerializer, paged=True),
        "sign": Endpoint(Right.ORDERS_NOTE, intake.SignatureWriteSerializer, intake.SignatureSerializer, 201),
        "image": Endpoint(Right.ORDERS_NOTE, media=(PNG,)),
    }

    def records(self) -> QuerySet[DropOff]:
        return selectors.drop_offs_visible_to(self.actor)

    def shape(self) -> Shape:
        return DropOffSerializer

    def terms(self, request: Request, pk: UUID) -> Response:
        drop_off = selectors.get_drop_off(pk, actor=self.actor)
        return terms_answer(request, drop_off.branch_id, drop_off.customer.locale)

    def signatures(self, request: Request, pk: UUID) -> Response:
        drop_off = selectors.get_drop_off(pk, actor=self.actor, right=Right.ORDERS_NOTE)
        return self.page(drop_off.signatures.all(), intake.SignatureSerializer)

    def sign(self, request: Request, pk: UUID) -> Response:
        self.require_in_scope(pk)
        return _signed(services.sign_drop_off(pk, services.SignatureRequest(**self.validated()), actor=self.actor))

    def image(self, request: Request, pk: UUID, sid: UUID) -> HttpResponseBase:
        refuse_unknown(request.query_params, ())
        drop_off = selectors.get_drop_off(pk, actor=self.actor, right=Right.ORDERS_NOTE)
        return _image(drop_off.signatures.all(), sid)


class IntakeCheckView(ContractView):
    """What the shop knows already of a device that is being brought."""

    endpoints = {
        "get": Endpoint(Right.ORDERS_CREATE, answer=intake.IntakeCheckSerializer, query=intake.IntakeCheckQuery)
    }

    def get(self, request: Request) -> Response:
        """Of another branch's orders only the branch is told."""
        refuse_unknown(request.query_params, {"imei", "serial"})
        query = intake.IntakeCheckQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        imei, is_valid = _imei(query.validated_data.get("imei", ""))
        serial = query.validated_data.get("serial", "")
        known = selectors.known_device(imei, serial, actor=self.actor, today=timezone.now().date())
        found = {"imei_valid": is_valid, "open_orders": known.open_orders, "under_warranty": known.under_warranty}
        return Response(intake.IntakeCheckSerializer(found).data)


def _imei(text: str) -> tuple[str, bool | None]:
    try:
        imei = bare_imei(text)
    except ValueError:
        return "", False
    return imei, True if imei else None


def terms_answer(request: Request, branch_id: UUID, language: str) -> Response:
    refuse_unknown(request.query_params, {"purpose"})
    query = intake.TermsQuery(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    found = selectors.terms_for(branch_id, query.validated_data["purpose"], language)
    return Response(intake.TermsSerializer(found).data)


def _signed(made: Signature) -> Response:
    return Response(reader_for(intake.SignatureSerializer, Signature).read_ids([made.pk])[0], status=201)


def _image(among: QuerySet[Signature], pk: UUID) -> HttpResponseBase:
    return attachment(selectors.image_of_signature(among, pk), f"signature-{pk.hex[-8:]}.png", PNG)


def intake_at(**actions: Any) -> Any:
    return OrderIntakeViewSet.as_view(actions)


def drop_off_signatures_at(**actions: Any) -> Any:
    return DropOffSignatureViewSet.as_view(actions)
