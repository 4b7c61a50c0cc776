"""Doors to the photo of an item."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.files import FileView, UploadParser
from apps.core.api.filters import refuse_unknown
from apps.core.api.preconditions import is_known
from apps.core.api.views import ResourceViewSet
from apps.core.images import MEDIA
from apps.inventory.api.serializers.items import ItemSerializer, PhotoQuery, PhotoWriteSerializer
from apps.inventory.models import Item
from apps.inventory.selectors.items import photo_of
from apps.inventory.services.photos import open_photo, remove_photo, set_photo


class ItemPhotoViewSet(FileView, ResourceViewSet):
    """The photo of an item. It is kept as a JPEG without metadata, at most 2,048 pixels to each side, with a small form."""

    model = Item
    parser_classes = [UploadParser]
    endpoints = {
        "retrieve": Endpoint(Right.ITEMS_READ, media=(MEDIA,), query=PhotoQuery),
        "replace": Endpoint(Right.ITEMS_WRITE, PhotoWriteSerializer, ItemSerializer),
        "remove": Endpoint(Right.ITEMS_WRITE, status=204),
    }

    def shape(self) -> Shape:
        return ItemSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The picture itself; ``size=thumb`` is the small one."""
        query = PhotoQuery(data=request.query_params.dict())
        refuse_unknown(request.query_params, query.fields)
        query.is_valid(raise_exception=True)
        photo, size = photo_of(kwargs["pk"]), query.validated_data["size"]
        etag = f'"{photo}-{size}"'
        response: HttpResponseBase
        if is_known(etag, request.headers.get("If-None-Match")):
            response = HttpResponse(status=304)
        else:
            file = open_photo(photo, thumbnail=size == "thumb")
            response = FileResponse(file, content_type=MEDIA)
            response["Content-Disposition"] = f'inline; filename="{photo}.jpg"'
        response["ETag"] = etag
        # Asked for again each time: who may see it, and which it is, are not the browser's to remember.
        response["Cache-Control"] = "private, no-cache"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    def replace(self, request: Request, pk: UUID) -> Response:
        """Give the item this photo, instead of the one that it has; a JPEG, PNG, WebP or HEIC."""
        set_photo(pk, self.validated()["file"], actor=self.actor)
        return self.answer(pk)

    def remove(self, request: Request, pk: UUID) -> Response:
        remove_photo(pk, actor=self.actor)
        return Response(status=204)
