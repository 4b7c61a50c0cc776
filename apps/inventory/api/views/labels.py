"""Doors to labels of items."""

from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.files import FileView, attachment
from apps.core.api.filters import refuse_unknown
from apps.core.exceptions import NotFound, ReferenceMissing
from apps.inventory.api.serializers.labels import LabelBatch, LabelQuery
from apps.inventory.services.labels import LabelRequest, labels

PDF = "application/pdf"


class LabelView(FileView):
    """Labels of one item, as PDF."""

    endpoints = {"get": Endpoint(Right.ITEMS_READ, query=LabelQuery, media=(PDF,))}

    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        query = LabelQuery(data=request.query_params.dict())
        refuse_unknown(request.query_params, query.fields)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        wanted = LabelRequest(
            [(pk, asked["copies"])], asked["size"], asked["code"], asked["price"] == "true", asked["start"]
        )
        try:
            return attachment(labels(wanted), "labels.pdf", PDF)
        except ReferenceMissing:
            raise NotFound("There is no such record.") from None


class LabelBatchView(FileView):
    """Labels of many items, as PDF. Nothing is changed by it, so its answer is not kept for a repetition."""

    endpoints = {"post": Endpoint(Right.ITEMS_READ, LabelBatch, media=(PDF,))}
    repeatable = False

    def post(self, request: Request) -> HttpResponseBase:
        asked = self.validated()
        lines = [(line["item_id"], line["copies"]) for line in asked["items"]]
        wanted = LabelRequest(lines, asked["size"], asked["code"], asked["price"], asked["start"])
        return attachment(labels(wanted), "labels.pdf", PDF)
