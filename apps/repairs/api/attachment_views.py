"""Doors to the files of an order."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.files import FileView, UploadParser, attachment
from apps.core.api.filters import refuse_unknown
from apps.core.api.parsers import StrictJSONParser
from apps.core.api.rows import reader_for
from apps.core.uploads import PDF, PICTURE
from apps.repairs import selectors, services
from apps.repairs.api.serializers import OrderSerializer
from apps.repairs.api.serializers.attachments import (
    AttachmentEditSerializer,
    AttachmentSerializer,
    AttachmentWriteSerializer,
    CustomerAttachmentSerializer,
)
from apps.repairs.api.views import OrderRecords
from apps.repairs.models import Attachment


class AttachmentViewSet(FileView, OrderRecords):
    """Pictures and documents of an order. Customers see those that are meant for them."""

    endpoints = {
        "list": Endpoint(Right.ORDERS_READ, answer=AttachmentSerializer, paged=True),
        "add": Endpoint(Right.ORDERS_NOTE, AttachmentWriteSerializer, AttachmentSerializer, 201),
        "change": Endpoint(Right.ORDERS_NOTE, AttachmentEditSerializer, AttachmentSerializer),
        "remove": Endpoint(Right.ORDERS_NOTE, status=204),
        "download": Endpoint(Right.ORDERS_READ, media=(PICTURE, PDF)),
        "thumbnail": Endpoint(Right.ORDERS_READ, media=(PICTURE,)),
    }

    def get_parsers(self) -> list[Any]:
        return [UploadParser()] if getattr(self.request, "method", "") == "POST" else [StrictJSONParser()]

    def shape(self) -> Shape:
        return OrderSerializer

    def list(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_READ)
        shape = CustomerAttachmentSerializer if self.actor.role == Role.CUSTOMER else AttachmentSerializer
        return self.page(selectors.attachments_visible_to(order, self.actor), shape)

    def add(self, request: Request, pk: UUID) -> Response:
        """Keep a file with the order. One that is there already is answered with 200, and stays as it is."""
        self.order(pk, Right.ORDERS_NOTE)
        fields = self.validated()
        upload = fields.pop("file")
        kept, is_new = services.add_attachment(pk, upload, actor=self.actor, **fields)
        return self._one(kept, 201 if is_new else 200)

    def change(self, request: Request, pk: UUID, aid: UUID) -> Response:
        """Say anew of which kind a file is, and whether it is for the customer."""
        self.order(pk, Right.ORDERS_NOTE)
        return self._one(services.change_attachment(pk, aid, self.validated(), actor=self.actor), 200)

    def remove(self, request: Request, pk: UUID, aid: UUID) -> Response:
        self.order(pk, Right.ORDERS_NOTE)
        services.remove_attachment(pk, aid, actor=self.actor)
        return Response(status=204)

    def download(self, request: Request, pk: UUID, aid: UUID) -> HttpResponseBase:
        return self._file(request, pk, aid, thumbnail=False)

    def thumbnail(self, request: Request, pk: UUID, aid: UUID) -> HttpResponseBase:
        """The small form of a picture; 404 until it has been made."""
        return self._file(request, pk, aid, thumbnail=True)

    def _file(self, request: Request, pk: UUID, aid: UUID, *, thumbnail: bool) -> HttpResponseBase:
        refuse_unknown(request.query_params, ())
        order = self.order(pk, Right.ORDERS_READ)
        among = selectors.attachments_visible_to(order, self.actor)
        found, file = selectors.open_attachment(among, aid, thumbnail=thumbnail)
        return attachment(file, selectors.download_name(found, order.order_number), found.media)

    def _one(self, kept: Attachment, status: int) -> Response:
        return Response(reader_for(AttachmentSerializer, Attachment).read_ids([kept.pk])[0], status=status)


def attachments_at(**actions: Any) -> Any:
    return AttachmentViewSet.as_view(actions)
